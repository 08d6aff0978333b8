//! What holds at every moment.

use portcullis_domain::event::Event;
use portcullis_domain::ids::UserId;
use portcullis_domain::port::EventStore;
use portcullis_domain::threedeye::MappingState;

use super::cast::{ADDRESSES, Who, at_once};
use super::ledger::By;
use super::machine::{Broken, Holds, Machine};

/// More than one step writes.
const EVENTS: u32 = 100;

impl Machine {
    pub(super) fn holds(&mut self) -> Holds {
        self.hears()?;
        for who in 0..self.people.len() {
            self.holds_for(who)?;
        }
        match self.there.ledger(super::ledger::Ledger::broken) {
            Some(broken) => Err(broken),
            None => Ok(()),
        }
    }

    fn holds_for(&self, who: Who) -> Holds {
        let state = self.state(who);
        let live = state.mapping.as_ref().filter(|mapping| mapping.state == MappingState::Live);
        let account = self.there.ledger(|ledger| {
            let now = ledger.tick();
            ledger.people[who].learns(&state, now);
            if let Some(mapping) = &state.mapping {
                ledger.knows_password(mapping.password.expose(), who);
            }
            ledger.account_of(who).map(|life| life.id.clone())
        });
        let roles = account.and_then(|id| self.there.account(&id)).map(|account| account.roles).unwrap_or_default();
        self.there.ledger(|ledger| {
            if let Some(mapping) = live {
                let life = ledger.opened_by(mapping.password.expose());
                let until = life.map(|life| life.until);
                match until {
                    Some(None) => {}
                    Some(Some((_, By::Other))) => return Ok(()),
                    _ => return Err("a live mapping to an account that is dead or never was".to_owned()),
                }
                if life.is_some_and(|life| mapping.threedeye_user.as_ref().is_some_and(|id| *id != life.id)) {
                    return Err("a live mapping has another account's id".to_owned());
                }
                let left = ledger.people[who].must_not_have(&roles);
                if !left.is_empty() {
                    return Err(format!("roles were left after their removal: {left:?}"));
                }
            }
            Ok(())
        })?;
        let lost = self.there.ledger(|ledger| ledger.people[who].lost(&roles));
        if lost.is_empty() { Ok(()) } else { Err(format!("person {who} lost roles: {lost:?}")) }
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
                self.there.ledger(|ledger| {
                    let person = &mut ledger.people[who];
                    person.stands |= told.cleared_mapping && person.mapped() == Some(&person.address);
                    person.dropped(&told.dropped_role_ids, &held);
                });
            }
            _ => {}
        }
        Ok(())
    }

    fn whose(&self, user: UserId) -> Result<Who, Broken> {
        self.people.iter().position(|person| *person == user).ok_or_else(|| "an event about nobody".to_owned())
    }
}
