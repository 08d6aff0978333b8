//! What a run did, for whoever wants to quote it.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use portcullis_tests::linear::{Event, Happened, Refusal, Shown, Told};

use super::clients::Noted;
use super::orders::Role;

#[derive(Debug, Default)]
pub(super) struct Counts {
    pub(super) servers: usize,
    pub(super) clients: usize,
    pub(super) orders: usize,
    pub(super) commands: usize,
    pub(super) streams: usize,
    pub(super) rows: usize,
    pub(super) took: Duration,
    events: usize,
    expiries_by_job: usize,
    expiries_by_adds: usize,
    suspensions: usize,
    moves: usize,
    requests: usize,
    successes: usize,
    successes_of_tenant: usize,
    forbidden: usize,
    unneeded: usize,
    suspended_reads: usize,
    refusals: BTreeMap<Refusal, usize>,
    reads: usize,
    conflicts: usize,
    pub(super) unanswered: usize,
    replays: usize,
}

impl Counts {
    pub(super) fn add_event(&mut self, event: &Event) {
        self.events += 1;
        match event.happened {
            _ if event.is_expiry() && event.actor == Event::JOB => self.expiries_by_job += 1,
            _ if event.is_expiry() => self.expiries_by_adds += 1,
            Happened::Status { .. } => self.suspensions += 1,
            Happened::Organisation { .. } => self.moves += 1,
            _ => {}
        }
    }

    pub(super) fn add(&mut self, Noted { role, call, .. }: &Noted) {
        self.requests += 1;
        if call.replayed {
            self.replays += 1;
            return;
        }
        match &call.told {
            Told::Done { .. } => {
                self.successes += 1;
                self.successes_of_tenant += usize::from(*role == Role::Tenant);
            }
            Told::Unneeded { .. } => self.unneeded += 1,
            Told::Forbidden => self.forbidden += 1,
            Told::Refused(refusal) => *self.refusals.entry(*refusal).or_default() += 1,
            Told::Listed { entries, .. } => {
                self.reads += 1;
                self.suspended_reads += usize::from(entries.iter().any(|entry| entry.shown == Shown::Suspended));
            }
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
            && enough(self.expiries_by_job + self.expiries_by_adds)
            && enough(self.successes_of_tenant)
            && enough(self.forbidden)
            && enough(self.moves)
            && enough(self.suspensions)
            && enough(self.suspended_reads)
            && [Refusal::AlreadyGranted, Refusal::NotGranted, Refusal::Stale].into_iter().all(refused)
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { servers, clients, orders, requests, successes, reads, conflicts, replays, commands, .. } = self;
        let refused: usize = self.refusals.values().sum();
        writeln!(f, "servers {servers}, clients {clients}, orders {orders}, requests {requests} in {:.1?}", self.took)?;
        writeln!(
            f,
            "successes {successes} ({} by an ordinary key), unneeded {}",
            self.successes_of_tenant, self.unneeded
        )?;
        writeln!(f, "refusals {refused} {:?}, forbidden {}", self.refusals, self.forbidden)?;
        writeln!(f, "reads {reads} ({} of somebody suspended)", self.suspended_reads)?;
        writeln!(f, "replays {replays}, conflicts {conflicts}, unanswered {}", self.unanswered)?;
        write!(f, "commands of the binary {commands}, events {} of which expiries ", self.events)?;
        writeln!(f, "{} by the job and {} by adds,", self.expiries_by_job, self.expiries_by_adds)?;
        writeln!(f, "suspensions and their ends {}, locks given to an organisation {}", self.suspensions, self.moves)?;
        write!(f, "streams {}, rows of views {}", self.streams, self.rows)
    }
}
