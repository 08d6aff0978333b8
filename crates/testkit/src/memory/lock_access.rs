//! Who may open what.

use std::collections::{BTreeMap, BTreeSet};

use async_trait::async_trait;
use portcullis_domain::access::{Grant, GrantState};
use portcullis_domain::clock::Timestamp;
use portcullis_domain::event::Version;
use portcullis_domain::ids::{LockId, UserId};
use portcullis_domain::lock::{Lock, LockDetails};
use portcullis_domain::port::{AccessSituation, GrantHolder, GrantList, HolderPage, LockAccess, Unavailable};
use portcullis_domain::user::UserStatus;

use super::{MemoryStore, State};

impl State {
    fn lock(&self, id: &LockId) -> Option<Lock> {
        let row = self.views.locks.get(id)?;
        let version = self.version(&id.into());
        Some(Lock { id: id.clone(), version, org: row.org.clone(), name: row.name.clone(), owner: row.owner })
    }

    fn was_active(&self, user: UserId, at: Timestamp) -> bool {
        let changes = self.views.status_changes.range((user, Version::NONE)..).take_while(|((of, _), _)| *of == user);
        // The clock may have stepped back between two changes: the version tells which came last.
        changes
            .filter(|(_, change)| change.at <= at)
            .last()
            .is_some_and(|(_, change)| change.status == UserStatus::Active)
    }

    /// Who has or had a grant on a lock that counts at an instant.
    fn holders_at(&self, lock: &LockId, at: Timestamp) -> BTreeMap<UserId, Grant> {
        let counts = |user, grant: &Grant| {
            grant.lock == *lock
                && grant.granted_at <= at
                && grant.state(at) == GrantState::Active
                && self.was_active(user, at)
        };
        let past = self.views.past_grants.iter().filter(|(_, row)| at < row.removed_at);
        let past = past.map(|((user, _), row)| (*user, &row.grant));
        let present = self.views.grants.values().map(|row| (row.user, &row.grant));
        // Later ones of a person replace the earlier.
        past.chain(present)
            .filter(|(user, grant)| counts(*user, grant))
            .map(|(user, grant)| (user, grant.clone()))
            .collect()
    }
}

#[async_trait]
impl LockAccess for MemoryStore {
    async fn situation(&self, user: UserId, lock: &LockId) -> Result<AccessSituation, Unavailable> {
        let state = self.reading()?;
        let grant = state.views.grants.get(&(user, lock.clone())).map(|row| row.grant.clone());
        Ok(AccessSituation { person: state.head(user), grant, lock: state.lock(lock) })
    }

    async fn grants_of(&self, user: UserId) -> Result<Option<GrantList>, Unavailable> {
        let state = self.reading()?;
        let Some(person) = state.head(user) else {
            return Ok(None);
        };
        let rows = state.views.grants.values().filter(|row| row.user == user);
        let org = |lock: &LockId| state.views.locks.get(lock).map(|row| row.org.clone());
        let mut grants: Vec<_> = rows.map(|row| (row.grant.clone(), org(&row.grant.lock))).collect();
        grants.sort_by(|(a, _), (b, _)| (a.granted_at, &a.lock).cmp(&(b.granted_at, &b.lock)));
        Ok(Some(GrantList { person, grants }))
    }

    async fn holders_at(
        &self,
        lock: &LockId,
        at: Timestamp,
        after: Option<UserId>,
        limit: u32,
    ) -> Result<HolderPage, Unavailable> {
        let holders = self.reading()?.holders_at(lock, at).into_iter();
        let mut rest = holders.filter(|(user, _)| after.is_none_or(|after| *user > after));
        let page = rest.by_ref().take(limit as usize);
        let holders = page.map(|(user, grant)| GrantHolder { user, grant }).collect();
        Ok(HolderPage { holders, more: rest.next().is_some() })
    }

    async fn people_with_expired(&self, now: Timestamp, limit: u32) -> Result<Vec<UserId>, Unavailable> {
        let state = self.reading()?;
        let ends = state.views.grants.values().filter_map(|row| Some((row.grant.window.until()?, row.user)));
        let mut over: Vec<_> = ends.filter(|(until, _)| *until <= now).collect();
        over.sort();
        let mut seen = BTreeSet::new();
        let people = over.into_iter().take(limit as usize).map(|(_, user)| user);
        Ok(people.filter(|user| seen.insert(*user)).collect())
    }

    async fn lock(&self, id: &LockId) -> Result<Option<Lock>, Unavailable> {
        Ok(self.reading()?.lock(id))
    }

    async fn owned_by(&self, owner: UserId) -> Result<Vec<Lock>, Unavailable> {
        let state = self.reading()?;
        let rows = state.views.locks.values().filter(|row| row.owner == Some(owner));
        Ok(rows.filter_map(|row| state.lock(&row.lock)).collect())
    }

    async fn details(&self, id: &LockId) -> Result<Option<LockDetails>, Unavailable> {
        let state = self.reading()?;
        let details = |lock| {
            let row = state.views.locks.get(id)?;
            Some(LockDetails { lock, maker: row.maker.clone(), created_at: row.created_at })
        };
        Ok(state.lock(id).and_then(details))
    }
}
