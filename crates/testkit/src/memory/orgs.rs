//! Organisations and their keys.

use std::cmp::Reverse;

use async_trait::async_trait;
use portcullis_domain::clock::Timestamp;
use portcullis_domain::event::StreamId;
use portcullis_domain::ids::{ApiKeyPrefix, OrgId};
use portcullis_domain::org::{ApiKeyView, KeyStatus, ListedKey, ListedTenant, StoredApiKey, Tenant};
use portcullis_domain::port::{ApiKeys, KeyCursor, Unavailable};

use super::{MemoryStore, State};

impl State {
    fn newest_first(&self, wanted: impl Fn(&ApiKeyView) -> bool) -> Vec<ApiKeyView> {
        let mut keys: Vec<_> = self.views.api_keys.values().filter(|key| wanted(key)).cloned().collect();
        keys.sort_by_key(|key| Reverse((key.created_at, key.prefix.clone())));
        keys
    }
}

#[async_trait]
impl ApiKeys for MemoryStore {
    async fn find(&self, prefix: &ApiKeyPrefix) -> Result<Option<StoredApiKey>, Unavailable> {
        let state = self.reading()?;
        let stored = || {
            let hash = state.kept_keys.get(prefix)?.hash;
            Some(StoredApiKey { view: state.views.api_keys.get(prefix)?.clone(), hash })
        };
        Ok(stored())
    }

    async fn tenant(&self, org: &OrgId) -> Result<Tenant, Unavailable> {
        let state = self.reading()?;
        Ok(Tenant {
            org: org.clone(),
            version: state.version(&StreamId::from(org)),
            name: state.views.tenants.get(org).map(|row| row.name.clone()),
            keys: state.newest_first(|key| key.org == *org && key.revoked_at.is_none()),
        })
    }

    async fn keys(
        &self,
        org: Option<OrgId>,
        after: Option<KeyCursor>,
        limit: u32,
    ) -> Result<Vec<ListedKey>, Unavailable> {
        let state = self.reading()?;
        let wanted = |key: &ApiKeyView| {
            org.as_ref().is_none_or(|org| key.org == *org)
                && after.as_ref().is_none_or(|after| (key.created_at, &key.prefix) < (after.created_at, &after.prefix))
        };
        let listed = |view: ApiKeyView| {
            Some(ListedKey {
                org_name: state.views.tenants.get(&view.org)?.name.clone(),
                last_four: state.kept_keys.get(&view.prefix).map(|key| key.last_four.clone()),
                last_used_at: state.key_uses.get(&view.prefix).copied(),
                view,
            })
        };
        Ok(state.newest_first(wanted).into_iter().filter_map(listed).take(limit as usize).collect())
    }

    async fn tenants(
        &self,
        after: Option<OrgId>,
        limit: u32,
        now: Timestamp,
    ) -> Result<Vec<ListedTenant>, Unavailable> {
        let state = self.reading()?;
        let rows = state.views.tenants.values().filter(|row| after.as_ref().is_none_or(|after| row.org > *after));
        let listed = rows.take(limit as usize).map(|row| ListedTenant {
            org: row.org.clone(),
            name: row.name.clone(),
            owner_email: state.tenant_owners.get(&row.org).cloned(),
            created_at: row.created_at,
            has_active_key: state
                .views
                .api_keys
                .values()
                .any(|key| key.org == row.org && key.status(now) == KeyStatus::Active),
        });
        Ok(listed.collect())
    }
}
