//! What the domain needs from outside. Ports read; every write is a [`Commit`](crate::commit::Commit) handed to the
//! [`EventStore`].
//!
//! Every port is `Send + Sync`, takes `&self`, is object-safe, and may be called from many tasks at once. A read sees
//! everything whose commit was acknowledged before the read began, whichever process acknowledged it.

mod accounts;
mod api_keys;
mod authenticator;
mod camera_roles;
mod event_store;
mod gateway;
mod gateway_health;
mod lock_access;
mod notifier;
mod outbox;
mod permissions;
mod registry;
mod sessions;
mod sign_in_failures;
mod timer;
mod totp_store;
mod user_repository;

pub use accounts::ThreeDEyeAccounts;
pub use api_keys::{ApiKeys, KeyCursor};
pub use authenticator::{Hasher, TotpCodes};
pub use camera_roles::{CameraRoleSituation, CameraRoles, MemberPage};
pub use event_store::{CommitError, EventStore, VersionRange};
pub use gateway::{Created, Deleted, GatewayError, NewRemoteAccount, NewRemoteRole, ThreeDEyeGateway};
pub use gateway_health::{CircuitState, GatewayHealth};
pub use lock_access::{AccessSituation, GrantHolder, GrantList, HolderPage, LockAccess};
pub use notifier::{Notice, Notifier, NotifyError};
pub use outbox::{Backlog, Outbox, OutboxEntry, OutboxRecord, OutboxState};
pub use permissions::Permissions;
pub use registry::{AggregateFilter, AggregateHead, Registry};
pub use sessions::Sessions;
pub use sign_in_failures::SignInFailures;
pub use timer::Timer;
pub use totp_store::TotpStore;
pub use user_repository::{AccountPage, LoginName, PersonFilter, PersonHead, UserRepository};

pub use crate::clock::Clock;
pub use crate::entropy::Entropy;

#[cfg(feature = "mocks")]
pub(crate) mod mocked {
    pub use super::accounts::MockThreeDEyeAccounts;
    pub use super::api_keys::MockApiKeys;
    pub use super::authenticator::{MockHasher, MockTotpCodes};
    pub use super::camera_roles::MockCameraRoles;
    pub use super::event_store::MockEventStore;
    pub use super::gateway::MockThreeDEyeGateway;
    pub use super::lock_access::MockLockAccess;
    pub use super::notifier::MockNotifier;
    pub use super::outbox::MockOutbox;
    pub use super::permissions::MockPermissions;
    pub use super::registry::MockRegistry;
    pub use super::sessions::MockSessions;
    pub use super::sign_in_failures::MockSignInFailures;
    pub use super::timer::MockTimer;
    pub use super::totp_store::MockTotpStore;
    pub use super::user_repository::MockUserRepository;
}

use thiserror::Error;

/// The store could not answer; the same call may succeed later.
///
/// Carries the cause for the log. What a caller is told never contains it.
#[derive(Debug, Error)]
#[error("the store is unavailable")]
pub struct Unavailable(#[source] pub Box<dyn std::error::Error + Send + Sync>);

impl Unavailable {
    /// Wraps a cause.
    pub fn new(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self(cause.into())
    }

    /// Is nothing broken, and only a crowd in the way?
    pub fn crowded(&self) -> Option<Crowded> {
        self.0.downcast_ref().copied()
    }
}

/// So many wait for something that the caller is sent away at once: a bound does its work, and nothing is broken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("too many wait for {0}")]
pub struct Crowded(pub &'static str);
