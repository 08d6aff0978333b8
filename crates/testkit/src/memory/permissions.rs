//! What roles permit.

use async_trait::async_trait;
use portcullis_domain::event::StreamId;
use portcullis_domain::permission::{ChangedRoles, PermissionTable};
use portcullis_domain::port::{Permissions, Unavailable};

use super::{MemoryStore, State};

impl State {
    pub(super) fn changed_roles(&self) -> ChangedRoles {
        self.views.permissions.values().map(|row| (row.permission, row.roles.clone())).collect()
    }
}

#[async_trait]
impl Permissions for MemoryStore {
    async fn table(&self) -> Result<PermissionTable, Unavailable> {
        let state = self.reading()?;
        let changed = state.views.permissions.values().cloned().collect();
        Ok(PermissionTable { version: state.version(&StreamId::permissions()), changed })
    }
}
