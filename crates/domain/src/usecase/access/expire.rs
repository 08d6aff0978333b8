//! Writing down that windows ended.

use std::sync::Arc;

use crate::access;
use crate::commit::{Commit, Effects, StreamWrite};
use crate::event::{Actor, StreamId};
use crate::ids::{RequestId, UserId};
use crate::policy::Caller;
use crate::port::{CommitError, LockAccess, Unavailable};
use crate::usecase::{Commands, Request};

/// People looked at in one go.
const BATCH: u32 = 64;

/// Writes the event by which a grant leaves when its window is over: `AccessibleLockRemoved` by `system:expiry`.
///
/// A grant counts as absent from the end of its window on, whether the event is there yet or not; this only makes the
/// record say so. Any number of processes may sweep: whoever comes second meets another version of the stream and writes
/// nothing, so that each end is written once. What ended while nobody swept is written by the next sweep.
pub struct SweepExpired {
    commands: Commands,
    locks: Arc<dyn LockAccess>,
    request: Request,
}

impl SweepExpired {
    /// Wires the use case; `id` is what its commits name as their origin.
    pub fn new(commands: Commands, locks: Arc<dyn LockAccess>, id: RequestId) -> Self {
        Self { commands, locks, request: Request::plain(Caller::system("expiry"), id) }
    }

    /// Sweeps a bounded number of people; answers how many grants left. 0 = nothing is left to do, or others do it.
    pub async fn run_once(&self) -> Result<usize, Unavailable> {
        let people = self.locks.people_with_expired(self.commands.clock.now(), BATCH).await?;
        let mut gone = 0;
        for user in people {
            gone += self.sweep(user).await?;
        }
        Ok(gone)
    }

    /// All ends of one person are one commit.
    async fn sweep(&self, user: UserId) -> Result<usize, Unavailable> {
        let Some(list) = self.locks.grants_of(user).await? else { return Ok(0) };
        let grants: Vec<_> = list.grants.into_iter().map(|(grant, _)| grant).collect();
        let now = self.commands.clock.now();
        let events = access::expire(user, &grants, now);
        let gone = events.len();
        if gone == 0 {
            return Ok(0);
        }
        let person = list.person;
        let commit = Commit {
            id: self.commands.commit_id(now),
            stream: Some(StreamWrite { stream: StreamId::from(user), expected: person.version, org: person.org }),
            effects: Effects { events, ..Effects::default() },
            idempotency: None,
            meta: self.request.metadata(Actor::system("expiry"), None, now),
        };
        match self.commands.events.commit(commit).await {
            Ok(()) => Ok(gone),
            Err(CommitError::Unavailable(unavailable)) => Err(unavailable),
            // Somebody else wrote to the person meanwhile; the next sweep looks again.
            Err(_) => Ok(0),
        }
    }
}
