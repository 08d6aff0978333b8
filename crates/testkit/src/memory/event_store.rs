//! Writing commits and reading events.

use async_trait::async_trait;
use portcullis_domain::clock::Timestamp;
use portcullis_domain::commit::{Admission, Commit, Effects, Facts, IdempotencyRecord, Needs, Recalled};
use portcullis_domain::event::{Position, Recorded, StreamId};
use portcullis_domain::port::{CommitError, EventStore, Unavailable, VersionRange};

use super::{MemoryStore, State};

#[async_trait]
impl EventStore for MemoryStore {
    async fn commit(&self, commit: Commit) -> Result<(), CommitError> {
        // Gives way, so that calls made at the same time do meet.
        tokio::task::yield_now().await;
        let now = self.clock.now();
        self.state().commit(commit, now)
    }

    async fn recall(&self, scope: &[u8; 32]) -> Result<Option<Recalled>, Unavailable> {
        let now = self.clock.now();
        Ok(self.reading()?.answers.get(scope).and_then(|record| recalled(record, now)))
    }

    async fn load(&self, stream: &StreamId, range: VersionRange, limit: u32) -> Result<Vec<Recorded>, Unavailable> {
        let state = self.reading()?;
        let wanted =
            |event: &&Recorded| event.stream == *stream && range.from <= event.version && event.version <= range.to;
        Ok(state.events.iter().filter(wanted).take(limit as usize).cloned().collect())
    }

    async fn read_from(&self, after: Position, limit: u32) -> Result<Vec<Recorded>, Unavailable> {
        let state = self.reading()?;
        Ok(state.events.iter().filter(|event| event.position > after).take(limit as usize).cloned().collect())
    }
}

impl State {
    fn commit(&mut self, commit: Commit, now: Timestamp) -> Result<(), CommitError> {
        let Effects { events, unchanged, claims, guards, private, work, outbox } = &commit.effects;
        let changes =
            [events.len(), unchanged.len(), claims.len(), guards.len(), private.len(), work.len(), outbox.len()];
        self.asked.commits += 1;
        self.asked.changes += changes.iter().sum::<usize>() as u64;
        if self.faults.failing_commits > 0 {
            self.faults.failing_commits -= 1;
            return Err(Unavailable::new("commits were told to fail").into());
        }
        if self.faults.conflicting_commits > 0
            && let Some(write) = &commit.stream
        {
            self.faults.conflicting_commits -= 1;
            return Err(CommitError::Conflict { stream: write.stream.clone() });
        }
        let id = commit.id;
        let Some(after) = Admission::new(self.facts(&commit, now)).admit(&commit)? else {
            return Ok(());
        };
        if self.is_poisoned(&commit, after) {
            return Err(Unavailable::new("the commit is poisoned").into());
        }
        let takes_effect = self.faults.outcome_unknown.take().unwrap_or(true);
        if takes_effect {
            self.apply(commit, after);
        }
        // What a store does that was not told the outcome: it looks whether the commit is there.
        if self.commits.contains(&id) { Ok(()) } else { Err(Unavailable::new("the commit did not happen").into()) }
    }

    fn facts(&self, commit: &Commit, now: Timestamp) -> Facts {
        let needs = Needs::of([commit]);
        Facts {
            position: self.position(),
            written: needs.commits.into_iter().filter(|id| self.commits.contains(id)).collect(),
            versions: needs.streams.into_iter().map(|stream| (stream.clone(), self.version(&stream))).collect(),
            claims: needs.claims.into_iter().filter_map(|key| Some((key.clone(), *self.claims.get(&key)?))).collect(),
            guards: needs.guards.into_iter().map(|key| (key, self.guard(key))).collect(),
            answers: needs
                .scopes
                .into_iter()
                .filter_map(|scope| Some((scope, recalled(self.answers.get(&scope)?, now)?)))
                .collect(),
        }
    }

    fn is_poisoned(&self, commit: &Commit, after: Position) -> bool {
        let contains = |bytes: &[u8], marker: &str| bytes.windows(marker.len()).any(|part| part == marker.as_bytes());
        commit.envelopes(after).iter().any(|envelope| {
            let bytes = envelope.to_bytes();
            self.faults.poisons.iter().any(|marker| contains(&bytes, marker))
        })
    }
}

/// An expired answer counts as absent from the very instant of its expiry.
fn recalled(record: &IdempotencyRecord, now: Timestamp) -> Option<Recalled> {
    (now < record.expires_at).then(|| Recalled { body: record.key.body, outcome: record.outcome.clone() })
}
