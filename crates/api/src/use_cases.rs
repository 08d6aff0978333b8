//! The use cases, wired to the ports, by area.

use std::sync::Arc;

use portcullis_domain::usecase::{Commands, access, history, lock, org, session, threedeye, totp, user};

use crate::app::{Ports, Settings};

/// Everything that can be asked of the service.
pub struct UseCases {
    pub access: Access,
    pub history: History,
    pub locks: Locks,
    pub orgs: Orgs,
    pub sessions: Sessions,
    pub threedeye: ThreeDEye,
    pub totp: Totp,
    pub users: Users,
}

/// Who may open what.
pub struct Access {
    pub add: access::AddAccessibleLock,
    pub remove: access::RemoveAccessibleLock,
    pub list: access::AccessibleLocks,
}

/// What happened, and to what.
pub struct History {
    pub stream: history::ReadStream,
    pub aggregate: history::ReadAggregate,
    pub registry: history::ListAggregates,
}

/// Locks.
pub struct Locks {
    pub create: lock::CreateLock,
    pub set_organization: lock::SetLockOrganization,
    pub set_owner: lock::SetLockOwner,
    pub details: lock::ReadLock,
    pub holders: lock::LockHolders,
    pub events: lock::ReadLockEvents,
    pub owned: lock::OwnedLocks,
}

/// Organisations and their keys.
pub struct Orgs {
    pub register: org::RegisterTenant,
    pub list_tenants: org::ListTenants,
    pub create_key: org::CreateApiKey,
    pub list_keys: org::ListApiKeys,
    pub rotate_key: org::RotateApiKey,
    pub revoke_key: org::RevokeApiKey,
    /// Shared by whoever verifies keys and whoever writes it down.
    pub key_use: Arc<org::RecordKeyUse>,
}

/// Who is signed in.
pub struct Sessions {
    pub sign_in: session::SignIn,
    pub sign_out: session::SignOut,
    pub read_own: session::ReadOwn,
    pub end_others: session::EndOtherSessions,
    pub log_out_user: session::LogOutUser,
    pub create_token: session::CreatePersonalAccessToken,
    pub list_tokens: session::ListPersonalAccessTokens,
    pub regenerate_token: session::RegeneratePersonalAccessToken,
    pub remove_token: session::RemovePersonalAccessToken,
}

/// Camera accounts.
pub struct ThreeDEye {
    pub credentials: threedeye::ReadCredentials,
    pub reset: threedeye::ResetThreeDEye,
}

/// Second factors.
pub struct Totp {
    pub gate: totp::SecondFactorGate,
    pub enable: totp::EnableTotp,
    pub confirm: totp::ConfirmTotp,
    pub disable: totp::DisableTotp,
    pub regenerate: totp::RegenerateBackupCodes,
    pub remaining: totp::BackupCodesRemaining,
    pub reset: totp::ResetTotp,
}

/// People and their accounts.
pub struct Users {
    pub create: user::CreatePerson,
    pub profile: user::ReadProfile,
    pub find_or_create: user::FindOrCreatePerson,
    pub set_email: user::SetFirstEmail,
    pub set_phone_number: user::SetPhoneNumber,
    pub suspend: user::SuspendPerson,
    pub reactivate: user::ReactivatePerson,
    pub create_account: user::CreateAccount,
    pub add_account: user::AddAccountToUser,
    pub set_password: user::SetPassword,
    pub first_administrator: user::FirstAdministrator,
}

impl UseCases {
    /// Wires them.
    pub fn new(ports: &Ports, settings: &Settings) -> Self {
        let commands = ports.commands();
        Self {
            access: Access::new(&commands, ports),
            history: History::new(ports),
            locks: Locks::new(&commands, ports, settings),
            orgs: Orgs::new(&commands, ports),
            sessions: Sessions::new(&commands, ports, settings),
            threedeye: ThreeDEye::new(&commands, ports),
            totp: Totp::new(&commands, ports, settings),
            users: Users::new(&commands, ports, settings),
        }
    }
}

impl Access {
    fn new(commands: &Commands, ports: &Ports) -> Self {
        let locks = || Arc::clone(&ports.locks);
        Self {
            add: access::AddAccessibleLock::new(commands.clone(), locks()),
            remove: access::RemoveAccessibleLock::new(commands.clone(), locks()),
            list: access::AccessibleLocks::new(locks(), Arc::clone(&ports.clock)),
        }
    }
}

impl History {
    fn new(ports: &Ports) -> Self {
        let events = || Arc::clone(&ports.events);
        Self {
            stream: history::ReadStream::new(events()),
            aggregate: history::ReadAggregate::new(
                events(),
                Arc::clone(&ports.users),
                Arc::clone(&ports.locks),
                Arc::clone(&ports.api_keys),
            ),
            registry: history::ListAggregates::new(Arc::clone(&ports.registry)),
        }
    }
}

impl Locks {
    fn new(commands: &Commands, ports: &Ports, settings: &Settings) -> Self {
        let commands = || commands.clone();
        let locks = || Arc::clone(&ports.locks);
        let users = || Arc::clone(&ports.users);
        Self {
            create: lock::CreateLock::new(commands(), locks(), users(), settings.default_org.clone()),
            set_organization: lock::SetLockOrganization::new(commands(), locks()),
            set_owner: lock::SetLockOwner::new(commands(), locks(), users()),
            details: lock::ReadLock::new(locks(), Arc::clone(&ports.clock)),
            holders: lock::LockHolders::new(locks(), Arc::clone(&ports.clock)),
            events: lock::ReadLockEvents::new(locks(), Arc::clone(&ports.events)),
            owned: lock::OwnedLocks::new(users(), locks()),
        }
    }
}

impl Orgs {
    fn new(commands: &Commands, ports: &Ports) -> Self {
        let commands = || commands.clone();
        let keys = || Arc::clone(&ports.api_keys);
        let hasher = || Arc::clone(&ports.hasher);
        Self {
            register: org::RegisterTenant::new(commands(), keys()),
            list_tenants: org::ListTenants::new(keys(), Arc::clone(&ports.clock)),
            create_key: org::CreateApiKey::new(commands(), keys(), hasher()),
            list_keys: org::ListApiKeys::new(keys()),
            rotate_key: org::RotateApiKey::new(commands(), keys(), hasher()),
            revoke_key: org::RevokeApiKey::new(commands(), keys()),
            key_use: Arc::new(org::RecordKeyUse::new(commands())),
        }
    }
}

impl Sessions {
    fn new(commands: &Commands, ports: &Ports, settings: &Settings) -> Self {
        let users = || Arc::clone(&ports.users);
        let factors = || Arc::clone(&ports.totp);
        let sessions = || Arc::clone(&ports.sessions);
        let gate = || gate(commands, ports, settings);
        let tokens = || session::TokenPorts {
            commands: commands.clone(),
            users: users(),
            sessions: sessions(),
            hasher: Arc::clone(&ports.hasher),
        };
        Self {
            sign_in: session::SignIn::new(
                commands.clone(),
                users(),
                Arc::clone(&ports.hasher),
                gate(),
                settings.session_lifetime,
            ),
            sign_out: session::SignOut::new(tokens()),
            read_own: session::ReadOwn::new(users(), factors()),
            end_others: session::EndOtherSessions::new(commands.clone(), sessions(), factors()),
            log_out_user: session::LogOutUser::new(commands.clone(), users(), factors()),
            create_token: session::CreatePersonalAccessToken::new(tokens(), gate()),
            list_tokens: session::ListPersonalAccessTokens::new(sessions()),
            regenerate_token: session::RegeneratePersonalAccessToken::new(tokens(), gate()),
            remove_token: session::RemovePersonalAccessToken::new(tokens(), gate()),
        }
    }
}

impl ThreeDEye {
    fn new(commands: &Commands, ports: &Ports) -> Self {
        let cameras = threedeye::CameraPorts {
            commands: commands.clone(),
            users: Arc::clone(&ports.users),
            accounts: Arc::clone(&ports.accounts),
            gateway: Arc::clone(&ports.gateway),
            timer: Arc::clone(&ports.timer),
        };
        Self {
            credentials: threedeye::ReadCredentials::new(cameras.clone()),
            reset: threedeye::ResetThreeDEye::new(cameras),
        }
    }
}

impl Totp {
    fn new(commands: &Commands, ports: &Ports, settings: &Settings) -> Self {
        let commands = || commands.clone();
        let users = || Arc::clone(&ports.users);
        let factors = || Arc::clone(&ports.totp);
        let hasher = || Arc::clone(&ports.hasher);
        let codes = || Arc::clone(&ports.codes);
        let gate = || gate(&commands(), ports, settings);
        Self {
            enable: totp::EnableTotp::new(commands(), users(), factors(), codes()),
            confirm: totp::ConfirmTotp::new(commands(), users(), factors(), hasher(), codes()),
            disable: totp::DisableTotp::new(commands(), users(), factors(), gate()),
            regenerate: totp::RegenerateBackupCodes::new(commands(), users(), factors(), hasher(), gate()),
            remaining: totp::BackupCodesRemaining::new(factors()),
            reset: totp::ResetTotp::new(commands(), users(), factors(), gate()),
            gate: gate(),
        }
    }
}

impl Users {
    fn new(commands: &Commands, ports: &Ports, settings: &Settings) -> Self {
        let commands = || commands.clone();
        let users = || Arc::clone(&ports.users);
        let hasher = || Arc::clone(&ports.hasher);
        let org = || settings.default_org.clone();
        let create = || user::CreatePerson::new(commands(), users(), org());
        let create_account = || user::CreateAccount::new(commands(), hasher(), org());
        Self {
            create: create(),
            profile: user::ReadProfile::new(users()),
            find_or_create: user::FindOrCreatePerson::new(
                users(),
                create(),
                Arc::clone(&ports.clock),
                Arc::clone(&ports.entropy),
            ),
            set_email: user::SetFirstEmail::new(commands(), users()),
            set_phone_number: user::SetPhoneNumber::new(commands(), users()),
            suspend: user::SuspendPerson::new(commands(), users(), Arc::clone(&ports.totp)),
            reactivate: user::ReactivatePerson::new(commands(), users()),
            create_account: create_account(),
            add_account: user::AddAccountToUser::new(commands(), users(), hasher()),
            set_password: user::SetPassword::new(commands(), users(), Arc::clone(&ports.totp), hasher()),
            first_administrator: user::FirstAdministrator::new(users(), create_account()),
        }
    }
}

fn gate(commands: &Commands, ports: &Ports, settings: &Settings) -> totp::SecondFactorGate {
    totp::SecondFactorGate::new(
        commands.clone(),
        Arc::clone(&ports.totp),
        Arc::clone(&ports.hasher),
        Arc::clone(&ports.codes),
        settings.two_factor.clone(),
    )
}
