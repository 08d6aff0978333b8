//! What holds at every moment.

use portcullis_domain::event::Event;
use portcullis_domain::ids::{ThreeDEyeRoleId, UserId};
use portcullis_domain::port::EventStore;
use portcullis_domain::threedeye::{Mapping, MappingState};

use super::cast::{ADDRESSES, Who, at_once};
use super::ledger::{By, Ledger};
use super::machine::{Broken, Holds, Machine};

/// More than one step writes.
const EVENTS: u32 = 100;

impl Machine {
    pub(super) fn holds(&mut self) -> Holds {
        self.hears()?;
        for who in 0..self.people.len() {
            self.holds_for(who)?;
        }
        match self.there.ledger(Ledger::broken) {
            Some(broken) => Err(broken),
            None => Ok(()),
        }
    }

    fn holds_for(&self, who: Who) -> Holds {
        let state = self.state(who);
        let account = self.there.ledger(|ledger| {
            ledger.people[who].learns(&state);
            if let Some(mapping) = &state.mapping {
                ledger.knows_password(mapping.password.expose(), who);
            }
            ledger.account_of(who).map(|life| life.id.clone())
        });
        let roles = account.and_then(|id| self.there.account(&id)).map(|account| account.roles).unwrap_or_default();
        self.there.ledger(|ledger| {
            let lost = ledger.people[who].lost(&roles);
            if !lost.is_empty() {
                return Err(format!("person {who} lost roles: {lost:?}"));
            }
            match state.mapping.as_ref().filter(|mapping| mapping.state == MappingState::Live) {
                Some(mapping) => opens(ledger, who, mapping, &roles),
                None => Ok(()),
            }
        })
    }

    /// Reads the events written since.
    fn hears(&mut self) -> Holds {
        if std::mem::replace(&mut self.written, self.writes.done()) == self.writes.done() {
            return Ok(());
        }
        for recorded in at_once(self.world.store.read_from(self.read, EVENTS)).map_err(|error| error.to_string())? {
            let envelope = recorded.envelope().map_err(|error| error.to_string())?;
            let text = String::from_utf8_lossy(&recorded.bytes).into_owned();
            if ADDRESSES.iter().any(|address| text.contains(address)) {
                return Err(format!("an address is in {}", envelope.name));
            }
            self.read = recorded.position;
            self.heard(&envelope.event)?;
        }
        Ok(())
    }

    fn heard(&self, event: &Event) -> Holds {
        match event {
            Event::ThreeDEyeProvisioned(told) => {
                let who = self.whose(told.user_id)?;
                let made_for = self.state(who).mapping.map(|mapping| mapping.email);
                self.there.ledger(|ledger| {
                    let person = &mut ledger.people[who];
                    person.stands |= made_for.is_some_and(|made_for| made_for.as_str() == person.address);
                });
            }
            Event::ThreeDEyeReset(told) => {
                let who = self.whose(told.user_id)?;
                // Either waiting roles are cleared away, or those of an account that was somebody else's.
                let drops = (told.clear_mapping && !told.reprovision) || told.deleted_threedeye_user_id.is_some();
                if !drops && !told.dropped_role_ids.is_empty() {
                    return Err("a reset that was not to drop roles did".to_owned());
                }
                let account = self.there.ledger(|ledger| ledger.account_of(who).map(|life| life.id.clone()));
                let held = account.and_then(|id| self.there.account(&id)).map(|there| there.roles).unwrap_or_default();
                let clears = told.cleared_mapping && !told.delete_remote && !told.reprovision;
                let gives_up = self.there.ledger(|ledger| {
                    let now = ledger.tick();
                    let person = &mut ledger.people[who];
                    person.stands |= told.cleared_mapping && person.mapped() == Some(&person.address);
                    person.drops(&told.dropped_role_ids, &held, now);
                    clears && person.has_stale_row()
                });
                if gives_up {
                    self.leaves_behind(who);
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn whose(&self, user: UserId) -> Result<Who, Broken> {
        self.people.iter().position(|person| *person == user).ok_or_else(|| "an event about nobody".to_owned())
    }
}

/// A mapping in use opens its account, unless somebody else saw to it that it does not. That has no role the person was
/// taken out of.
fn opens(ledger: &Ledger, who: Who, mapping: &Mapping, roles: &[ThreeDEyeRoleId]) -> Holds {
    let account = ledger.opened_by(mapping.password.expose());
    let Some(account) = account.filter(|account| !matches!(account.until, Some((_, By::Us)))) else {
        return Err("a live mapping to an account that is dead or never was".to_owned());
    };
    if account.until.is_some() {
        return Ok(());
    }
    if mapping.threedeye_user.as_ref().is_some_and(|id| *id != account.id) {
        return Err("a live mapping has another account's id".to_owned());
    }
    match &ledger.people[who].must_not_have(roles)[..] {
        [] => Ok(()),
        left => Err(format!("roles were left after their removal: {left:?}")),
    }
}
