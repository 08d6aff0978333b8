//! Keys of organisations.

use async_trait::async_trait;
use portcullis_domain::ids::{ApiKeyPrefix, OrgId};
use portcullis_domain::org::{ApiKeyView, StoredApiKey, Tenant};
use portcullis_domain::port::{ApiKeys, Unavailable};
use portcullis_domain::text::FreeText;

use crate::store::row::Row;
use crate::store::{Fault, SeaStore};

pub(super) const FIND: &str = "SELECT k.prefix, k.org_id, k.is_super, k.created_at, k.expires_at, k.revoked_at, h.hash \
    FROM view_api_keys k JOIN private_api_keys h ON h.prefix = k.prefix WHERE k.prefix = $1";

pub(super) const TENANT: &str = "SELECT t.name, k.prefix, k.org_id, k.is_super, k.created_at, k.expires_at, \
    k.revoked_at, \
    (SELECT max(e.version) FROM events e WHERE e.aggregate_type = 'tenant' AND e.aggregate_id = $1) AS version \
    FROM (SELECT 1 AS one) AS x LEFT JOIN view_tenants t ON t.org_id = $1 LEFT JOIN view_api_keys k ON k.org_id = $1 \
    ORDER BY k.created_at DESC, k.prefix";

fn key(row: &Row) -> Result<ApiKeyView, Fault> {
    Ok(ApiKeyView {
        prefix: row.prefix("prefix")?,
        org: row.org("org_id")?,
        is_super: row.flag("is_super")?,
        created_at: row.time("created_at")?,
        expires_at: row.maybe_time("expires_at")?,
        revoked_at: row.maybe_time("revoked_at")?,
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
}
