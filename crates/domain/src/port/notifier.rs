//! Telling people.

use async_trait::async_trait;
use thiserror::Error;

use crate::ids::{OutboxId, UserId};
use crate::secret::Secret;

/// Something a person is to be told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// Id of the message; a repeat has the same one.
    pub id: OutboxId,
    /// Which template.
    pub template: String,
    /// Whom.
    pub user: UserId,
    /// What the template needs, as JSON; `to` is the address it was queued for.
    pub payload: Secret<String>,
}

/// Why somebody was not told. Staff is shown the words of it, so they carry no address and no secret.
#[derive(Debug, Error)]
pub enum NotifyError {
    /// Trying again may help.
    #[error("the notice could not be delivered now: {0}")]
    Transient(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// Trying again will not help: unknown template, nobody to tell any more, or an address no server takes.
    #[error("the notice cannot be delivered: {0}")]
    Permanent(String),
}

/// Tells people. At least once: the same notice may be handed in again after a crash.
#[cfg_attr(feature = "mocks", mockall::automock)]
#[async_trait]
pub trait Notifier: Send + Sync {
    /// Delivers a notice to the address it was queued for, whatever the person's is now; a code only while it is that one.
    /// A notice that names none was queued by an earlier release: it goes to the person's verified address. Where there is
    /// nobody to tell it fails for good.
    async fn notify(&self, notice: &Notice) -> Result<(), NotifyError>;
}
