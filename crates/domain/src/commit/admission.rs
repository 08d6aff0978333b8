//! Which commits of a batch may be written, decided once for every store.
//!
//! A store gathers the [`Facts`] its batch [`Needs`] in a few set-wise reads, lets [`Admission`] judge the members in
//! the order they arrived, and writes those admitted. Members of one batch see each other's effects as if each had been
//! its own transaction.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use super::{Claim, ClaimChange, ClaimNamespace, Commit, GuardKey, Recalled};
use crate::event::{Position, StreamId, Version};
use crate::ids::{CommitId, UserId};
use crate::port::CommitError;

/// What must be read before a batch can be judged.
#[derive(Debug, Default)]
pub struct Needs {
    /// Ids of the commits themselves.
    pub commits: BTreeSet<CommitId>,
    /// Streams whose version counts.
    pub streams: BTreeSet<StreamId>,
    /// Names that are claimed or let go: namespace and compared form.
    pub claims: BTreeSet<(ClaimNamespace, String)>,
    /// Numbers compared.
    pub guards: BTreeSet<GuardKey>,
    /// Scopes of requests that may have been answered already.
    pub scopes: BTreeSet<[u8; 32]>,
}

impl Needs {
    /// What a batch needs, each thing once.
    pub fn of<'a>(batch: impl IntoIterator<Item = &'a Commit>) -> Self {
        let mut needs = Self::default();
        for commit in batch {
            needs.commits.insert(commit.id);
            needs.streams.extend(commit.stream.iter().map(|write| write.stream.clone()));
            needs.streams.extend(commit.effects.unchanged.iter().map(|(stream, _)| stream.clone()));
            needs.claims.extend(commit.effects.claims.iter().map(|change| key_of(claim_of(change))));
            needs.guards.extend(commit.effects.guards.iter().map(|guard| guard.key));
            needs.scopes.extend(commit.idempotency.iter().map(|record| record.key.scope));
        }
        needs
    }
}

fn claim_of(change: &ClaimChange) -> &Claim {
    match change {
        ClaimChange::Take { claim, .. } | ClaimChange::Release { claim, .. } => claim,
    }
}

fn key_of(claim: &Claim) -> (ClaimNamespace, String) {
    (claim.namespace(), claim.value())
}

/// What the store says of a batch's [`Needs`]. Absent = never written: version 0, name free, number 0, not answered.
#[derive(Debug, Default)]
pub struct Facts {
    /// Position of the newest event of all.
    pub position: Position,
    /// Those of the needed commits that are written already.
    pub written: HashSet<CommitId>,
    /// Versions of streams.
    pub versions: HashMap<StreamId, Version>,
    /// Owners of names.
    pub claims: BTreeMap<(ClaimNamespace, String), UserId>,
    /// Guarded numbers.
    pub guards: BTreeMap<GuardKey, u64>,
    /// Answers remembered and not yet expired.
    pub answers: HashMap<[u8; 32], Recalled>,
}

/// Judges the members of a batch one after the other.
#[derive(Debug)]
pub struct Admission {
    facts: Facts,
}

impl Admission {
    /// Starts from what the store says.
    pub const fn new(facts: Facts) -> Self {
        Self { facts }
    }

    /// Judges one commit. Admitted: its effects count for those after it, and the position before its first event is
    /// returned; `None` = it is written already, and there is nothing left to do. Refused: it leaves no trace.
    ///
    /// The order of the checks is the order of what a caller wants to know: answered already, lost race, taken name.
    pub fn admit(&mut self, commit: &Commit) -> Result<Option<Position>, CommitError> {
        if self.facts.written.contains(&commit.id) {
            return Ok(None);
        }
        self.check(commit)?;
        Ok(Some(self.absorb(commit)))
    }

    fn check(&self, commit: &Commit) -> Result<(), CommitError> {
        let facts = &self.facts;
        if let Some(record) = &commit.idempotency
            && let Some(recalled) = facts.answers.get(&record.key.scope)
        {
            return Err(CommitError::AlreadyDone(Box::new(recalled.clone())));
        }
        let written = commit.stream.iter().map(|write| (&write.stream, write.expected));
        let relied = commit.effects.unchanged.iter().map(|(stream, version)| (stream, *version));
        for (stream, expected) in written.chain(relied) {
            if facts.versions.get(stream).copied().unwrap_or_default() != expected {
                return Err(CommitError::Conflict { stream: stream.clone() });
            }
        }
        for guard in &commit.effects.guards {
            if facts.guards.get(&guard.key).copied().unwrap_or_default() != guard.expected {
                return Err(CommitError::Lost { what: guard.key });
            }
        }
        for change in &commit.effects.claims {
            if let ClaimChange::Take { claim, owner } = change
                && facts.claims.get(&key_of(claim)).is_some_and(|holder| holder != owner)
            {
                return Err(CommitError::Taken { namespace: claim.namespace() });
            }
        }
        Ok(())
    }

    fn absorb(&mut self, commit: &Commit) -> Position {
        let facts = &mut self.facts;
        let before = facts.position;
        facts.written.insert(commit.id);
        if let Some(write) = &commit.stream {
            let count = commit.effects.events.len();
            facts.position = Position::new(before.number() + count as u64);
            facts.versions.insert(write.stream.clone(), write.expected.after(count));
        }
        for guard in &commit.effects.guards {
            if let Some(next) = guard.next {
                facts.guards.insert(guard.key, next);
            }
        }
        for change in &commit.effects.claims {
            match change {
                ClaimChange::Take { claim, owner } => {
                    facts.claims.insert(key_of(claim), *owner);
                }
                ClaimChange::Release { claim, owner } => {
                    let key = key_of(claim);
                    if facts.claims.get(&key) == Some(owner) {
                        facts.claims.remove(&key);
                    }
                }
            }
        }
        if let Some(record) = &commit.idempotency {
            let recalled = Recalled { body: record.key.body, outcome: record.outcome.clone() };
            facts.answers.insert(record.key.scope, recalled);
        }
        before
    }
}
