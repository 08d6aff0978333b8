//! Camera roles and who is in them.

use async_trait::async_trait;

use super::{PersonHead, Unavailable};
use crate::camera_role::{CameraRole, Makings, Member, Membership};
use crate::ids::{CameraRoleId, ThreeDEyeRoleId, UserId};
use crate::text::FreeText;

/// All a command on one role and one person looks at, read in one statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CameraRoleSituation {
    /// The role, if there is or was one.
    pub role: Option<CameraRole>,
    /// The person, if there is one.
    pub person: Option<PersonHead>,
    /// The person in the role.
    pub member: Option<Member>,
}

/// Some of the people in a role.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MemberPage {
    /// In the order of their ids.
    pub members: Vec<Member>,
    /// Are there others after these?
    pub more: bool,
}

/// Camera roles as the views have them. Deleted roles are found, and nobody is in them.
#[cfg_attr(feature = "mocks", mockall::automock)]
#[async_trait]
pub trait CameraRoles: Send + Sync {
    /// A role with its version, deleted ones too.
    async fn find(&self, id: &CameraRoleId) -> Result<Option<CameraRole>, Unavailable>;

    /// The role that one at 3dEye belongs to; of several, which only a 3dEye that gives ids again can make, one that is
    /// not deleted.
    async fn find_by_remote(&self, id: &ThreeDEyeRoleId) -> Result<Option<CameraRole>, Unavailable>;

    /// Role, person and membership at once.
    async fn situation(&self, role: &CameraRoleId, user: UserId) -> Result<CameraRoleSituation, Unavailable>;

    /// People in a role in the order of their ids, after `after`, at most `limit`; an unknown role has none.
    async fn members(&self, role: &CameraRoleId, after: Option<UserId>, limit: u32) -> Result<MemberPage, Unavailable>;

    /// The roles a person is in, in the order of their ids; nobody is in none.
    async fn memberships(&self, user: UserId) -> Result<Vec<Membership>, Unavailable>;

    /// What these are called at 3dEye, in the same order.
    async fn roles_of(&self, user: UserId) -> Result<Vec<ThreeDEyeRoleId>, Unavailable> {
        let memberships = self.memberships(user).await?;
        Ok(memberships.into_iter().map(|membership| membership.threedeye_role).collect())
    }

    /// What is being made of this role and under this name, with the number that guards all makings
    /// ([`GuardKey::CameraRoleMakings`](crate::commit::GuardKey::CameraRoleMakings)).
    async fn makings(&self, role: &CameraRoleId, name: &FreeText) -> Result<Makings, Unavailable>;
}
