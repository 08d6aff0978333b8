//! Changes of rows that come and go, and what comes with a commit besides.

use crate::camera_role::Making;
use crate::clock::Timestamp;
use crate::ids::{ApiKeyPrefix, CameraRoleId, OutboxId, UserId};
use crate::secret::Secret;
use crate::session::{FailureKey, RememberedFactor, Session, TokenHash};
use crate::totp::Failures;

/// Sessions, counters, leases and deliveries: rows that come and go and are no history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WorkChange {
    /// A session begins. Must come with a [`GuardKey::CredentialEpoch`](super::GuardKey::CredentialEpoch) guard.
    SessionStarted(Session),
    /// A session ends; ending an ended one does nothing.
    SessionEnded(TokenHash),
    /// All sessions of a person end, personal access tokens too.
    SessionsEnded {
        /// Whose.
        user: UserId,
    },
    /// The sessions a person began by signing in end, but one; personal access tokens stay.
    SignInSessionsEnded {
        /// Whose.
        user: UserId,
        /// The one to keep.
        except: Option<TokenHash>,
    },
    /// A second factor was proved with a session; nothing happens when the session is gone.
    FactorRemembered {
        /// The session.
        token: TokenHash,
        /// For how long, and for which client.
        remembered: RememberedFactor,
    },
    /// What was proved with any session of a person counts no more, also what a change of this commit says of it.
    FactorsForgotten {
        /// Whose.
        user: UserId,
    },
    /// A sign-in failed: one more is counted, whoever counts at the same time. A window that is over begins anew with it.
    SignInFailed {
        /// What it counts under.
        key: FailureKey,
        /// When.
        at: Timestamp,
        /// When the window is over that it begins, if it begins one.
        until: Timestamp,
    },
    /// No failed sign-in counts any more.
    SignInFailuresCleared(FailureKey),
    /// The failure count of a person's second factor. Must come with a [`GuardKey::SecondFactor`](super::GuardKey::SecondFactor) guard.
    Failures {
        /// Whose.
        user: UserId,
        /// The count.
        failures: Failures,
    },
    /// Until when the remote job at 3dEye is held. Must come with a [`GuardKey::ThreeDEye`](super::GuardKey::ThreeDEye) guard.
    Lease {
        /// Whose account.
        user: UserId,
        /// Others may take over from then on.
        until: Timestamp,
    },
    /// A camera role is being made at 3dEye. Must come with a
    /// [`GuardKey::CameraRoleMakings`](super::GuardKey::CameraRoleMakings) guard that raises it.
    CameraRoleMaking(Making),
    /// It no longer is: it is made, or nothing of it is at 3dEye. With the same guard.
    CameraRoleMade(CameraRoleId),
    /// A key was used. An earlier time than the one kept changes nothing.
    ApiKeyUsed {
        /// The key's public part.
        prefix: ApiKeyPrefix,
        /// When it was used last, as far as one process knows.
        at: Timestamp,
    },
    /// A message was delivered; its payload goes.
    OutboxDelivered(OutboxId),
    /// A message is tried again later.
    OutboxDelayed {
        /// Which.
        id: OutboxId,
        /// Not before.
        not_before: Timestamp,
        /// Why it is still here; no secret, no address.
        error: Option<String>,
    },
    /// A message is given up. Its payload stays sealed beside it, so that it can be tried again.
    OutboxBuried {
        /// Which.
        id: OutboxId,
        /// Why; no secret, no address.
        reason: String,
    },
    /// A message that was given up waits again; one that was not, or lost its payload, stays as it is.
    OutboxRetried {
        /// Which.
        id: OutboxId,
        /// Not before.
        not_before: Timestamp,
    },
}

/// A message that leaves later.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutboxMessage {
    /// Its id; what a receiver tells repeats by.
    pub id: OutboxId,
    /// Messages with one key leave in order.
    pub key: String,
    /// Which template or kind of message.
    pub template: String,
    /// Whom it is about.
    pub user: Option<UserId>,
    /// What the template needs, as JSON; sealed by the store.
    pub payload: Secret<String>,
    /// When it was queued.
    pub at: Timestamp,
}

/// Where a request came from; personal data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientTrace {
    /// The client's address.
    pub address: Option<String>,
    /// Its user agent, cut to 256 characters.
    pub user_agent: Option<String>,
}
