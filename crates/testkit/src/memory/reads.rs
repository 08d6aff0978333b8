//! The reading ports.

use std::collections::{BTreeMap, BTreeSet};

use async_trait::async_trait;
use portcullis_domain::access::{Grant, GrantState};
use portcullis_domain::clock::Timestamp;
use portcullis_domain::commit::GuardKey;
use portcullis_domain::event::Version;
use portcullis_domain::ids::{LockId, UserId};
use portcullis_domain::lock::{Lock, LockDetails};
use portcullis_domain::port::{
    AccessSituation, GrantHolder, GrantList, HolderPage, LockAccess, LoginName, Outbox, OutboxEntry, PersonFilter,
    PersonHead, Sessions, ThreeDEyeAccounts, TotpStore, Unavailable, UserRepository,
};
use portcullis_domain::session::{HeldToken, HeldTokens, Session, SignedIn, StoredCredentials, TokenHash};
use portcullis_domain::text::{EmailAddress, PhoneNumber, UserName};
use portcullis_domain::threedeye::{AccountState, Lease};
use portcullis_domain::totp::SecondFactor;
use portcullis_domain::user::{OtherAdministrators, Person, Profile, Role, UserStatus};

use super::{Delivery, KeptSession, MemoryStore, State};

impl State {
    fn head(&self, id: UserId) -> Option<PersonHead> {
        let row = self.views.users.get(&id)?;
        Some(PersonHead { id, version: self.version(&id.into()), org: row.org.clone(), status: row.status })
    }

    fn person(&self, id: UserId) -> Option<Person> {
        let row = self.views.users.get(&id)?;
        let account = self.accounts.get(&id).cloned();
        let roles = || self.views.accounts.get(&id).map(|row| row.roles.clone()).unwrap_or_default();
        Some(Person {
            id,
            version: self.version(&id.into()),
            org: row.org.clone(),
            status: row.status,
            created_at: row.created_at,
            profile: self.profiles.get(&id).cloned().unwrap_or_else(|| Profile::empty(id)),
            account: account.map(|account| (account, roles())),
        })
    }

    fn named(&self, name: &UserName) -> Option<UserId> {
        self.accounts.values().find(|account| account.username.folded() == name.folded()).map(|account| account.user)
    }

    fn addressed(&self, address: &EmailAddress) -> Option<UserId> {
        self.profiles.values().find(|profile| profile.email.as_ref() == Some(address)).map(|profile| profile.user)
    }

    /// Those who are active.
    fn administrators(&self) -> impl Iterator<Item = UserId> {
        let active = |user| self.views.users.get(user).is_some_and(|row| row.status == UserStatus::Active);
        let accounts = self.views.accounts.values();
        accounts.filter(move |row| row.roles.contains(&Role::Admin) && active(&row.user)).map(|row| row.user)
    }

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

    fn sessions_of(&self, user: UserId, now: Timestamp) -> u64 {
        self.sessions.values().filter(|kept| kept.session.user == user && kept.is_alive(now)).count() as u64
    }
}

#[async_trait]
impl UserRepository for MemoryStore {
    async fn find(&self, id: UserId) -> Result<Option<Person>, Unavailable> {
        Ok(self.reading()?.person(id))
    }

    async fn find_by_name(&self, name: &UserName) -> Result<Option<Person>, Unavailable> {
        let state = self.reading()?;
        Ok(state.named(name).and_then(|id| state.person(id)))
    }

    async fn find_by_address(&self, address: &EmailAddress) -> Result<Option<Person>, Unavailable> {
        let state = self.reading()?;
        Ok(state.addressed(address).and_then(|id| state.person(id)))
    }

    async fn find_by_phone_number(&self, number: &PhoneNumber) -> Result<Option<Person>, Unavailable> {
        let state = self.reading()?;
        let found = state.profiles.values().find(|profile| profile.phone_number.as_ref() == Some(number));
        Ok(found.and_then(|profile| state.person(profile.user)))
    }

    async fn credentials(&self, login: &LoginName) -> Result<Option<StoredCredentials>, Unavailable> {
        let state = self.reading()?;
        let found = match login {
            LoginName::UserName(name) => state.named(name),
            LoginName::Email(address) => state.addressed(address),
        };
        let stored = |user: UserId| {
            Some(StoredCredentials {
                user,
                status: state.views.users.get(&user)?.status,
                username: state.accounts.get(&user)?.username.clone(),
                password: state.passwords.get(&user)?.clone(),
                epoch: state.guard(GuardKey::CredentialEpoch(user)),
            })
        };
        Ok(found.and_then(stored))
    }

    async fn list(&self, filter: &PersonFilter, after: Option<UserId>, limit: u32) -> Result<Vec<Person>, Unavailable> {
        let state = self.reading()?;
        let prefix = filter.name_prefix.as_ref().map(|prefix| prefix.to_lowercase());
        let wanted = |person: &Person| {
            let name = person.account.as_ref().map(|(account, _)| account.username.folded());
            let named = |prefix: &String| name.as_ref().is_some_and(|name| name.starts_with(prefix));
            after.is_none_or(|after| person.id > after)
                && filter.org.as_ref().is_none_or(|org| person.org == *org)
                && prefix.as_ref().is_none_or(named)
        };
        let people = state.views.users.keys().filter_map(|id| state.person(*id));
        Ok(people.filter(wanted).take(limit as usize).collect())
    }

    async fn has_administrator(&self) -> Result<bool, Unavailable> {
        Ok(self.reading()?.administrators().next().is_some())
    }

    async fn administrators_besides(&self, user: UserId) -> Result<OtherAdministrators, Unavailable> {
        let state = self.reading()?;
        let any = state.administrators().any(|other| other != user);
        Ok(OtherAdministrators { any, revision: state.guard(GuardKey::Administrators) })
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

#[async_trait]
impl TotpStore for MemoryStore {
    async fn find(&self, user: UserId) -> Result<SecondFactor, Unavailable> {
        let state = self.reading()?;
        Ok(SecondFactor {
            user,
            username: state.accounts.get(&user).map(|account| account.username.clone()),
            password: state.passwords.get(&user).cloned(),
            totp: state.totps.get(&user).cloned(),
            failures: state.failures.get(&user).copied().unwrap_or_default(),
            revision: state.guard(GuardKey::SecondFactor(user)),
            epoch: state.guard(GuardKey::CredentialEpoch(user)),
            sessions: state.sessions_of(user, self.clock.now()),
        })
    }
}

#[async_trait]
impl ThreeDEyeAccounts for MemoryStore {
    async fn find(&self, user: UserId) -> Result<AccountState, Unavailable> {
        let state = self.reading()?;
        Ok(AccountState {
            mapping: state.mappings.get(&user).cloned(),
            recovery: state.recoveries.get(&user).cloned(),
            lease: Lease { fence: state.guard(GuardKey::ThreeDEye(user)), until: state.leases.get(&user).copied() },
        })
    }
}

#[async_trait]
impl Sessions for MemoryStore {
    async fn find(&self, token: &TokenHash) -> Result<Option<SignedIn>, Unavailable> {
        let state = self.reading()?;
        let signed_in = |kept: &KeptSession| {
            let session = &kept.session;
            Some(SignedIn {
                user: session.user,
                token: *token,
                status: state.views.users.get(&session.user)?.status,
                username: state.accounts.get(&session.user)?.username.clone(),
                roles: state.views.accounts.get(&session.user)?.roles.clone(),
                kind: session.kind.clone(),
                expires_at: session.expires_at,
                remembered: kept.remembered,
            })
        };
        let now = self.clock.now();
        Ok(state.sessions.get(token).filter(|kept| kept.is_alive(now)).and_then(signed_in))
    }

    async fn tokens_of(&self, user: UserId) -> Result<HeldTokens, Unavailable> {
        let state = self.reading()?;
        let held = |session: &Session| {
            let about = session.kind.personal()?.clone();
            Some(HeldToken { token: session.token, created_at: session.started_at, about })
        };
        let sessions = state.sessions.values().map(|kept| &kept.session).filter(|session| session.user == user);
        let mut tokens: Vec<_> = sessions.filter_map(held).collect();
        tokens.sort_by_key(|held| (held.created_at, held.token));
        Ok(HeldTokens { user, epoch: state.guard(GuardKey::CredentialEpoch(user)), tokens })
    }
}

#[async_trait]
impl Outbox for MemoryStore {
    async fn due(&self, now: Timestamp, limit: u32) -> Result<Vec<OutboxEntry>, Unavailable> {
        let state = self.reading()?;
        let mut keys = BTreeSet::new();
        let heads = state.outbox.iter().filter(|row| row.delivery == Delivery::Waiting);
        let heads = heads.filter(|row| keys.insert(row.message.key.as_str()));
        let due = heads.filter(|row| row.not_before.is_none_or(|not_before| not_before <= now));
        let entry = |row: &super::OutboxRow| OutboxEntry {
            id: row.message.id,
            key: row.message.key.clone(),
            template: row.message.template.clone(),
            user: row.message.user,
            payload: Some(row.message.payload.clone()),
            at: row.message.at,
            attempts: state.guard(GuardKey::Outbox(row.message.id)),
        };
        Ok(due.take(limit as usize).map(entry).collect())
    }

    async fn waiting(&self) -> Result<u64, Unavailable> {
        Ok(self.reading()?.outbox.iter().filter(|row| row.delivery == Delivery::Waiting).count() as u64)
    }
}
