//! People and their accounts.

mod account;
mod administrator;
mod create;
mod email;
mod find;
mod language;
mod password;
mod phone_number;
mod profile;
mod reactivate;
mod suspend;

pub use account::{AccountOrder, AddAccountToUser, CreateAccount};
pub use administrator::FirstAdministrator;
pub use create::{CreatePerson, PersonOrder};
pub use email::SetFirstEmail;
pub use find::{FindOrCreatePerson, FindRefusal, PersonKey, PersonQuery};
pub use language::SetLanguage;
pub use password::SetPassword;
pub use phone_number::SetPhoneNumber;
pub use profile::ReadProfile;
pub use reactivate::ReactivatePerson;
pub use suspend::SuspendPerson;

use crate::commit::ClaimNamespace;
use crate::user::UserRefusal;

/// The refusal a taken name means, whichever command claims it.
const fn taken(namespace: ClaimNamespace) -> UserRefusal {
    match namespace {
        ClaimNamespace::Email => UserRefusal::EmailTaken,
        ClaimNamespace::UserName => UserRefusal::UserNameTaken,
        ClaimNamespace::PhoneNumber => UserRefusal::PhoneNumberTaken,
    }
}
