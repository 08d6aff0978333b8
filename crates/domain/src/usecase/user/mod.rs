//! People and their accounts.

mod account;
mod administrator;
mod create;
mod delete;
mod e2e_keys;
mod edit_account;
mod email;
mod find;
mod language;
mod named;
mod password;
mod phone_number;
mod profile;
mod reactivate;
mod records;
mod set_active;
mod standing;
mod suspend;

pub use account::{AccountOrder, CreateAccount};
pub use administrator::FirstAdministrator;
pub use create::{CreatePerson, PersonOrder};
pub use delete::DeletePerson;
pub use e2e_keys::{ResetE2eKeys, ResetKeysRefusal};
pub use edit_account::{AccountEdit, ChangeAccount};
pub use email::SetFirstEmail;
pub use find::{FindOrCreatePerson, FindRefusal, PersonKey, PersonQuery};
pub use language::SetLanguage;
pub use named::{AccountName, FindAccount, Nobody};
pub use password::SetPassword;
pub use phone_number::SetPhoneNumber;
pub use profile::ReadProfile;
pub use reactivate::ReactivatePerson;
pub use records::{ReadRecords, Record, RecordQuery, Records};
pub use set_active::SetAccountActive;
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
