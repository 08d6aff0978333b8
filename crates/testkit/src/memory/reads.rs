//! The reading ports.

use async_trait::async_trait;
use portcullis_domain::clock::Timestamp;
use portcullis_domain::commit::GuardKey;
use portcullis_domain::ids::UserId;
use portcullis_domain::permission::effective;
use portcullis_domain::port::{
    AccountPage, LoginName, PersonFilter, PersonHead, Sessions, Unavailable, UserRepository,
};
use portcullis_domain::session::{HeldToken, HeldTokens, Session, SignedIn, StoredCredentials, TokenHash};
use portcullis_domain::text::{EmailAddress, PhoneNumber, UserName};
use portcullis_domain::user::{OtherAdministrators, OwnRecord, Person, Profile, Role, UserStatus, UserView};

use super::{KeptSession, MemoryStore, State};

impl State {
    /// A person's row; one who was deleted is nobody.
    fn user(&self, id: UserId) -> Option<&UserView> {
        self.views.users.get(&id).filter(|row| row.status != UserStatus::Deleted)
    }

    pub(super) fn head(&self, id: UserId) -> Option<PersonHead> {
        let row = self.user(id)?;
        Some(PersonHead { id, version: self.version(&id.into()), org: row.org.clone(), status: row.status })
    }

    fn person(&self, id: UserId) -> Option<Person> {
        let row = self.user(id)?;
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
            language: self.languages.get(&id).cloned(),
        })
    }

    fn named(&self, name: &UserName) -> Option<UserId> {
        self.accounts.values().find(|account| account.username.folded() == name.folded()).map(|account| account.user)
    }

    pub(super) fn addressed(&self, address: &EmailAddress) -> Option<UserId> {
        self.profiles.values().find(|profile| profile.email.as_ref() == Some(address)).map(|profile| profile.user)
    }

    /// Those who are active.
    fn administrators(&self) -> impl Iterator<Item = UserId> {
        let active = |user| self.views.users.get(user).is_some_and(|row| row.status == UserStatus::Active);
        let accounts = self.views.accounts.values();
        accounts.filter(move |row| row.roles.contains(&Role::Admin) && active(&row.user)).map(|row| row.user)
    }

    pub(super) fn sessions_of(&self, user: UserId, now: Timestamp) -> u64 {
        self.sessions.values().filter(|kept| kept.session.user == user && kept.is_alive(now)).count() as u64
    }
}

#[async_trait]
impl UserRepository for MemoryStore {
    async fn find(&self, id: UserId) -> Result<Option<Person>, Unavailable> {
        Ok(self.reading()?.person(id))
    }

    async fn own_record(&self, id: UserId) -> Result<Option<OwnRecord>, Unavailable> {
        let state = self.reading()?;
        let own = state.person(id).map(|person| OwnRecord {
            has_password: person.account.is_some() && state.passwords.contains_key(&id),
            has_totp: state.totps.get(&id).is_some_and(|totp| totp.secret.is_some()),
            has_email_factor: state.email_factors.get(&id).is_some_and(|(enabled, _)| *enabled)
                && person.profile.email_verified
                && person.profile.email.is_some(),
            person,
        });
        Ok(own)
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

    async fn accounts(&self, name_prefix: &str, offset: u64, limit: u32) -> Result<AccountPage, Unavailable> {
        let state = self.reading()?;
        let prefix = name_prefix.to_lowercase();
        let names = state.accounts.values().map(|account| (account.username.folded(), account.user));
        let mut names: Vec<_> = names.filter(|(name, _)| name.starts_with(&prefix)).collect();
        names.sort();
        let total = names.len() as u64;
        let offset = usize::try_from(offset).unwrap_or(usize::MAX);
        let page = names.into_iter().skip(offset).take(limit as usize);
        Ok(AccountPage { people: page.filter_map(|(_, user)| state.person(user)).collect(), total })
    }

    async fn is_deleted(&self, id: UserId) -> Result<bool, Unavailable> {
        Ok(self.reading()?.views.users.get(&id).is_some_and(|row| row.status == UserStatus::Deleted))
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
impl Sessions for MemoryStore {
    async fn find(&self, token: &TokenHash) -> Result<Option<SignedIn>, Unavailable> {
        let state = self.reading()?;
        let signed_in = |kept: &KeptSession| {
            let session = &kept.session;
            let roles = state.views.accounts.get(&session.user)?.roles.clone();
            Some(SignedIn {
                permissions: effective(&roles, &state.changed_roles()),
                user: session.user,
                token: *token,
                status: state.views.users.get(&session.user)?.status,
                username: state.accounts.get(&session.user)?.username.clone(),
                roles,
                kind: session.kind.clone(),
                expires_at: session.expires_at,
                remembered: kept.remembered,
                epoch: state.guard(GuardKey::CredentialEpoch(session.user)),
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
