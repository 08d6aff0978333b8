//! What a run did, for whoever wants to quote it.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use portcullis_tests::linear::{Call, Refusal, Told};

#[derive(Debug, Default)]
pub(super) struct Counts {
    pub(super) servers: usize,
    pub(super) clients: usize,
    pub(super) orders: usize,
    pub(super) commands: usize,
    pub(super) events: usize,
    pub(super) expiries: usize,
    pub(super) streams: usize,
    pub(super) rows: usize,
    pub(super) took: Duration,
    requests: usize,
    successes: usize,
    refusals: BTreeMap<Refusal, usize>,
    reads: usize,
    conflicts: usize,
    pub(super) unanswered: usize,
    replays: usize,
}

impl Counts {
    pub(super) fn add(&mut self, call: &Call) {
        self.requests += 1;
        if call.replayed {
            self.replays += 1;
            return;
        }
        match &call.told {
            Told::Done { .. } => self.successes += 1,
            Told::Refused(refusal) => *self.refusals.entry(*refusal).or_default() += 1,
            Told::Listed { .. } => self.reads += 1,
            Told::Conflict => self.conflicts += 1,
            Told::Nothing => self.unanswered += 1,
        }
    }

    /// Did the run have enough of everything to prove something?
    pub(super) fn is_telling(&self) -> bool {
        let enough = |count: usize| count >= 20;
        let refused = |refusal| enough(self.refusals.get(&refusal).copied().unwrap_or_default());
        enough(self.successes)
            && enough(self.reads)
            && enough(self.replays)
            && enough(self.expiries)
            && [Refusal::AlreadyGranted, Refusal::NotGranted, Refusal::Stale].into_iter().all(refused)
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { servers, clients, orders, requests, successes, reads, conflicts, replays, commands, .. } = self;
        let refused: usize = self.refusals.values().sum();
        writeln!(f, "servers {servers}, clients {clients}, orders {orders}, requests {requests} in {:.1?}", self.took)?;
        writeln!(f, "successes {successes}, refusals {refused} {:?}, reads {reads}", self.refusals)?;
        writeln!(f, "replays {replays}, conflicts {conflicts}, unanswered {}", self.unanswered)?;
        write!(f, "commands of the binary {commands}, events {} of which expiries {}, ", self.events, self.expiries)?;
        write!(f, "streams {}, rows of views {}", self.streams, self.rows)
    }
}
