//! People and their accounts.

mod account;
mod administrator;
mod create;
mod password;
mod profile;

pub use account::{AccountOrder, AddAccountToUser, CreateAccount};
pub use administrator::FirstAdministrator;
pub use create::CreatePerson;
pub use password::SetPassword;
pub use profile::ReadProfile;

use crate::commit::ClaimNamespace;
use crate::user::UserRefusal;

/// The refusal a taken name means, whichever command claims it.
const fn taken(namespace: ClaimNamespace) -> UserRefusal {
    match namespace {
        ClaimNamespace::Email => UserRefusal::EmailTaken,
        ClaimNamespace::UserName => UserRefusal::UserNameTaken,
    }
}
