//! Reading a camera role.

use std::convert::Infallible;
use std::sync::Arc;

use crate::camera_role::{CameraRole, Member};
use crate::event::StreamId;
use crate::ids::{CameraRoleId, UserId};
use crate::policy::{Action, Caller, Denied, Resource, allows};
use crate::port::CameraRoles;
use crate::usecase::UseCaseError;

/// Which role, and which of the people in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CameraRoleQuery {
    /// The role.
    pub role: CameraRoleId,
    /// Only people whose ids come after this one.
    pub after: Option<UserId>,
    /// At most this many.
    pub limit: u32,
}

/// A role with a page of the people in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CameraRoleDetails {
    /// The role; a deleted one, too.
    pub role: CameraRole,
    /// In the order of their ids.
    pub members: Vec<Member>,
    /// The last of them, if there are others after.
    pub next: Option<UserId>,
}

/// Reads all that is known of a camera role, a deleted one included. Unknown role, or one the caller has nothing to do
/// with: `NotFound`.
pub struct ReadCameraRole {
    camera_roles: Arc<dyn CameraRoles>,
}

impl ReadCameraRole {
    /// Wires the use case.
    pub fn new(camera_roles: Arc<dyn CameraRoles>) -> Self {
        Self { camera_roles }
    }

    /// Reads it.
    pub async fn execute(
        &self,
        caller: &Caller,
        query: &CameraRoleQuery,
    ) -> Result<CameraRoleDetails, UseCaseError<Infallible>> {
        let unknown = || UseCaseError::NotFound { stream: StreamId::from(&query.role), replayed: None };
        let role = self.camera_roles.find(&query.role).await?.ok_or_else(unknown)?;
        let resource = Resource::CameraRole(Some(&role.org));
        allows(caller, Action::ReadCameraRole, resource).map_err(|Denied| unknown())?;
        let page = self.camera_roles.members(&query.role, query.after, query.limit).await?;
        let next = page.members.last().filter(|_| page.more).map(|member| member.user);
        Ok(CameraRoleDetails { role, members: page.members, next })
    }
}
