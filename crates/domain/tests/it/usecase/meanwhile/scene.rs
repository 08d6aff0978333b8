//! What an operator asks for, and of whom.

use std::collections::BTreeMap;
use std::sync::Arc;

use portcullis_domain::ids::UserId;
use portcullis_domain::permission::UpdatePermissions;
use portcullis_domain::policy::{Caller, Denied, Permission};
use portcullis_domain::port::{TotpStore, UserRepository};
use portcullis_domain::secret::Secret;
use portcullis_domain::session::TokenName;
use portcullis_domain::text::Language;
use portcullis_domain::totp::{Proof, SecondFactor, TotpSecret};
use portcullis_domain::usecase::permission::ChangePermissions;
use portcullis_domain::usecase::session::{
    CreatePersonalAccessToken, LogOutUser, RegeneratePersonalAccessToken, RemovePersonalAccessToken, TokenOrder,
};
use portcullis_domain::usecase::totp::{
    ConfirmTotp, DisableEmailFactor, DisableTotp, EnableEmailFactor, EnableTotp, RegenerateBackupCodes, ResetTotp,
    SecondFactorGate,
};
use portcullis_domain::usecase::user::{
    AccountEdit, AccountName, AccountOrder, ChangeAccount, CreateAccount, DeletePerson, SetAccountActive, SetLanguage,
};
use portcullis_domain::usecase::{Commands, UseCaseError};
use portcullis_domain::user::{Person, Role, UserStatus};
use portcullis_testkit::build::{NOON, a_token, email, org, user_name};
use portcullis_testkit::fake::{FakeHasher, FakeTotpCodes};
use portcullis_testkit::memory::MemoryStore;

use crate::usecase::second_factor::Enrolled;
use crate::usecase::world::{World, request};

/// What the operator asks for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Act {
    ResetOther,
    Create,
    Update,
    Delete,
    SetActive,
    Permissions,
    Language,
    LogOutOther,
    Enable,
    Confirm,
    Regenerate,
    Disable,
    EmailOn,
    EmailOff,
    CreateToken,
    RegenerateToken,
    RemoveToken,
}

pub(super) const ACTS: [Act; 17] = [
    Act::ResetOther,
    Act::Create,
    Act::Update,
    Act::Delete,
    Act::SetActive,
    Act::Permissions,
    Act::Language,
    Act::LogOutOther,
    Act::Enable,
    Act::Confirm,
    Act::Regenerate,
    Act::Disable,
    Act::EmailOn,
    Act::EmailOff,
    Act::CreateToken,
    Act::RegenerateToken,
    Act::RemoveToken,
];

impl Act {
    pub(super) const fn is_about_another(self) -> bool {
        matches!(
            self,
            Self::ResetOther
                | Self::Create
                | Self::Update
                | Self::Delete
                | Self::SetActive
                | Self::Permissions
                | Self::Language
                | Self::LogOutOther
        )
    }
}

/// When the session ends: before anything is looked at, before the proof of the second factor is written, or after.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum When {
    AtOnce,
    BeforeTheProof,
    AfterTheProof,
}

pub(super) fn sent(code: &Secret<String>) -> Proof {
    Proof { code: Some(code.clone()), forced: None }
}

pub(super) fn named(name: &str) -> AccountName {
    AccountName { id: Some(name.to_owned()), ..AccountName::default() }
}

pub(super) fn told<T, R: std::error::Error>(result: Result<T, UseCaseError<R>>) -> Result<(), Told> {
    match result {
        Ok(_) => Ok(()),
        Err(UseCaseError::Denied(Denied)) => Err(Told::Denied),
        Err(other) => Err(Told::Otherwise(format!("{other:?}"))),
    }
}

#[derive(Debug, PartialEq)]
pub(super) enum Told {
    Denied,
    Otherwise(String),
}

/// The operator and whom it is about.
pub(super) struct Scene {
    pub(super) world: World,
    pub(super) root: UserId,
    pub(super) caller: Caller,
    pub(super) code: Secret<String>,
    pub(super) pending: TotpSecret,
    pub(super) ada: UserId,
}

impl Scene {
    pub(super) async fn of(act: Act) -> Self {
        let world = World::new();
        world.account("second", Role::Admin).await;
        let ada = world.enrolled("ada", Role::User).await;
        let codes = Arc::new(FakeTotpCodes);
        let (root, mut caller, code, pending) = if matches!(act, Act::Enable | Act::Confirm) {
            let (root, caller) = world.account("root", Role::Admin).await;
            let enabling = EnableTotp::new(world.commands(), world.store.clone(), world.store.clone(), codes);
            let pending = enabling.execute(&request(caller.clone())).await.unwrap().secret;
            (root, caller, world.code(&pending), pending)
        } else {
            let Enrolled { user, caller, secret, mut backup } = world.enrolled("root", Role::Admin).await;
            (user, caller, backup.remove(0), secret)
        };
        if act == Act::EmailOff {
            let enabling = EnableEmailFactor::new(world.commands(), world.store.clone(), world.store.clone());
            enabling.execute(&request(caller.clone())).await.unwrap();
            caller = world.again(&caller).await;
        }
        a_token(world.store.as_ref(), root, world.epoch(root).await, "mine", NOON).await;
        Self { world, root, caller, code, pending, ada: ada.user }
    }

    /// Everything the act could change.
    pub(super) async fn seen(store: &MemoryStore, root: UserId, ada: UserId) -> Seen {
        Seen {
            events: store.envelopes().len(),
            rows: store.count_rows(),
            views: store.dump_views(),
            factors: [TotpStore::find(store, root).await.unwrap(), TotpStore::find(store, ada).await.unwrap()],
            ada: UserRepository::find(store, ada).await.unwrap(),
        }
    }

    pub(super) async fn acts(&self, act: Act, commands: Commands, gate: SecondFactorGate) -> Result<(), Told> {
        let (world, ask, ada) = (&self.world, request(self.caller.clone()), self.ada);
        let store = || world.store.clone();
        let (codes, proof, name) = (Arc::new(FakeTotpCodes), sent(&self.code), TokenName::parse("mine").unwrap());
        let tokens = || {
            let mut ports = world.token_ports();
            ports.commands = commands.clone();
            ports
        };
        match act {
            Act::ResetOther => {
                let resetting = ResetTotp::new(commands, store(), store(), gate);
                told(resetting.execute(&ask, Some(&named("ada")), &proof).await)
            }
            Act::Create => {
                let order = AccountOrder {
                    username: user_name("new"),
                    name: "New".to_owned(),
                    password: FakeHasher::password_digest("new"),
                    roles: [Role::Admin].into(),
                    email: Some(email("new@example.com")),
                    email_verified: false,
                };
                let creating = CreateAccount::new(commands, world.hasher.clone(), org("acme"), false);
                told(creating.execute(&ask, order, UserStatus::Active).await)
            }
            Act::Update => {
                let changing = ChangeAccount::new(commands, store(), store(), world.hasher.clone(), false);
                let password = Some(FakeHasher::password_digest("stolen"));
                told(changing.execute(&ask, ada, AccountEdit { password, ..AccountEdit::default() }).await)
            }
            Act::Delete => {
                told(DeletePerson::new(commands, store(), store(), store(), store(), store()).execute(&ask, ada).await)
            }
            Act::SetActive => told(SetAccountActive::new(commands, store(), store()).execute(&ask, ada, false).await),
            Act::Permissions => {
                let permissions = [(Permission::DeleteUser, [Role::Admin, Role::User].into())].into();
                let changing = ChangePermissions::new(commands, store(), org("acme"));
                told(changing.execute(&ask, UpdatePermissions { permissions }).await)
            }
            Act::Language => {
                let language = Some(Some(Language::parse("de").unwrap()));
                told(SetLanguage::new(commands, store()).execute(&ask, ada, language).await)
            }
            Act::LogOutOther => {
                told(LogOutUser::new(commands, store(), store()).execute(&ask, Some(&ada.to_string())).await)
            }
            Act::Enable => told(EnableTotp::new(commands, store(), store(), codes).execute(&ask).await),
            Act::Confirm => {
                let confirming = ConfirmTotp::new(commands, store(), store(), world.hasher.clone(), codes);
                told(confirming.execute(&ask, &world.code(&self.pending)).await)
            }
            Act::Regenerate => {
                let regenerating = RegenerateBackupCodes::new(commands, store(), store(), world.hasher.clone(), gate);
                told(regenerating.execute(&ask, &self.code).await)
            }
            Act::Disable => told(DisableTotp::new(commands, store(), store(), gate).execute(&ask, &self.code).await),
            Act::EmailOn => told(EnableEmailFactor::new(commands, store(), store()).execute(&ask).await),
            Act::EmailOff => {
                told(DisableEmailFactor::new(commands, store(), store(), gate).execute(&ask, &proof).await)
            }
            Act::CreateToken => {
                let order = TokenOrder { name: TokenName::parse("new").unwrap(), bypass_two_factor: true };
                told(CreatePersonalAccessToken::new(tokens(), gate).execute(&ask, &order, &proof).await)
            }
            Act::RegenerateToken => {
                told(RegeneratePersonalAccessToken::new(tokens(), gate).execute(&ask, &name, &proof).await)
            }
            Act::RemoveToken => told(RemovePersonalAccessToken::new(tokens(), gate).execute(&ask, &name, &proof).await),
        }
    }
}

#[derive(Debug, PartialEq)]
pub(super) struct Seen {
    events: usize,
    rows: BTreeMap<String, u64>,
    views: String,
    factors: [SecondFactor; 2],
    ada: Option<Person>,
}
