//! Deleting camera roles.

use async_trait::async_trait;

use super::{Failure, gateway_failure, present};
use crate::camera_role::{self, CameraRole, CameraRoleRefusal, DeleteCameraRole as Delete};
use crate::clock::Timestamp;
use crate::commit::Effects;
use crate::event::{Actor, Version};
use crate::policy::{Action, Caller, Denied, Resource, allows};
use crate::port::Unavailable;
use crate::usecase::command::{Against, Command, Decision, Weighed};
use crate::usecase::threedeye::CameraPorts;
use crate::usecase::{Done, Outcome, Request};

/// Deletes a camera role, at 3dEye first and then here: event `CameraRoleDeleted`. Everybody leaves it with that. One that
/// is not at 3dEye any more needs no deleting there.
///
/// Refused: [`CameraRoleRefusal::Gateway`]; nothing is written then, and a repeat is safe. Unknown role, or one deleted
/// before: `NotFound`.
pub struct DeleteCameraRole {
    ports: CameraPorts,
}

impl DeleteCameraRole {
    /// Wires the use case.
    pub const fn new(ports: CameraPorts) -> Self {
        Self { ports }
    }

    /// Does it. Run it as a task of its own: it must not be cancelled half-way.
    pub async fn execute(&self, request: &Request, command: Delete) -> Result<Outcome<Done>, Failure> {
        let deleting = Deleting { ports: &self.ports, command };
        let role = match self.ports.commands.weigh(&deleting, request).await {
            Weighed::Answered(answer) => return answer,
            Weighed::Open(role, _) => role,
        };
        if let Some(role) = role {
            self.ports.gateway.delete_role(&role.threedeye_role).await.map_err(gateway_failure)?;
        }
        self.ports.commands.run(&deleting, request).await
    }
}

struct Deleting<'a> {
    ports: &'a CameraPorts,
    command: Delete,
}

#[async_trait]
impl Command for Deleting<'_> {
    type State = Option<CameraRole>;
    type Refusal = CameraRoleRefusal;

    async fn load(&self) -> Result<Option<CameraRole>, Unavailable> {
        self.ports.camera_roles.find(&self.command.role).await
    }

    fn authorise(&self, caller: &Caller, role: &Option<CameraRole>) -> Result<Actor, Denied> {
        let org = role.as_ref().map(|role| &role.org);
        allows(caller, Action::RevokeCameraRole, Resource::CameraRole(org))
    }

    fn version(&self, role: &Option<CameraRole>) -> Version {
        role.as_ref().map(|role| role.version).unwrap_or_default()
    }

    fn decide(&self, role: &Option<CameraRole>, now: Timestamp) -> Result<Decision, Against<CameraRoleRefusal>> {
        let role = present(role.as_ref(), &self.command.role)?;
        let events = vec![camera_role::delete(&self.command, now)];
        Ok(Decision {
            stream: (&role.id).into(),
            expected: role.version,
            org: role.org.clone(),
            reason: None,
            effects: Effects { events, ..Effects::default() },
        })
    }
}
