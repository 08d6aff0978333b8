//! 3dEye itself.

use std::time::Duration;

use async_trait::async_trait;
use thiserror::Error;

use super::GatewayHealth;
use crate::ids::{ThreeDEyeRoleId, ThreeDEyeUserId};
use crate::secret::Secret;
use crate::text::EmailAddress;
use crate::threedeye::{RemoteAccount, RemoteCursor, RemotePage, RemoteRole};

/// Why 3dEye did not do what was asked. No variant carries a secret or an address.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum GatewayError {
    /// 3dEye understood and refused; the same call will be refused again.
    #[error("3dEye refused: {0}")]
    Rejected(String),
    /// An account with this address exists somewhere at 3dEye.
    #[error("3dEye has an account with this e-mail address already")]
    EmailTaken,
    /// 3dEye does not accept our own credentials.
    #[error("3dEye does not accept the service's credentials")]
    Unauthorised,
    /// 3dEye cannot be reached or cannot serve; the call had no effect, or repeating it does no harm.
    #[error("3dEye is unavailable")]
    Unavailable {
        /// When 3dEye says to come back.
        retry_after: Option<Duration>,
    },
    /// 3dEye failed so often lately, or asked so to be left alone, that it is not called for a while; nothing was sent.
    #[error("3dEye is not called at present")]
    CircuitOpen {
        /// When it is tried again.
        retry_after: Duration,
    },
    /// The call may or may not have taken effect; look before repeating it.
    #[error("3dEye did not confirm; whether the call took effect is not known")]
    Ambiguous,
    /// No access to 3dEye is configured.
    #[error("3dEye is not configured")]
    NotConfigured,
}

/// An account to be made.
#[derive(Debug, Clone)]
pub struct NewRemoteAccount {
    /// The address; unique across all of 3dEye.
    pub email: EmailAddress,
    /// Given name.
    pub first_name: String,
    /// Family name.
    pub last_name: String,
    /// The password to set.
    pub password: Secret<String>,
    /// Roles to give it.
    pub roles: Vec<ThreeDEyeRoleId>,
}

/// A role to be made, without cameras.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewRemoteRole {
    /// Its name; unique within our customer as far as is known.
    pub name: String,
    /// What it is for.
    pub description: Option<String>,
}

/// What 3dEye said of a new account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Created {
    /// Its id, unless 3dEye left it out.
    pub id: Option<ThreeDEyeUserId>,
}

/// What became of something to be deleted or taken away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deleted {
    /// It is gone now.
    Gone,
    /// It was not there, or not in our customer.
    NotFound,
}

/// Accounts and roles at 3dEye, within our customer. The login we use there is no account: no answer names it. Each
/// call has an overall deadline; none is repeated by the adapter unless repeating does no harm.
#[cfg_attr(feature = "mocks", mockall::automock)]
#[async_trait]
pub trait ThreeDEyeGateway: Send + Sync {
    /// The account with this address, compared trimmed and without case; accounts of other customers are not visible.
    async fn find_by_email(&self, email: &EmailAddress) -> Result<Option<RemoteAccount>, GatewayError>;

    /// The account with this id; none when there is none in our customer.
    async fn find(&self, id: &ThreeDEyeUserId) -> Result<Option<RemoteAccount>, GatewayError>;

    /// Some of our customer's accounts; `None` begins the list. 3dEye pages by number: an account deleted meanwhile
    /// moves those behind it up, and one of them may be missed; one made meanwhile may come twice.
    async fn list(&self, from: Option<RemoteCursor>) -> Result<RemotePage, GatewayError>;

    /// Makes an account. Sent once: `Ambiguous` means it may exist now.
    async fn create(&self, account: &NewRemoteAccount) -> Result<Created, GatewayError>;

    /// Deletes an account. Repeating does no harm.
    async fn delete(&self, id: &ThreeDEyeUserId) -> Result<Deleted, GatewayError>;

    /// Gives an account a role; one it has already is no error. Repeating does no harm.
    async fn assign_role(&self, id: &ThreeDEyeUserId, role: &ThreeDEyeRoleId) -> Result<(), GatewayError>;

    /// Takes a role from an account. `NotFound`: account or role is not there, or the account has not the role; either
    /// way it has it no more. Repeating does no harm.
    async fn unassign_role(&self, id: &ThreeDEyeUserId, role: &ThreeDEyeRoleId) -> Result<Deleted, GatewayError>;

    /// All roles of our customer.
    async fn roles(&self) -> Result<Vec<RemoteRole>, GatewayError>;

    /// Makes a role; its id, unless 3dEye left it out. Sent once: `Ambiguous` means it may exist now. A name in use is
    /// `Rejected`.
    async fn create_role(&self, role: &NewRemoteRole) -> Result<Option<ThreeDEyeRoleId>, GatewayError>;

    /// Deletes a role; every account loses it. Repeating does no harm.
    async fn delete_role(&self, role: &ThreeDEyeRoleId) -> Result<Deleted, GatewayError>;

    /// How the way to 3dEye is. Calls nobody and never waits.
    fn health(&self) -> GatewayHealth {
        GatewayHealth::QUIET
    }
}
