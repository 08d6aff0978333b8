//! People and their accounts.

use std::sync::Arc;

use portcullis_domain::usecase::{Commands, user};

use super::gate;
use crate::app::{Ports, Settings};

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
    pub set_language: user::SetLanguage,
    pub change_account: user::ChangeAccount,
    pub find_account: user::FindAccount,
    pub records: user::ReadRecords,
    pub set_active: user::SetAccountActive,
    pub delete: user::DeletePerson,
    pub reset_e2e_keys: user::ResetE2eKeys,
    pub set_password: user::SetPassword,
    pub first_administrator: user::FirstAdministrator,
}

impl Users {
    pub(super) fn new(commands: &Commands, ports: &Ports, settings: &Settings) -> Self {
        let commands = || commands.clone();
        let users = || Arc::clone(&ports.users);
        let hasher = || Arc::clone(&ports.hasher);
        let org = || settings.default_org.clone();
        let email_factor = settings.two_factor.email.auto_opt_in;
        let create = || user::CreatePerson::new(commands(), users(), org());
        let create_account = || user::CreateAccount::new(commands(), hasher(), org(), email_factor);
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
            set_language: user::SetLanguage::new(commands(), users()),
            change_account: user::ChangeAccount::new(
                commands(),
                users(),
                Arc::clone(&ports.totp),
                hasher(),
                email_factor,
            ),
            find_account: user::FindAccount::new(users()),
            records: user::ReadRecords::new(users()),
            set_active: user::SetAccountActive::new(commands(), users(), Arc::clone(&ports.totp)),
            delete: user::DeletePerson::new(
                commands(),
                users(),
                Arc::clone(&ports.totp),
                Arc::clone(&ports.locks),
                Arc::clone(&ports.accounts),
                Arc::clone(&ports.camera_roles),
            ),
            reset_e2e_keys: user::ResetE2eKeys::new(users(), gate(&commands(), ports, settings)),
            set_password: user::SetPassword::new(commands(), users(), Arc::clone(&ports.totp), hasher()),
            first_administrator: user::FirstAdministrator::new(users(), create_account()),
        }
    }
}
