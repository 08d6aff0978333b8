//! Writing down that windows ended.

use std::sync::Arc;

use crate::access::{self, Grant};
use crate::commit::{Commit, Effects, StreamWrite};
use crate::event::{Actor, StreamId};
use crate::ids::{RequestId, UserId};
use crate::policy::Caller;
use crate::port::{CommitError, LockAccess, Unavailable};
use crate::text::FreeText;
use crate::usecase::{Commands, Request};

/// Ends looked at in one go.
const BATCH: u32 = 64;
/// Ends of one person written in one commit.
const ENDS: usize = 100;
/// Lost races before a person is left to the next sweep.
const ROUNDS: u32 = 8;

/// Writes the event by which a grant leaves when its window is over: `AccessibleLockRemoved` by `system:expiry`.
///
/// A grant counts as absent from the end of its window on, whether the event is there yet or not; this only makes the
/// record say so. Any number of processes may sweep: whoever comes second meets another version of the stream and looks
/// again, so that each end is written once. What ended while nobody swept is written by the next sweep.
pub struct SweepExpired {
    commands: Commands,
    locks: Arc<dyn LockAccess>,
}

impl SweepExpired {
    /// Wires the use case.
    pub fn new(commands: Commands, locks: Arc<dyn LockAccess>) -> Self {
        Self { commands, locks }
    }

    /// Some of the people with ends that are not written down, those over longest first; nobody when all is written.
    pub async fn due(&self) -> Result<Vec<UserId>, Unavailable> {
        self.locks.people_with_expired(self.commands.clock.now(), BATCH).await
    }

    /// Writes down the ends of one person; answers how many. People may be swept at once. 0 = there are none, or others
    /// were faster again and again. `id` is what its commits name as their origin.
    pub async fn sweep(&self, user: UserId, id: &RequestId) -> Result<usize, Unavailable> {
        let request = Request::plain(Caller::system("expiry"), id.clone());
        for _ in 0..ROUNDS {
            let Some(list) = self.locks.grants_of(user).await? else { return Ok(0) };
            let grants: Vec<Grant> = list.grants.into_iter().map(|(grant, _)| grant).collect();
            let now = self.commands.clock.now();
            let mut events = access::expire(user, &grants, now);
            events.truncate(ENDS);
            let gone = events.len();
            if gone == 0 {
                return Ok(0);
            }
            let person = list.person;
            let reason = Some(FreeText::ours(access::WINDOW_ENDED));
            let commit = Commit {
                id: self.commands.commit_id(now),
                stream: Some(StreamWrite { stream: StreamId::from(user), expected: person.version, org: person.org }),
                effects: Effects { events, ..Effects::default() },
                idempotency: None,
                meta: request.metadata(Actor::system("expiry"), reason, now),
            };
            match self.commands.events.commit(commit).await {
                Ok(()) => return Ok(gone),
                Err(CommitError::Unavailable(unavailable)) => return Err(unavailable),
                // Somebody else wrote to the person meanwhile.
                Err(_) => {}
            }
        }
        Ok(0)
    }
}
