//! Which aggregates there are.

use async_trait::async_trait;
use portcullis_domain::event::{AggregateKind, StreamId};
use portcullis_domain::port::{AggregateFilter, AggregateHead, Registry, Unavailable};
use sea_orm::Value;

use super::bound;
use super::prefix::{can_begin, end_of_prefix};
use crate::store::row::Row;
use crate::store::{Fault, SeaStore};

macro_rules! heads {
    ($kind:literal, $view:literal, $id:literal) => {
        concat!(
            "SELECT v.",
            $id,
            " AS id, v.org_id, v.created_at, (SELECT max(e.version) FROM events e \
             WHERE e.aggregate_type = '",
            $kind,
            "' AND e.aggregate_id = v.",
            $id,
            ") AS version FROM ",
            $view,
            " v \
             WHERE v.",
            $id,
            " >= $1 AND v.",
            $id,
            " < $2 ORDER BY v.",
            $id,
            " LIMIT $3 OFFSET $4"
        )
    };
}

macro_rules! count {
    ($view:literal, $id:literal) => {
        concat!("SELECT count(*) AS found FROM ", $view, " WHERE ", $id, " >= $1 AND ", $id, " < $2")
    };
}

pub(super) const USERS: &str = heads!("user", "view_users", "user_id");
pub(super) const LOCKS: &str = heads!("lock", "view_locks", "lock_id");
pub(super) const TENANTS: &str = heads!("tenant", "view_tenants", "org_id");
pub(super) const PERMISSION_TABLES: &str = heads!("permission-table", "view_permission_tables", "table_id");
pub(super) const CAMERA_ROLES: &str = heads!("camera-role", "view_camera_roles", "role_id");
pub(super) const USER_COUNT: &str = count!("view_users", "user_id");
pub(super) const LOCK_COUNT: &str = count!("view_locks", "lock_id");
pub(super) const TENANT_COUNT: &str = count!("view_tenants", "org_id");
pub(super) const PERMISSION_TABLE_COUNT: &str = count!("view_permission_tables", "table_id");
pub(super) const CAMERA_ROLE_COUNT: &str = count!("view_camera_roles", "role_id");

/// The first id meant, and the first after all of them.
fn range(filter: &AggregateFilter) -> [Value; 2] {
    // All ids are below the last character there is.
    let end = end_of_prefix(&filter.id_prefix).unwrap_or_else(|| char::MAX.to_string());
    [filter.id_prefix.clone().into(), end.into()]
}

#[async_trait]
impl Registry for SeaStore {
    async fn heads(
        &self,
        filter: &AggregateFilter,
        offset: u64,
        limit: u32,
    ) -> Result<Vec<AggregateHead>, Unavailable> {
        if !can_begin(&filter.id_prefix) {
            return Ok(Vec::new());
        }
        let sql = match filter.kind {
            AggregateKind::User => USERS,
            AggregateKind::Lock => LOCKS,
            AggregateKind::Tenant => TENANTS,
            AggregateKind::PermissionTable => PERMISSION_TABLES,
            AggregateKind::CameraRole => CAMERA_ROLES,
        };
        let mut values = Vec::from(range(filter));
        values.extend([bound(limit.into()), bound(offset)]);
        let rows = self.database().all(sql, values).await?;
        let head = |row: &Row| {
            Ok(AggregateHead {
                stream: StreamId::new(filter.kind, row.text("id")?),
                org: row.org("org_id")?,
                version: row.version("version")?,
                created_at: row.time("created_at")?,
            })
        };
        Ok(rows.iter().map(head).collect::<Result<_, Fault>>()?)
    }

    async fn count(&self, filter: &AggregateFilter) -> Result<u64, Unavailable> {
        if !can_begin(&filter.id_prefix) {
            return Ok(0);
        }
        let sql = match filter.kind {
            AggregateKind::User => USER_COUNT,
            AggregateKind::Lock => LOCK_COUNT,
            AggregateKind::Tenant => TENANT_COUNT,
            AggregateKind::PermissionTable => PERMISSION_TABLE_COUNT,
            AggregateKind::CameraRole => CAMERA_ROLE_COUNT,
        };
        let row = self.database().one(sql, range(filter).into()).await?;
        Ok(row.ok_or(Fault::Unreadable("an empty answer"))?.number("found")?)
    }
}
