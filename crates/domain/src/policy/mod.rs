//! Who may do what. One pure function, asked by every use case, so that HTTP, command line and workers obey it alike.

mod permission;
mod resource;

pub use permission::{Permission, UnknownPermission};
pub use resource::{LockOwnership, Resource};

use std::collections::BTreeSet;

use thiserror::Error;

use crate::event::{Actor, ActorKind};
use crate::ids::{ApiKeyPrefix, OrgId, UserId};
use crate::session::{RememberedFactor, TokenHash};
use crate::text::EmailAddress;
use crate::user::Role;

/// The credentials a call came with, all verified. Several may be present; an act is allowed if any one of them allows
/// it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Caller {
    /// A person's own token.
    pub user: Option<UserCaller>,
    /// An organisation's key.
    pub organisation: Option<OrganisationCaller>,
    /// Admin key and staff token together.
    pub staff: Option<StaffCaller>,
    /// An account session.
    pub operator: Option<OperatorCaller>,
    /// The service itself: the name of the job.
    pub system: Option<&'static str>,
}

/// A person with an own token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserCaller {
    /// The person the token names.
    pub id: UserId,
    /// The token's address, if the issuer verified it.
    pub verified_email: Option<EmailAddress>,
}

/// An organisation with a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrganisationCaller {
    /// The organisation.
    pub org: OrgId,
    /// The key's public part.
    pub key: ApiKeyPrefix,
    /// May it act for every organisation?
    pub is_super: bool,
}

/// Staff.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StaffCaller {
    /// The token's subject.
    pub subject: String,
}

/// Somebody signed in with an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OperatorCaller {
    /// The person.
    pub id: UserId,
    /// The session.
    pub session: TokenHash,
    /// The account's roles.
    pub roles: BTreeSet<Role>,
    /// What these permit by the permission table as it was when the session was looked up; the roles themselves decide
    /// nothing.
    pub permissions: BTreeSet<Permission>,
    /// Does the session pass where a second factor is asked for?
    pub bypass_two_factor: bool,
    /// A second factor proved with this session before; its end may have come.
    pub remembered: Option<RememberedFactor>,
    /// The credential epoch the session was looked up with: what the session asks for is written only while it stands.
    pub epoch: u64,
}

impl Caller {
    /// The service itself at a named job; may do everything.
    pub fn system(job: &'static str) -> Self {
        Self { system: Some(job), ..Self::default() }
    }
}

/// What is to be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Action {
    /// Make a person.
    CreateUser,
    /// Read a person's profile.
    ReadProfile,
    /// Suspend a person, or end a suspension.
    SuspendUser,
    /// Set or take away a person's address or phone number.
    EditContact,
    /// Look for a person by address or phone number: the one found, or the service as a whole when it is nobody.
    FindUser,
    /// See which locks a person owns.
    ListOwnedLocks,
    /// Put a lock on a person's list.
    GrantLock,
    /// Take a lock off a person's list.
    RevokeLock,
    /// See a person's list of locks.
    ListGrants,
    /// Register a lock.
    CreateLock,
    /// Give a lock to an organisation.
    SetLockOrganization,
    /// Give a lock an owner.
    SetLockOwner,
    /// Read what is known of a lock.
    ReadLock,
    /// See who has access to a lock.
    ListLockAccess,
    /// Read what happened to a lock.
    ReadLockEvents,
    /// Fetch a person's camera credentials.
    ReadCameraCredentials,
    /// See what is known of a person's camera account, here and at 3dEye.
    ReadCameraAccount,
    /// Make camera accounts for everybody who lacks one.
    BackfillCameras,
    /// Make a camera role.
    CreateCameraRole,
    /// Put a person into a camera role.
    AssignCameraRole,
    /// Take a person out of a camera role, or delete the role.
    RevokeCameraRole,
    /// Read what is known of a camera role.
    ReadCameraRole,
    /// Compare camera accounts with those at 3dEye, and set right what has drifted apart.
    RepairCameras,
    /// Reset a person's camera account.
    ResetThreeDEye,
    /// Read what happened.
    ReadHistory,
    /// Register an organisation, or list them.
    ManageTenants,
    /// Make, list, rotate or revoke keys.
    ManageApiKeys,
    /// Make an account.
    CreateAccount,
    /// Give somebody an account, or change one.
    EditAccount,
    /// Switch an account on or off.
    SetAccountStatus,
    /// Delete a person with the account.
    DeleteAccount,
    /// List accounts.
    ListAccounts,
    /// See all of an account's record, not only what everybody sees.
    ReadFullRecord,
    /// Give an account the role `admin`, or change an account that has it.
    AssignAdminRole,
    /// Set a person's preferences.
    EditPreferences,
    /// See the messages of the outbox, or have one tried again.
    ManageOutbox,
    /// Change what roles permit.
    ManagePermissions,
    /// Reset another person's keys of end-to-end encryption.
    ResetOtherE2eKeys,
    /// Set up or give up the own second factor.
    ManageOwnTotp,
    /// Clear another person's second factor.
    ResetOtherTotp,
    /// Make, list, replace or remove the own personal access tokens.
    ManageOwnTokens,
    /// End the sessions another person began by signing in.
    LogOutOther,
    /// See who has which second factor.
    ListSecondFactors,
    /// Stand for an address one sets.
    VouchForAddress,
    /// Call as often as one likes.
    BypassRateLimit,
}

/// None of the caller's credentials allows it. Says nothing of whether the thing exists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("not allowed")]
pub struct Denied;

/// Decides, and names the credential that allowed it: the system, then staff, then the organisation, then the user,
/// then the operator.
pub fn allows(caller: &Caller, action: Action, resource: Resource<'_>) -> Result<Actor, Denied> {
    if let Some(job) = caller.system {
        return Ok(Actor::system(job));
    }
    if let Some(staff) = &caller.staff
        && staff_may(action)
    {
        return Ok(Actor { kind: ActorKind::Staff, id: staff.subject.clone() });
    }
    if let Some(key) = &caller.organisation
        && organisation_may(key, action, resource)
    {
        return Ok(Actor { kind: ActorKind::Organisation, id: key.key.to_string() });
    }
    if let Some(user) = &caller.user
        && user_may(user.id, action, resource)
    {
        return Ok(Actor { kind: ActorKind::User, id: user.id.to_string() });
    }
    if let Some(operator) = &caller.operator
        && operator_may(operator, action, resource)
    {
        return Ok(Actor { kind: ActorKind::Operator, id: operator.id.to_string() });
    }
    Err(Denied)
}

const fn staff_may(action: Action) -> bool {
    !matches!(
        action,
        Action::CreateAccount
            | Action::EditAccount
            | Action::SetAccountStatus
            | Action::DeleteAccount
            | Action::ListAccounts
            | Action::ReadFullRecord
            | Action::AssignAdminRole
            | Action::EditPreferences
            | Action::ManagePermissions
            | Action::ResetOtherE2eKeys
            | Action::ManageOwnTotp
            | Action::ManageOwnTokens
            | Action::LogOutOther
            | Action::BypassRateLimit
    )
}

fn organisation_may(key: &OrganisationCaller, action: Action, resource: Resource<'_>) -> bool {
    let owns = |org: &OrgId| key.is_super || *org == key.org;
    match (action, resource) {
        (
            Action::ReadProfile
            | Action::EditContact
            | Action::FindUser
            | Action::ListOwnedLocks
            | Action::ReadCameraCredentials,
            Resource::Person { org, .. },
        ) => key.is_super || org.is_some_and(owns),
        // What such a key sees of the list is narrowed down to its own locks by the query.
        (Action::CreateUser | Action::ListGrants, Resource::Person { .. }) | (Action::FindUser, Resource::Service) => {
            true
        }
        (Action::GrantLock | Action::RevokeLock, Resource::Grant { lock, .. }) => {
            key.is_super || lock.is_some_and(|lock| owns(lock.org))
        }
        (Action::CreateLock | Action::CreateCameraRole, Resource::Org(org)) => owns(org),
        // Cameras are seen by whom their organisation knows: a key puts its own people into its own roles.
        (Action::AssignCameraRole, Resource::CameraRoleMember { role, person }) => {
            key.is_super || role.is_some_and(owns) && person.is_some_and(owns)
        }
        (Action::RevokeCameraRole | Action::ReadCameraRole, Resource::CameraRole(role)) => {
            key.is_super || role.is_some_and(owns)
        }
        (
            Action::SetLockOwner | Action::ReadLock | Action::ListLockAccess | Action::ReadLockEvents,
            Resource::Lock { ownership, .. },
        ) => key.is_super || ownership.is_some_and(|lock| owns(lock.org)),
        // No partner shuts out whoever administers the service, or undoes what staff did.
        (Action::SuspendUser, Resource::Person { .. })
        | (Action::SetLockOrganization, Resource::Lock { .. })
        | (Action::VouchForAddress, Resource::Service) => key.is_super,
        _ => false,
    }
}

fn user_may(user: UserId, action: Action, resource: Resource<'_>) -> bool {
    match (action, resource) {
        (
            Action::CreateUser
            | Action::ReadProfile
            | Action::EditContact
            | Action::FindUser
            | Action::ListOwnedLocks
            | Action::ReadCameraCredentials
            | Action::ListGrants,
            Resource::Person { id, .. },
        ) => id == user,
        (Action::RevokeLock, Resource::Grant { person, .. }) => person == user,
        (Action::GrantLock, Resource::Grant { person, lock }) => person == user && is_owner(user, lock),
        (Action::ReadLock, Resource::Lock { ownership, accessible }) => accessible || is_owner(user, ownership),
        (Action::ListLockAccess | Action::ReadLockEvents, Resource::Lock { ownership, .. }) => {
            is_owner(user, ownership)
        }
        _ => false,
    }
}

fn is_owner(user: UserId, lock: Option<LockOwnership<'_>>) -> bool {
    lock.is_some_and(|lock| lock.owner == Some(user))
}

fn operator_may(operator: &OperatorCaller, action: Action, resource: Resource<'_>) -> bool {
    let is_own = matches!(resource, Resource::Person { id, .. } if id == operator.id);
    if action == Action::EditPreferences && is_own {
        return true;
    }
    let permission = match action {
        Action::ManageOwnTotp => return is_own,
        Action::ManageOwnTokens if is_own => Permission::CreatePersonalAccessTokens,
        Action::LogOutOther => Permission::LogoutOtherUser,
        Action::CreateAccount => Permission::CreateUser,
        Action::EditAccount | Action::EditPreferences => Permission::EditOtherUserInfo,
        Action::SetAccountStatus => Permission::EditOtherUserActiveStatus,
        Action::DeleteAccount => Permission::DeleteUser,
        Action::ListAccounts => Permission::ViewDirectRooms,
        Action::ReadFullRecord => Permission::ViewFullOtherUserInfo,
        Action::AssignAdminRole => Permission::AssignAdminRole,
        Action::ManagePermissions => Permission::AccessPermissions,
        Action::ResetOtherE2eKeys => Permission::EditOtherUserE2ee,
        Action::ResetOtherTotp => Permission::EditOtherUserTotp,
        Action::BypassRateLimit => Permission::ApiBypassRateLimit,
        _ => return false,
    };
    operator.permissions.contains(&permission)
}
