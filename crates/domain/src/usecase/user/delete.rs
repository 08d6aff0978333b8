//! Deleting people.

use std::sync::Arc;

use async_trait::async_trait;

use super::standing;
use crate::access::Grant;
use crate::camera_role::Membership;
use crate::clock::Timestamp;
use crate::event::{Actor, StreamId, Version};
use crate::ids::UserId;
use crate::policy::{Action, Caller, Denied};
use crate::port::{CameraRoles, LockAccess, ThreeDEyeAccounts, TotpStore, Unavailable, UserRepository};
use crate::threedeye::AccountState;
use crate::usecase::command::{Against, Command, Commands, Decision};
use crate::usecase::{Done, Outcome, Request, UseCaseError};
use crate::user::{self, Standing, UserRefusal};

/// Deletes a person with the account, for good, in one commit: an event `AccessibleLockRemoved` a grant, a
/// `CameraRoleUserRemoved` a camera role, then `UserDeleted`. The person's history stays.
///
/// Refused: as the rule says. Unknown person, or one deleted before: `NotFound`.
pub struct DeletePerson {
    commands: Commands,
    users: Arc<dyn UserRepository>,
    factors: Arc<dyn TotpStore>,
    locks: Arc<dyn LockAccess>,
    cameras: Arc<dyn ThreeDEyeAccounts>,
    camera_roles: Arc<dyn CameraRoles>,
}

impl DeletePerson {
    /// Wires the use case.
    pub fn new(
        commands: Commands,
        users: Arc<dyn UserRepository>,
        factors: Arc<dyn TotpStore>,
        locks: Arc<dyn LockAccess>,
        cameras: Arc<dyn ThreeDEyeAccounts>,
        camera_roles: Arc<dyn CameraRoles>,
    ) -> Self {
        Self { commands, users, factors, locks, cameras, camera_roles }
    }

    /// Does it.
    pub async fn execute(&self, request: &Request, user: UserId) -> Result<Outcome<Done>, UseCaseError<UserRefusal>> {
        self.commands.run(&Deleting { ports: self, user }, request).await
    }
}

struct Deleting<'a> {
    ports: &'a DeletePerson,
    user: UserId,
}

/// The grants are read after the person: those of a later version meet a conflict. The camera account is guarded by its
/// fence, and so are the camera roles, as they are read after it and change only by whoever holds it.
struct Situation {
    standing: Standing,
    grants: Vec<Grant>,
    camera: AccountState,
    memberships: Vec<Membership>,
}

#[async_trait]
impl Command for Deleting<'_> {
    type State = Option<Situation>;
    type Refusal = UserRefusal;

    async fn load(&self) -> Result<Option<Situation>, Unavailable> {
        let DeletePerson { users, factors, locks, cameras, camera_roles, .. } = self.ports;
        let Some(standing) = standing::load(users.as_ref(), factors.as_ref(), self.user).await? else {
            return Ok(None);
        };
        let list = locks.grants_of(self.user).await?;
        let grants = list.into_iter().flat_map(|list| list.grants).map(|(grant, _)| grant).collect();
        let camera = cameras.find(self.user).await?;
        let memberships = camera_roles.memberships(self.user).await?;
        Ok(Some(Situation { standing, grants, camera, memberships }))
    }

    fn authorise(&self, caller: &Caller, situation: &Option<Situation>) -> Result<Actor, Denied> {
        let standing = situation.as_ref().map(|situation| &situation.standing);
        standing::authorise(caller, Action::DeleteAccount, standing)
    }

    fn version(&self, situation: &Option<Situation>) -> Version {
        standing::version(situation.as_ref().map(|situation| &situation.standing))
    }

    fn decide(&self, situation: &Option<Situation>, now: Timestamp) -> Result<Decision, Against<UserRefusal>> {
        let stream = StreamId::from(self.user);
        let Some(Situation { standing, grants, camera, memberships }) = situation else {
            return Err(Against::NotFound(stream));
        };
        let effects = user::delete(standing, grants, memberships, camera, now)?;
        let person = &standing.person;
        Ok(Decision { stream, expected: person.version, org: person.org.clone(), reason: None, effects })
    }
}
