//! Letting messages of the outbox leave.

use std::sync::Arc;
use std::time::Duration;

use crate::clock::Timestamp;
use crate::commit::{Commit, Effects, Guard, GuardKey, Metadata, WorkChange};
use crate::event::Actor;
use crate::ids::RequestId;
use crate::port::{CommitError, Notice, Notifier, NotifyError, Outbox, OutboxEntry, Unavailable};
use crate::usecase::Commands;

/// Messages looked at in one go.
const BATCH: u32 = 16;
/// How long a delivery may take before another process may try.
const LEASE: Duration = Duration::from_mins(2);
/// First pause after a failure; it doubles with each.
const FIRST_PAUSE: Duration = Duration::from_secs(5);
/// Longest pause.
const LAST_PAUSE: Duration = Duration::from_mins(30);
/// Tries before a message is given up.
const TRIES: u64 = 20;

/// Lets messages of the outbox leave: at least once each, in order per key, on whichever process takes them first.
pub struct RelayOutbox {
    commands: Commands,
    outbox: Arc<dyn Outbox>,
    notifier: Arc<dyn Notifier>,
    request: RequestId,
}

impl RelayOutbox {
    /// Wires the use case; `request` is what its own commits name as their origin.
    pub fn new(commands: Commands, outbox: Arc<dyn Outbox>, notifier: Arc<dyn Notifier>, request: RequestId) -> Self {
        Self { commands, outbox, notifier, request }
    }

    /// Delivers what is due; answers how many messages left or were given up.
    pub async fn run_once(&self) -> Result<usize, Unavailable> {
        let due = self.outbox.due(self.commands.clock.now(), BATCH).await?;
        let mut settled = 0;
        for entry in due {
            settled += usize::from(self.deliver(entry).await?);
        }
        Ok(settled)
    }

    async fn deliver(&self, entry: OutboxEntry) -> Result<bool, Unavailable> {
        let now = self.commands.clock.now();
        let id = entry.id;
        let tries = entry.attempts + 1;
        let taking = WorkChange::OutboxDelayed { id, not_before: now.plus(LEASE), error: None };
        if !self.commit(Guard::raise(GuardKey::Outbox(id), entry.attempts), taking, now).await? {
            return Ok(false);
        }
        let outcome = match (entry.user, entry.payload) {
            (Some(user), Some(payload)) => {
                let notice = Notice { id, template: entry.template, user, payload };
                self.notifier.notify(&notice).await
            }
            (Some(_), None) => Err(NotifyError::Transient("the payload cannot be opened".into())),
            (None, _) => Err(NotifyError::Permanent("a notice needs a person".to_owned())),
        };
        let now = self.commands.clock.now();
        let (settled, change) = match outcome {
            Ok(()) => (true, WorkChange::OutboxDelivered(id)),
            Err(NotifyError::Permanent(reason)) => (true, WorkChange::OutboxBuried { id, reason }),
            Err(NotifyError::Transient(error)) if tries >= TRIES => {
                tracing::warn!(message = %id, tries, %error, "outbox message given up");
                (true, WorkChange::OutboxBuried { id, reason: "too many failed tries".to_owned() })
            }
            Err(NotifyError::Transient(error)) => {
                tracing::warn!(message = %id, tries, %error, "outbox message not delivered; will try again");
                let error = Some("not delivered".to_owned());
                (false, WorkChange::OutboxDelayed { id, not_before: now.plus(pause(tries)), error })
            }
        };
        // Lost = the lease ended and another process took the message; then its word counts.
        let ours = self.commit(Guard::still(GuardKey::Outbox(id), tries), change, now).await?;
        Ok(settled && ours)
    }

    async fn commit(&self, guard: Guard, change: WorkChange, now: Timestamp) -> Result<bool, Unavailable> {
        let commit = Commit {
            id: self.commands.commit_id(now),
            stream: None,
            effects: Effects { guards: vec![guard], work: vec![change], ..Effects::default() },
            idempotency: None,
            meta: Metadata {
                actor: Actor::system("relay"),
                reason: None,
                request: self.request.clone(),
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

/// 5 s, 10 s, 20 s … up to half an hour.
fn pause(tries: u64) -> Duration {
    let doublings = u32::try_from(tries.saturating_sub(1)).unwrap_or(u32::MAX).min(16);
    FIRST_PAUSE.saturating_mul(1 << doublings).min(LAST_PAUSE)
}
