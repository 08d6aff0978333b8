//! Letting messages of the outbox leave.

use std::sync::Arc;
use std::time::Duration;

use serde::Deserialize;

use crate::clock::Timestamp;
use crate::commit::{Commit, Effects, Guard, GuardKey, Metadata, WorkChange};
use crate::event::Actor;
use crate::ids::RequestId;
use crate::port::{CommitError, Notice, Notifier, NotifyError, Outbox, OutboxEntry, Unavailable};
use crate::usecase::Commands;

/// How long a delivery may take before another process may try.
const LEASE: Duration = Duration::from_mins(2);
/// First pause after a failure; it doubles with each.
const FIRST_PAUSE: Duration = Duration::from_secs(5);
/// Longest pause.
const LAST_PAUSE: Duration = Duration::from_mins(30);
/// Tries before a message is given up: a little more than a day. Somebody who has it tried again gives it as many more.
const TRIES: u64 = 60;

/// Lets messages of the outbox leave: at least once each, in order per key, on whichever process takes them first.
///
/// Whoever runs it asks what is due and has each delivered, several at once: one that takes long holds up nobody else,
/// since of each key only one is ever due.
pub struct RelayOutbox {
    commands: Commands,
    outbox: Arc<dyn Outbox>,
    notifier: Arc<dyn Notifier>,
}

/// What became of a try to deliver a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Delivery {
    /// It left.
    Delivered,
    /// It is due again later.
    PutOff,
    /// It is given up.
    Buried,
    /// Somebody else has it.
    Elsewhere,
}

impl Delivery {
    /// Is nothing more to be done for it?
    pub const fn is_settled(self) -> bool {
        matches!(self, Self::Delivered | Self::Buried)
    }
}

/// What of a payload the relay itself looks at.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Expiry {
    /// From then on the message is of no use.
    expires_at: Option<Timestamp>,
}

impl RelayOutbox {
    /// Wires the use case.
    pub fn new(commands: Commands, outbox: Arc<dyn Outbox>, notifier: Arc<dyn Notifier>) -> Self {
        Self { commands, outbox, notifier }
    }

    /// What is due now, oldest first, at most `limit`, of each key one.
    pub async fn due(&self, limit: u32) -> Result<Vec<OutboxEntry>, Unavailable> {
        self.outbox.due(self.commands.clock.now(), limit).await
    }

    /// Tries to deliver a message that is due; `request` is what the commits of this try name as their origin.
    pub async fn deliver(&self, entry: OutboxEntry, request: &RequestId) -> Result<Delivery, Unavailable> {
        let now = self.commands.clock.now();
        let id = entry.id;
        let tries = entry.attempts + 1;
        let taking = WorkChange::OutboxDelayed { id, not_before: now.plus(LEASE), error: None };
        if !self.commit(Guard::raise(GuardKey::Outbox(id), entry.attempts), taking, request, now).await? {
            return Ok(Delivery::Elsewhere);
        }
        let outcome = self.notify(entry, now).await;
        let now = self.commands.clock.now();
        let (delivery, change) = match outcome {
            Ok(()) => (Delivery::Delivered, WorkChange::OutboxDelivered(id)),
            Err(NotifyError::Permanent(reason)) => {
                tracing::warn!(outbox = %id, tries, %reason, "outbox message given up");
                (Delivery::Buried, WorkChange::OutboxBuried { id, reason })
            }
            Err(NotifyError::Transient(error)) if tries.is_multiple_of(TRIES) => {
                tracing::warn!(outbox = %id, tries, %error, "outbox message given up");
                let reason = format!("{tries} failed tries; the last: {error}");
                (Delivery::Buried, WorkChange::OutboxBuried { id, reason })
            }
            Err(NotifyError::Transient(error)) => {
                tracing::warn!(outbox = %id, tries, %error, "outbox message not delivered; will try again");
                let error = Some(error.to_string());
                (Delivery::PutOff, WorkChange::OutboxDelayed { id, not_before: now.plus(pause(tries)), error })
            }
        };
        // Lost = the lease ended and another process took the message; then its word counts.
        let ours = self.commit(Guard::still(GuardKey::Outbox(id), tries), change, request, now).await?;
        Ok(if ours { delivery } else { Delivery::Elsewhere })
    }

    async fn notify(&self, entry: OutboxEntry, now: Timestamp) -> Result<(), NotifyError> {
        let user = entry.user.ok_or_else(|| NotifyError::Permanent("a notice needs a person".to_owned()))?;
        let payload = entry.payload.ok_or_else(|| NotifyError::Transient("the payload cannot be opened".into()))?;
        // A payload that cannot be read is for the notifier to complain about.
        let expiry: Option<Expiry> = serde_json::from_str(payload.expose()).ok();
        if expiry.and_then(|expiry| expiry.expires_at).is_some_and(|expires_at| expires_at <= now) {
            return Err(NotifyError::Permanent("expired".to_owned()));
        }
        self.notifier.notify(&Notice { id: entry.id, template: entry.template, user, payload }).await
    }

    async fn commit(
        &self,
        guard: Guard,
        change: WorkChange,
        request: &RequestId,
        now: Timestamp,
    ) -> Result<bool, Unavailable> {
        let commit = Commit {
            id: self.commands.commit_id(now),
            stream: None,
            effects: Effects { guards: vec![guard], work: vec![change], ..Effects::default() },
            idempotency: None,
            meta: Metadata {
                actor: Actor::system("relay"),
                reason: None,
                request: request.clone(),
                causation: None,
                at: now,
                client: None,
            },
        };
        match self.commands.events.commit(commit).await {
            Ok(()) => Ok(true),
            Err(CommitError::Unavailable(unavailable)) => Err(unavailable),
            Err(_) => Ok(false),
        }
    }
}

/// 5 s, 10 s, 20 s … up to half an hour; from the start again for a message that is tried anew.
fn pause(tries: u64) -> Duration {
    let doublings = u32::try_from((tries.max(1) - 1) % TRIES).unwrap_or(u32::MAX).min(16);
    FIRST_PAUSE.saturating_mul(1 << doublings).min(LAST_PAUSE)
}
