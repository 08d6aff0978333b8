//! What roles permit.

use async_trait::async_trait;
use portcullis_domain::permission::{ChangedRoles, PermissionTable, PermissionView};
use portcullis_domain::policy::Permission;
use portcullis_domain::port::{Permissions, Unavailable};

use super::{roles, roles_of};
use crate::store::row::Row;
use crate::store::{Fault, SeaStore};

/// One row at least, for the version.
pub(super) const TABLE: &str = "SELECT p.permission, p.roles, p.updated_at, (SELECT max(e.version) FROM events e \
    WHERE e.aggregate_type = 'permission-table' AND e.aggregate_id = 'permissions') AS version \
    FROM (SELECT 1 AS one) AS x LEFT JOIN view_permissions p ON p.permission > ''";

/// The whole table as one text, for statements about something else: `word=role,role;word=…`; null when nothing was changed.
macro_rules! changed_roles {
    () => {
        "(SELECT string_agg(p.permission || '=' || p.roles, ';') FROM view_permissions p WHERE p.permission > '')"
    };
}
pub(super) use changed_roles;

/// Reads that text. Words of a newer release are left out: what they permit is nothing this one can do.
pub(super) fn changed(row: &Row, column: &'static str) -> Result<ChangedRoles, Fault> {
    let text = row.maybe_text(column)?.unwrap_or_default();
    let mut changed = ChangedRoles::new();
    for entry in text.split(';').filter(|text| !text.is_empty()) {
        let (word, roles) = entry.split_once('=').ok_or(Fault::Unreadable(column))?;
        if let Ok(permission) = Permission::parse(word) {
            changed.insert(permission, roles_of(roles).ok_or(Fault::Unreadable(column))?);
        }
    }
    Ok(changed)
}

fn view(row: &Row) -> Result<Option<PermissionView>, Fault> {
    let known = |text: String| Permission::parse(&text).ok();
    let Some(permission) = row.maybe_text("permission")?.and_then(known) else { return Ok(None) };
    Ok(Some(PermissionView { permission, roles: roles(row)?, updated_at: row.time("updated_at")? }))
}

#[async_trait]
impl Permissions for SeaStore {
    async fn table(&self) -> Result<PermissionTable, Unavailable> {
        let rows = self.database().all(TABLE, Vec::new()).await?;
        let first = rows.first().ok_or(Fault::Unreadable("an empty answer"))?;
        let views = rows.iter().map(view).collect::<Result<Vec<_>, _>>()?;
        Ok(PermissionTable { version: first.version("version")?, changed: views.into_iter().flatten().collect() })
    }
}
