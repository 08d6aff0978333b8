//! How a story ends: everybody at work dies, what is under way lands, the leases run out, and then one repeat in quiet
//! reaches the goal.

use portcullis_domain::port::CameraRoles;
use portcullis_domain::threedeye::{DriftKind, MappingState, ResetSwitches};

use super::cast::{SLOTS, Who, at_once};
use super::machine::{ENOUGH, Holds, Machine};
use super::work::{Ended, Task};

/// What is repeated in quiet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Repeat {
    Fetch,
    Reset,
    /// Everything is compared and every finding repaired; then a fetch.
    Repair,
}

impl Machine {
    pub(super) fn ends(&mut self, repeat: Repeat) -> Holds {
        self.there.sends_when_dying(true);
        self.tasks.clear();
        let now = self.there.tick();
        self.assigning.iter_mut().for_each(|one| one.until = one.until.or(Some(now)));
        while self.there.lands(0) {}
        self.world.clock.advance(std::time::Duration::from_hours(1));
        self.holds()?;
        for slot in 0..SLOTS {
            self.role_ends(slot)?;
        }
        for who in 0..self.people.len() {
            self.person_ends(who, repeat)?;
        }
        for (what, count) in self.there.ledger(|ledger| ledger.effects.clone()) {
            *self.seen.entry(what.to_owned()).or_default() += count;
        }
        Ok(())
    }

    /// Somebody does something undisturbed.
    fn whole(&mut self, mut task: Task) -> Result<Ended, String> {
        self.goes(&mut task, ENOUGH)?.ok_or_else(|| format!("the {} does not end", task.name()))
    }

    /// A camera role that was asked for is made once.
    fn role_ends(&mut self, slot: usize) -> Holds {
        if !self.slots[slot].1 {
            return Ok(());
        }
        let role = self.camera_role(slot);
        let task = self.creates_role(slot);
        match self.whole(task)? {
            Ended::Role(Ok(_)) => {}
            Ended::Role(Err(error)) => return Err(format!("{role} is not made by a repeat: {error}")),
            _ => return Err("another answer than was asked for".to_owned()),
        }
        let named = |name: &Option<String>| name.as_deref() == Some(role.as_str());
        match self.there.roles().iter().filter(|there| named(&there.name)).count() {
            0 | 1 => Ok(()),
            made => Err(format!("{role} was made {made} times")),
        }
    }

    fn person_ends(&mut self, who: Who, repeat: Repeat) -> Holds {
        let state = self.state(who);
        let live = state.mapping.as_ref().filter(|mapping| mapping.state == MappingState::Live);
        let ended = |password: &str| self.there.ledger(|ledger| ledger.opened_by(password)?.until);
        // A mapping somebody else has made worthless is found out by nobody but a reset or a comparison.
        let worthless = live.is_some_and(|mapping| ended(mapping.password.expose()).is_some());
        let works = live.is_some() && !worthless;
        let repeat = if worthless && repeat == Repeat::Fetch { Repeat::Reset } else { repeat };
        let reachable = (works && repeat != Repeat::Reset) || self.is_reachable(who, repeat == Repeat::Reset);
        let failure = match repeat {
            Repeat::Fetch => None,
            Repeat::Reset => {
                let switches = ResetSwitches { clear_mapping: true, delete_remote: true, reprovision: true };
                let task = self.resets(who, switches);
                match self.whole(task)? {
                    Ended::Reset(Ok(done)) => done.value.reprovision.error,
                    Ended::Reset(Err(error)) => Some(error.to_string()),
                    _ => Some("another answer than was asked for".to_owned()),
                }
            }
            Repeat::Repair => self.repairs_all(who)?,
        };
        let task = self.fetches(who, false);
        let failure = match (failure, self.whole(task)?) {
            (Some(failure), _) => Some(failure),
            (None, Ended::Fetched(Ok(told))) if reachable => {
                self.goal(who, told.password.expose(), repeat)?;
                return Ok(self.count("end: goal"));
            }
            (None, Ended::Fetched(Ok(_))) => return Err("an account was told that is not ours to tell".to_owned()),
            (None, Ended::Fetched(Err(error))) => Some(error.to_string()),
            (None, _) => Some("another answer than was asked for".to_owned()),
        };
        match failure {
            Some(failure) if reachable => Err(format!("one repeat did not reach the goal of person {who}: {failure}")),
            _ => Ok(self.count("end: orphan")),
        }
    }

    /// Can the person have an account, with what is at the address now? An operator's order takes what is a stranger's.
    fn is_reachable(&self, who: Who, ordered: bool) -> bool {
        let address = self.there.ledger(|ledger| ledger.people[who].address.clone());
        let Some(there) = self.there.at(&address) else { return true };
        self.there.ledger(|ledger| match ledger.life(&there.id).and_then(super::ledger::Life::owner) {
            Some(owner) => owner == who,
            None => there.ours && (ordered || ledger.people[who].may_claim()),
        })
    }

    /// What is found wrong about the person.
    fn wrong_with(&mut self, who: Who) -> Result<Vec<usize>, String> {
        let task = self.compares();
        let Ended::Compared(Ok(found)) = self.whole(task)? else { return Err("the comparison failed".to_owned()) };
        let user = Some(self.people[who]);
        let wrong = found.iter().enumerate().filter(|(_, one)| one.user == user && one.kind != DriftKind::Orphaned);
        Ok(wrong.map(|(place, _)| place).collect())
    }

    /// Repairs what is wrong about the person; answers why it could not be.
    fn repairs_all(&mut self, who: Who) -> Result<Option<String>, String> {
        let Some(first) = self.wrong_with(who)?.first().copied() else { return Ok(None) };
        let task = self.repairs(first, false);
        Ok(match self.whole(task)? {
            Ended::Repaired(Ok(done)) if done.value.changed => {
                let wrong = self.wrong_with(who)?;
                (!wrong.is_empty()).then(|| "something is wrong after the repair".to_owned())
            }
            Ended::Repaired(Ok(done)) => Some(format!("nothing was repaired: {:?}", done.value.reason)),
            Ended::Repaired(Err(error)) => Some(error.to_string()),
            _ => Some("another answer than was asked for".to_owned()),
        })
    }

    /// The person has one account with all it should have and nothing it should not.
    fn goal(&self, who: Who, password: &str, repeat: Repeat) -> Holds {
        let found = self.there.ledger(|ledger| ledger.opened_by(password).map(|life| (life.id.clone(), life.owner())));
        let Some((id, Some(owner))) = found else { return Err("the password opens no account of ours".to_owned()) };
        let Some(account) = self.there.account(&id).filter(|_| owner == who) else {
            return Err("the password opens no account of the person's".to_owned());
        };
        if self.state(who).recovery.is_some() {
            return Err("a recovery row is left".to_owned());
        }
        let (owed, left) = self.there.ledger(|ledger| {
            let person = &ledger.people[who];
            (person.owed().clone(), person.must_not_have(&account.roles))
        });
        if owed.iter().any(|role| !account.roles.contains(role)) {
            return Err(format!("not all roles were restored: {owed:?}, {:?}", account.roles));
        }
        if !left.is_empty() {
            return Err(format!("roles were left after their removal: {left:?}"));
        }
        for role in at_once(self.world.store.roles_of(self.people[who])).map_err(|error| error.to_string())? {
            // Whoever takes a role away by name is found out by a comparison alone.
            let taken = repeat == Repeat::Fetch && self.there.ledger(|ledger| ledger.lacks(&id, &role));
            if !account.roles.contains(&role) && !taken && self.there.knows(&role) {
                return Err(format!("person {who} is in a camera role without having {role}"));
            }
        }
        Ok(())
    }
}
