//! What becomes of accounts at 3dEye, and what follows from it: whose each is, which roles each person is owed, which
//! each must not have any more.

use std::collections::{BTreeMap, BTreeSet};

use portcullis_domain::ids::{ThreeDEyeRoleId, ThreeDEyeUserId};
use portcullis_testkit::fake::FakeAccount;

use super::cast::{PEOPLE, Who, is_plain};
use super::owed::Person;
use super::process::Sender;

/// Who did it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum By {
    Us,
    Other,
}

/// Why accounts changed.
#[derive(Debug, Clone, Copy)]
pub(super) enum Cause<'a> {
    Us(&'a Sender),
    Others,
    /// The role is gone for everybody.
    RoleGone(&'a ThreeDEyeRoleId),
}

/// An account, and the time its password opened it.
#[derive(Debug)]
pub(super) struct Life {
    pub(super) id: ThreeDEyeUserId,
    address: String,
    password: Option<String>,
    /// Whom we made it for.
    made_for: Option<Who>,
    /// It came, or stayed behind, where nothing of ours leads to it: made by a call that was given up, for an address
    /// the person had left. To us it is a stranger's.
    stray: bool,
    pub(super) until: Option<(u64, By)>,
}

impl Life {
    /// Whose account it is.
    pub(super) fn owner(&self) -> Option<Who> {
        self.made_for.filter(|_| !self.stray)
    }
}

#[derive(Debug, Default)]
pub(super) struct Ledger {
    now: u64,
    lives: Vec<Life>,
    /// Passwords our rows told, and of whom.
    passwords: BTreeMap<String, Who>,
    pub(super) people: [Person; PEOPLE],
    /// Since when an account has a role others gave it.
    since: BTreeMap<(ThreeDEyeUserId, ThreeDEyeRoleId), u64>,
    /// When an account that was there was given a role last, by whomever.
    added: BTreeMap<(ThreeDEyeUserId, ThreeDEyeRoleId), u64>,
    /// Roles that were taken from an account and not given again.
    lacking: BTreeSet<(ThreeDEyeUserId, ThreeDEyeRoleId)>,
    broken: Vec<String>,
    pub(super) effects: BTreeMap<&'static str, u64>,
}

/// As our rows and the domain have addresses.
pub(super) fn address_of(account: &FakeAccount) -> String {
    account.email.trim().to_lowercase()
}

impl Ledger {
    pub(super) fn new() -> Self {
        Self::default()
    }

    pub(super) fn tick(&mut self) -> u64 {
        self.now += 1;
        self.now
    }

    pub(super) fn count(&mut self, what: &'static str) {
        *self.effects.entry(what).or_default() += 1;
    }

    pub(super) fn broken(&mut self) -> Option<String> {
        self.broken.pop()
    }

    fn breaks(&mut self, what: String) {
        self.broken.push(what);
    }

    pub(super) fn knows_password(&mut self, password: &str, who: Who) {
        if !self.passwords.contains_key(password) {
            self.passwords.insert(password.to_owned(), who);
        }
    }

    pub(super) fn life(&self, id: &ThreeDEyeUserId) -> Option<&Life> {
        self.lives.iter().find(|life| life.id == *id)
    }

    /// The account with this password.
    pub(super) fn opened_by(&self, password: &str) -> Option<&Life> {
        self.lives.iter().rev().find(|life| life.password.as_deref() == Some(password))
    }

    /// The account the person has.
    pub(super) fn account_of(&self, who: Who) -> Option<&Life> {
        self.lives.iter().find(|life| life.owner() == Some(who) && life.until.is_none())
    }

    /// Did the password open an account of the person at any moment since then, or did somebody else see to it that it
    /// does not?
    pub(super) fn opened(&self, who: Who, password: &str, since: u64) -> bool {
        self.opened_by(password).is_some_and(|life| {
            let alive = life.until.is_none_or(|(until, by)| until >= since || by == By::Other);
            life.made_for == Some(who) && alive
        })
    }

    /// Was the role taken from the account by name, and not given again?
    pub(super) fn lacks(&self, id: &ThreeDEyeUserId, role: &ThreeDEyeRoleId) -> bool {
        self.lacking.contains(&(id.clone(), role.clone()))
    }

    /// Remembers what a change did.
    pub(super) fn note(&mut self, before: &[FakeAccount], after: &[FakeAccount], cause: Cause<'_>) {
        self.now += 1;
        if let Cause::RoleGone(role) = cause {
            self.people.iter_mut().for_each(|person| person.is_not_owed(role));
            return;
        }
        for gone in before.iter().filter(|old| after.iter().all(|new| new.id != old.id)) {
            self.ended(gone, cause);
        }
        for new in after {
            match before.iter().find(|old| old.id == new.id) {
                None => self.began(new, cause),
                Some(old) => self.changed(old, new, cause),
            }
        }
    }

    fn ended(&mut self, gone: &FakeAccount, cause: Cause<'_>) {
        let by = if matches!(cause, Cause::Us(_)) { By::Us } else { By::Other };
        let now = self.now;
        let Some(life) = self.lives.iter_mut().find(|life| life.id == gone.id) else { return };
        life.until = Some((now, by));
        let owner = life.owner();
        let Cause::Us(sender) = cause else {
            self.count("accounts deleted by others");
            return if let Some(owner) = owner {
                gone.roles.iter().for_each(|role| self.people[owner].is_not_owed(role));
            };
        };
        self.count("accounts deleted by us");
        let Some(who) = sender.on else {
            // Whoever deletes what belongs to nobody holds nobody's job.
            if let Some(owner) = owner {
                self.breaks(format!("the account of person {owner} was deleted as nobody's"));
            }
            return;
        };
        if owner.is_some_and(|owner| owner != who) {
            return self.breaks(format!("an account of another was deleted for person {who}: {gone:?}"));
        }
        // Nobody can save a role that came after they looked, or keep one that was dropped after the last step.
        let late = |role: &ThreeDEyeRoleId| {
            let since = self.since.get(&(gone.id.clone(), role.clone())).copied();
            let came = sender.looked.is_some_and(|looked| since.is_some_and(|since| since > looked));
            came || self.people[who].dropped(role, sender.held)
        };
        let (late, roles): (Vec<_>, Vec<_>) = gone.roles.iter().filter(|role| is_plain(role)).cloned().partition(late);
        let address = address_of(gone);
        let person = &mut self.people[who];
        for role in &late {
            person.is_not_owed(role);
        }
        let may = if owner == Some(who) { Some(true) } else { sender.may_claim(&address) };
        match may {
            Some(true) => person.follows(roles),
            Some(false) => {
                person.does_not_follow(roles);
                if !sender.ordered {
                    self.breaks(format!("an account that is not the person's was deleted: {gone:?}"));
                }
            }
            None => {}
        }
    }

    fn began(&mut self, new: &FakeAccount, cause: Cause<'_>) {
        let (id, address) = (new.id.clone(), address_of(new));
        let mut life = Life { id, address, password: new.password.clone(), made_for: None, stray: false, until: None };
        if matches!(cause, Cause::Others) {
            self.count("accounts made by others");
            self.lives.push(life);
            return self.given_by_others(new, &new.roles, None);
        }
        self.count("accounts made by us");
        let Some(who) = new.password.as_ref().and_then(|password| self.passwords.get(password)).copied() else {
            return self.breaks("an account was made with a password nobody wrote down".to_owned());
        };
        life.made_for = Some(who);
        life.stray = !self.people[who].expects(&life.address);
        if life.stray {
            self.count("accounts that came too late to be anybody's");
        } else if self.account_of(who).is_some() {
            self.breaks(format!("person {who} has two accounts"));
        }
        self.lives.push(life);
        self.gave(who, &new.roles);
    }

    fn changed(&mut self, old: &FakeAccount, new: &FakeAccount, cause: Cause<'_>) {
        let added: Vec<_> = new.roles.iter().filter(|role| !old.roles.contains(role)).cloned().collect();
        let taken: Vec<_> = old.roles.iter().filter(|role| !new.roles.contains(role)).cloned().collect();
        let Some(owner) = self.life(&new.id).map(Life::owner) else { return };
        for role in &added {
            self.lacking.remove(&(new.id.clone(), role.clone()));
            self.added.insert((new.id.clone(), role.clone()), self.now);
        }
        for role in &taken {
            self.lacking.insert((new.id.clone(), role.clone()));
        }
        match cause {
            Cause::Us(sender) => {
                let touched = !added.is_empty() || !taken.is_empty();
                if touched && owner.is_some() && owner != sender.on {
                    self.breaks(format!("the roles of another were changed for {:?}: {old:?}, {new:?}", sender.on));
                }
                let Some(owner) = owner else { return };
                for role in &added {
                    if self.people[owner].brought_back(role, sender.held) {
                        self.breaks(format!("{role} came back after it was taken away"));
                    }
                }
                self.gave(owner, &added);
            }
            Cause::Others | Cause::RoleGone(_) => {
                self.given_by_others(new, &added, owner);
                for role in &taken {
                    self.count("roles taken by others");
                    if let Some(owner) = owner {
                        self.people[owner].is_not_owed(role);
                    }
                }
            }
        }
    }

    fn given_by_others(&mut self, account: &FakeAccount, roles: &[ThreeDEyeRoleId], owner: Option<Who>) {
        for role in roles {
            self.since.insert((account.id.clone(), role.clone()), self.now);
            self.people.iter_mut().for_each(|person| person.may_have(role));
            if let Some(owner) = owner {
                self.people[owner].is_in_again(role);
            }
            self.count("roles given by others");
        }
    }

    /// We gave these to an account of the person.
    fn gave(&mut self, who: Who, roles: &[ThreeDEyeRoleId]) {
        if let Some(role) = roles.iter().find(|role| !self.people[who].may_be_given(role)) {
            self.breaks(format!("{role} of somebody else's account was given to person {who}"));
        }
    }

    /// What nothing leads to any more is nobody's: answers the accounts left behind.
    pub(super) fn leaves_behind(&mut self, who: Who) -> Vec<ThreeDEyeUserId> {
        let person = &self.people[who];
        let mine = self.lives.iter_mut().filter(|life| life.owner() == Some(who) && life.until.is_none());
        let left = mine.filter(|life| !person.leads_to(&life.id, &life.address));
        left.map(|life| {
            life.stray = true;
            life.id.clone()
        })
        .collect()
    }

    /// Somebody who began then was told that the person is out of the role, and the account has the role or not.
    pub(super) fn removed(&mut self, who: Who, role: &ThreeDEyeRoleId, has: bool, began: u64) {
        let account = self.account_of(who).map(|life| life.id.clone());
        let added = account.and_then(|id| self.added.get(&(id, role.clone())).copied());
        // It may have been given again meanwhile.
        if !has || added.is_none_or(|added| added <= began) {
            let now = self.now;
            self.people[who].is_out_of(role, now);
        }
    }
}
