//! Changing what roles permit.

use std::sync::Arc;

use async_trait::async_trait;

use crate::clock::Timestamp;
use crate::event::{Actor, StreamId, Version};
use crate::ids::OrgId;
use crate::permission::{self, PermissionRefusal, PermissionTable, UpdatePermissions};
use crate::policy::{Action, Caller, Denied, Resource, allows};
use crate::port::{Permissions, Unavailable};
use crate::usecase::command::{Against, Command, Commands, Decision};
use crate::usecase::{Done, Outcome, Request, UseCaseError};

/// Changes what roles permit: event `PermissionsChanged`. It counts at once, for sessions that are there too. What is as
/// it is to be already changes nothing, and the answer has no event.
///
/// Refused: [`PermissionRefusal`].
pub struct ChangePermissions {
    commands: Commands,
    permissions: Arc<dyn Permissions>,
    org: OrgId,
}

impl ChangePermissions {
    /// Wires the use case; the table belongs to the service's own organisation, `org`.
    pub fn new(commands: Commands, permissions: Arc<dyn Permissions>, org: OrgId) -> Self {
        Self { commands, permissions, org }
    }

    /// Does it.
    pub async fn execute(
        &self,
        request: &Request,
        command: UpdatePermissions,
    ) -> Result<Outcome<Done>, UseCaseError<PermissionRefusal>> {
        let changing = Changing { permissions: self.permissions.as_ref(), org: &self.org, command };
        self.commands.run(&changing, request).await
    }
}

struct Changing<'a> {
    permissions: &'a dyn Permissions,
    org: &'a OrgId,
    command: UpdatePermissions,
}

#[async_trait]
impl Command for Changing<'_> {
    type State = PermissionTable;
    type Refusal = PermissionRefusal;

    async fn load(&self) -> Result<PermissionTable, Unavailable> {
        self.permissions.table().await
    }

    fn authorise(&self, caller: &Caller, _: &PermissionTable) -> Result<Actor, Denied> {
        allows(caller, Action::ManagePermissions, Resource::Service)
    }

    fn version(&self, table: &PermissionTable) -> Version {
        table.version
    }

    fn decide(&self, table: &PermissionTable, _now: Timestamp) -> Result<Decision, Against<PermissionRefusal>> {
        Ok(Decision {
            stream: StreamId::permissions(),
            expected: table.version,
            org: self.org.clone(),
            reason: None,
            effects: permission::update(&self.command, table)?,
        })
    }
}
