//! One process: what it saw, and what it may do.

use std::sync::{Arc, Mutex};

use super::cast::Who;
use super::ledger::Ledger;

/// What whoever sent a call had seen, and whether they may take what is another's.
#[derive(Debug, Clone, Default)]
pub(super) struct Sender {
    /// Whose job they hold, as the leases say that they wrote.
    pub(super) on: Option<Who>,
    /// Have they called since they hold the job?
    pub(super) called: bool,
    /// The addresses the person had until then, and whether somebody stood for each.
    pub(super) stood: Vec<(String, bool)>,
    /// The address of our mapping when the call was on its way.
    pub(super) mapped: Option<String>,
    /// When they looked for an account last.
    pub(super) looked: Option<u64>,
    /// When they wrote last that they hold the job. What follows cannot be called back, however long it takes.
    pub(super) held: u64,
    /// The address the caller's token stands for.
    pub(super) entitled: Option<String>,
    /// Did an operator order that the account be deleted?
    pub(super) ordered: bool,
}

impl Sender {
    /// What there is to be seen of the person now. Whoever holds the job looks at the person before the first call.
    pub(super) fn sees(&mut self, ledger: &Ledger) {
        let Some(person) = self.on.map(|who| &ledger.people[who]) else { return };
        if !self.called {
            self.stood.push((person.address.clone(), person.stands));
        }
        self.mapped = person.mapped().map(str::to_owned);
    }

    /// May they take for the person what has this address? None = it depends on the moment they looked at the person.
    pub(super) fn may_claim(&self, address: &str) -> Option<bool> {
        if self.entitled.as_deref() == Some(address) || self.mapped.as_deref() == Some(address) {
            return Some(true);
        }
        let stood: Vec<_> = self.stood.iter().map(|(had, stands)| had == address && *stands).collect();
        let first = stood.first().copied().unwrap_or_default();
        stood.iter().all(|stood| *stood == first).then_some(first)
    }
}

/// What is known of one process, and what its calls say of it.
pub(super) struct Process(Mutex<Sender>);

impl Process {
    pub(super) fn new(sender: Sender) -> Arc<Self> {
        Arc::new(Self(Mutex::new(sender)))
    }

    /// It holds somebody's job, or is about to.
    pub(super) fn holds(&self, who: Option<Who>, ledger: &Ledger) {
        let mut sender = self.0.lock().unwrap();
        sender.on = who;
        sender.sees(ledger);
    }

    /// It wrote a step, and holds the job from now on for another while.
    pub(super) fn held(&self, now: u64) {
        self.0.lock().unwrap().held = now;
    }

    pub(super) fn looked(&self, now: u64) {
        self.0.lock().unwrap().looked = Some(now);
    }

    pub(super) fn sends(&self, ledger: &mut Ledger) -> Sender {
        let mut sender = self.0.lock().unwrap();
        sender.sees(ledger);
        sender.called = sender.on.is_some();
        ledger.tick();
        sender.clone()
    }
}
