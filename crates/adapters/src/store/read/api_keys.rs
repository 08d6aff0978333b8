//! Organisations and their keys.

use async_trait::async_trait;
use portcullis_domain::clock::Timestamp;
use portcullis_domain::ids::{ApiKeyPrefix, OrgId};
use portcullis_domain::org::{ApiKeyView, ListedKey, ListedTenant, StoredApiKey, Tenant};
use portcullis_domain::port::{ApiKeys, KeyCursor, Unavailable};
use portcullis_domain::text::{EmailAddress, FreeText};

use super::bound;
use super::hinted::{Hinted, hinted};
use crate::store::row::Row;
use crate::store::{Fault, SeaStore};

macro_rules! key {
    ($before:literal, $($rest:literal),+) => {
        concat!(
            $before,
            "k.prefix, k.org_id, k.is_super, k.created_at, k.created_by, k.expires_at, k.revoked_at",
            $($rest),+
        )
    };
}

macro_rules! keys {
    ($hint:literal, $where:literal) => {
        key!(
            "SELECT ",
            ", t.name, h.last_four, u.last_used_at FROM view_api_keys k ",
            $hint,
            " JOIN view_tenants t ON t.org_id = k.org_id \
             LEFT JOIN private_api_keys h ON h.prefix = k.prefix LEFT JOIN work_key_use u ON u.prefix = k.prefix WHERE ",
            $where,
            "(k.created_at, k.prefix) < ($1, $2) ORDER BY k.created_at DESC, k.prefix DESC LIMIT $3"
        )
    };
}

macro_rules! keys_of {
    ($hint:literal) => {
        keys!($hint, "k.org_id = $4 AND ")
    };
}

pub(super) const FIND: &str =
    key!("SELECT ", ", h.hash FROM view_api_keys k JOIN private_api_keys h ON h.prefix = k.prefix WHERE k.prefix = $1");

pub(super) const TENANT: &str = key!(
    "SELECT t.name, ",
    ", (SELECT max(e.version) FROM events e WHERE e.aggregate_type = 'tenant' AND e.aggregate_id = $1) AS version \
     FROM (SELECT 1 AS one) AS x LEFT JOIN view_tenants t ON t.org_id = $1 \
     LEFT JOIN view_api_keys k ON k.org_id = $1 AND k.revoked_at IS NULL ORDER BY k.created_at DESC, k.prefix DESC"
);

pub(super) const KEYS: &str = keys!("", "");

pub(super) const KEYS_OF: Hinted = hinted!(keys_of, "INDEXED BY view_api_keys_by_org");

macro_rules! tenants {
    ($hint:literal) => {
        concat!(
            "SELECT t.org_id, t.name, t.created_at, p.owner_email, \
             EXISTS (SELECT 1 FROM view_api_keys k ",
            $hint,
            " WHERE k.org_id = t.org_id AND k.revoked_at IS NULL \
             AND (k.expires_at IS NULL OR k.expires_at > $3)) AS active \
             FROM view_tenants t LEFT JOIN private_tenants p ON p.org_id = t.org_id \
             WHERE t.org_id > $1 ORDER BY t.org_id LIMIT $2"
        )
    };
}

pub(super) const TENANTS: Hinted = hinted!(tenants, "INDEXED BY view_api_keys_standing");

fn key(row: &Row) -> Result<ApiKeyView, Fault> {
    Ok(ApiKeyView {
        prefix: row.prefix("prefix")?,
        org: row.org("org_id")?,
        is_super: row.flag("is_super")?,
        created_at: row.time("created_at")?,
        created_by: row.text("created_by")?,
        expires_at: row.maybe_time("expires_at")?,
        revoked_at: row.maybe_time("revoked_at")?,
    })
}

fn listed_key(row: &Row) -> Result<ListedKey, Fault> {
    Ok(ListedKey {
        view: key(row)?,
        org_name: row.free_text("name")?,
        last_four: row.maybe_text("last_four")?,
        last_used_at: row.maybe_time("last_used_at")?,
    })
}

fn listed_tenant(row: &Row) -> Result<ListedTenant, Fault> {
    Ok(ListedTenant {
        org: row.org("org_id")?,
        name: row.free_text("name")?,
        owner_email: row.maybe_parsed("owner_email", |text| EmailAddress::parse(&text))?,
        created_at: row.time("created_at")?,
        has_active_key: row.flag("active")?,
    })
}

#[async_trait]
impl ApiKeys for SeaStore {
    async fn find(&self, prefix: &ApiKeyPrefix) -> Result<Option<StoredApiKey>, Unavailable> {
        let row = self.database().one(FIND, vec![prefix.as_str().into()]).await?;
        let read = |row: &Row| -> Result<_, Fault> { Ok(StoredApiKey { view: key(row)?, hash: row.digest("hash")? }) };
        Ok(row.as_ref().map(read).transpose()?)
    }

    async fn tenant(&self, org: &OrgId) -> Result<Tenant, Unavailable> {
        let rows = self.database().all(TENANT, vec![org.as_str().into()]).await?;
        let first = rows.first().ok_or(Fault::Unreadable("an empty answer"))?;
        let mut tenant = Tenant {
            org: org.clone(),
            version: first.version("version")?,
            name: first.maybe_parsed("name", FreeText::parse)?,
            keys: Vec::new(),
        };
        for row in &rows {
            if row.maybe_text("prefix")?.is_some() {
                tenant.keys.push(key(row)?);
            }
        }
        Ok(tenant)
    }

    async fn keys(
        &self,
        org: Option<OrgId>,
        after: Option<KeyCursor>,
        limit: u32,
    ) -> Result<Vec<ListedKey>, Unavailable> {
        // Every key is older than the last instant there is.
        let before = after.as_ref().map_or(i64::MAX, |after| after.created_at.unix_micros());
        let prefix = after.map(|after| after.prefix.to_string()).unwrap_or_default();
        let mut values = vec![before.into(), prefix.into(), bound(limit.into())];
        let sql = match org {
            Some(org) => {
                values.push(org.as_str().into());
                KEYS_OF.on(self.database().backend)
            }
            None => KEYS,
        };
        let rows = self.database().all(sql, values).await?;
        Ok(rows.iter().map(listed_key).collect::<Result<_, Fault>>()?)
    }

    async fn tenants(
        &self,
        after: Option<OrgId>,
        limit: u32,
        now: Timestamp,
    ) -> Result<Vec<ListedTenant>, Unavailable> {
        // Every id comes after empty text.
        let after = after.map(|org| org.as_str().to_owned()).unwrap_or_default();
        let values = vec![after.into(), bound(limit.into()), now.unix_micros().into()];
        let rows = self.database().all(TENANTS.on(self.database().backend), values).await?;
        Ok(rows.iter().map(listed_tenant).collect::<Result<_, Fault>>()?)
    }
}
