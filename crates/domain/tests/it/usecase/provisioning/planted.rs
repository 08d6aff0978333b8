//! The machine notices what it is for: each of these faults, put between the use cases and what they use, is found.

use std::sync::Arc;

use async_trait::async_trait;
use portcullis_domain::camera_role::{CameraRole, Makings, Membership};
use portcullis_domain::clock::Timestamp;
use portcullis_domain::commit::{Commit, GuardKey, PrivateChange, Recalled};
use portcullis_domain::event::{Position, Recorded, StreamId};
use portcullis_domain::ids::{CameraRoleId, ThreeDEyeRoleId, ThreeDEyeUserId, UserId};
use portcullis_domain::port::{
    CameraRoleSituation, CameraRoles, CommitError, Created, Deleted, EventStore, GatewayError, MemberPage,
    NewRemoteAccount, NewRemoteRole, ThreeDEyeAccounts, ThreeDEyeGateway, Unavailable, VersionRange,
};
use portcullis_domain::text::{EmailAddress, FreeText};
use portcullis_domain::threedeye::{
    AccountOwner, AccountState, KnownAccount, RemoteAccount, RemoteCursor, RemotePage, RemoteRole, WithoutAccount,
};
use portcullis_domain::usecase::threedeye::CameraPorts;
use proptest::test_runner::TestError;

use super::machine::Plant;
use super::{SEQUENCES, tell};

/// What a faulty line to 3dEye gets wrong.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Lie {
    /// Accounts are shown without their roles.
    HidesRoles,
    /// Roles are not given, neither to new accounts nor to those there are.
    GivesNoRoles,
    /// Roles are not taken away.
    TakesNoRoles,
    /// Accounts are made with another password than was asked for.
    OwnPasswords,
}

struct Lying(Arc<dyn ThreeDEyeGateway>, Lie);

impl Lying {
    fn shown(&self, account: RemoteAccount) -> RemoteAccount {
        if self.1 == Lie::HidesRoles { RemoteAccount { roles: vec![], ..account } } else { account }
    }
}

#[async_trait]
impl ThreeDEyeGateway for Lying {
    async fn find_by_email(&self, email: &EmailAddress) -> Result<Option<RemoteAccount>, GatewayError> {
        Ok(self.0.find_by_email(email).await?.map(|account| self.shown(account)))
    }

    async fn find(&self, id: &ThreeDEyeUserId) -> Result<Option<RemoteAccount>, GatewayError> {
        Ok(self.0.find(id).await?.map(|account| self.shown(account)))
    }

    async fn list(&self, from: Option<RemoteCursor>) -> Result<RemotePage, GatewayError> {
        self.0.list(from).await
    }

    async fn create(&self, account: &NewRemoteAccount) -> Result<Created, GatewayError> {
        let mut account = account.clone();
        match self.1 {
            Lie::GivesNoRoles => account.roles = vec![],
            Lie::OwnPasswords => account.password = "another".to_owned().into(),
            Lie::HidesRoles | Lie::TakesNoRoles => {}
        }
        self.0.create(&account).await
    }

    async fn delete(&self, id: &ThreeDEyeUserId) -> Result<Deleted, GatewayError> {
        self.0.delete(id).await
    }

    async fn assign_role(&self, id: &ThreeDEyeUserId, role: &ThreeDEyeRoleId) -> Result<(), GatewayError> {
        if self.1 == Lie::GivesNoRoles { Ok(()) } else { self.0.assign_role(id, role).await }
    }

    async fn unassign_role(&self, id: &ThreeDEyeUserId, role: &ThreeDEyeRoleId) -> Result<Deleted, GatewayError> {
        if self.1 == Lie::TakesNoRoles { Ok(Deleted::Gone) } else { self.0.unassign_role(id, role).await }
    }

    async fn roles(&self) -> Result<Vec<RemoteRole>, GatewayError> {
        self.0.roles().await
    }

    async fn create_role(&self, role: &NewRemoteRole) -> Result<Option<ThreeDEyeRoleId>, GatewayError> {
        self.0.create_role(role).await
    }

    async fn delete_role(&self, role: &ThreeDEyeRoleId) -> Result<Deleted, GatewayError> {
        self.0.delete_role(role).await
    }
}

/// What a faulty store loses.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Loss {
    /// Roles that are to wait.
    Recovery,
    /// What tells the holders of a lease apart.
    Fence,
}

struct Losing(Arc<dyn EventStore>, Loss);

#[async_trait]
impl EventStore for Losing {
    async fn commit(&self, mut commit: Commit) -> Result<(), CommitError> {
        let (private, guards) = (&mut commit.effects.private, &mut commit.effects.guards);
        match self.1 {
            Loss::Recovery => private.retain(|change| !matches!(change, PrivateChange::Recovery { .. })),
            // Whoever takes the lease still raises it.
            Loss::Fence => guards.retain(|guard| !matches!(guard.key, GuardKey::ThreeDEye(_)) || guard.next.is_some()),
        }
        self.0.commit(commit).await
    }

    async fn recall(&self, scope: &[u8; 32]) -> Result<Option<Recalled>, Unavailable> {
        self.0.recall(scope).await
    }

    async fn load(&self, stream: &StreamId, range: VersionRange, limit: u32) -> Result<Vec<Recorded>, Unavailable> {
        self.0.load(stream, range, limit).await
    }

    async fn read_from(&self, after: Position, limit: u32) -> Result<Vec<Recorded>, Unavailable> {
        self.0.read_from(after, limit).await
    }
}

/// What rows do not tell of.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Silence {
    /// Whose an account is.
    Owners,
    /// That somebody is at work.
    Leases,
}

struct Silent(Arc<dyn ThreeDEyeAccounts>, Silence);

#[async_trait]
impl ThreeDEyeAccounts for Silent {
    async fn find(&self, user: UserId) -> Result<AccountState, Unavailable> {
        let mut state = self.0.find(user).await?;
        state.lease.until = state.lease.until.filter(|_| self.1 != Silence::Leases);
        Ok(state)
    }

    async fn without_account(
        &self,
        tried_before: Timestamp,
        after: Option<WithoutAccount>,
        limit: u32,
    ) -> Result<Vec<WithoutAccount>, Unavailable> {
        self.0.without_account(tried_before, after, limit).await
    }

    async fn count_without_account(&self, tried_before: Timestamp) -> Result<u64, Unavailable> {
        self.0.count_without_account(tried_before).await
    }

    async fn mappings(&self, after: Option<UserId>, limit: u32) -> Result<Vec<KnownAccount>, Unavailable> {
        self.0.mappings(after, limit).await
    }

    async fn owners(&self, accounts: &[RemoteAccount]) -> Result<Vec<AccountOwner>, Unavailable> {
        match self.1 {
            Silence::Owners => Ok(accounts.iter().map(|_| AccountOwner::default()).collect()),
            Silence::Leases => self.0.owners(accounts).await,
        }
    }

    async fn is_claimed(&self, address: &EmailAddress, leaving_out: Option<UserId>) -> Result<bool, Unavailable> {
        match self.1 {
            Silence::Owners => Ok(false),
            Silence::Leases => self.0.is_claimed(address, leaving_out).await,
        }
    }
}

/// Camera roles nobody is in.
struct Empty(Arc<dyn CameraRoles>);

#[async_trait]
impl CameraRoles for Empty {
    async fn find(&self, id: &CameraRoleId) -> Result<Option<CameraRole>, Unavailable> {
        self.0.find(id).await
    }

    async fn find_by_remote(&self, id: &ThreeDEyeRoleId) -> Result<Option<CameraRole>, Unavailable> {
        self.0.find_by_remote(id).await
    }

    async fn situation(&self, role: &CameraRoleId, user: UserId) -> Result<CameraRoleSituation, Unavailable> {
        self.0.situation(role, user).await
    }

    async fn members(&self, role: &CameraRoleId, after: Option<UserId>, limit: u32) -> Result<MemberPage, Unavailable> {
        self.0.members(role, after, limit).await
    }

    async fn memberships(&self, _: UserId) -> Result<Vec<Membership>, Unavailable> {
        Ok(vec![])
    }

    async fn makings(&self, role: &CameraRoleId, name: &FreeText) -> Result<Makings, Unavailable> {
        self.0.makings(role, name).await
    }
}

fn lying(ports: CameraPorts, lie: Lie) -> CameraPorts {
    CameraPorts { gateway: Arc::new(Lying(ports.gateway.clone(), lie)), ..ports }
}

fn losing(mut ports: CameraPorts, loss: Loss) -> CameraPorts {
    ports.commands.events = Arc::new(Losing(ports.commands.events.clone(), loss));
    ports
}

fn silent(ports: CameraPorts, silence: Silence) -> CameraPorts {
    CameraPorts { accounts: Arc::new(Silent(ports.accounts.clone(), silence)), ..ports }
}

/// Does the machine find it, and for one of these reasons?
#[track_caller]
fn is_found(plant: Plant, reasons: &[&str]) {
    let (seen, found) = tell(plant, 0);
    let before = seen.get("sequences").copied().unwrap_or_default();
    let Err(TestError::Fail(reason, _)) = found else { panic!("not found in {SEQUENCES} sequences: {found:?}") };
    println!("found by sequence {}: {}", before + 1, reason.message());
    assert!(reasons.iter().any(|because| reason.message().contains(because)), "{}", reason.message());
}

#[test]
fn roles_that_are_not_shown_are_lost() {
    is_found(|ports| lying(ports, Lie::HidesRoles), &["lost roles", "wrong after the repair"]);
}

#[test]
fn roles_that_are_not_given_are_missed() {
    let reasons = ["lost roles", "without having", "not all roles were restored", "wrong after the repair"];
    is_found(|ports| lying(ports, Lie::GivesNoRoles), &reasons);
}

#[test]
fn roles_that_are_not_taken_away_are_left() {
    is_found(|ports| lying(ports, Lie::TakesNoRoles), &["left after their removal"]);
}

#[test]
fn another_password_opens_nothing() {
    is_found(|ports| lying(ports, Lie::OwnPasswords), &["password"]);
}

#[test]
fn roles_that_do_not_wait_are_lost() {
    is_found(|ports| losing(ports, Loss::Recovery), &["lost roles"]);
}

#[test]
fn a_lease_that_does_not_hold_lets_two_at_an_account() {
    let unheld = |ports| losing(silent(ports, Silence::Leases), Loss::Fence);
    is_found(unheld, &["live mapping", "two accounts", "opens nothing", "lost roles"]);
}

#[test]
fn an_account_without_an_owner_becomes_anothers() {
    is_found(|ports| silent(ports, Silence::Owners), &["another", "live mapping"]);
}

#[test]
fn a_role_with_nobody_in_it_is_not_given_again() {
    let empty = |ports: CameraPorts| CameraPorts { camera_roles: Arc::new(Empty(ports.camera_roles.clone())), ..ports };
    is_found(empty, &["without having"]);
}
