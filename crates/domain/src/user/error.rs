//! Why a command on a person is refused.

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// A rule about people that stands in the way.
#[derive(Debug, Clone, PartialEq, Eq, Error, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum UserRefusal {
    /// Another person has the address.
    #[error("The e-mail address is already in use")]
    EmailTaken,
    /// Another person has the phone number.
    #[error("The phone number is already in use")]
    PhoneNumberTaken,
    /// Another account has the name.
    #[error("The user name is already in use")]
    UserNameTaken,
    /// The person has an account already.
    #[error("The person already has an account")]
    AccountExists,
    /// The person has an address already.
    #[error("The person already has an e-mail address")]
    EmailExists,
    /// An account needs an address, and the person has none.
    #[error("An account needs an e-mail address")]
    EmailMissing,
    /// There is no account the command could act on.
    #[error("The person has no account")]
    NoAccount,
    /// Nobody could administer the service any more.
    #[error("The last active administrator cannot be suspended")]
    LastAdministrator,
    /// The account was switched off, which is no suspension and is not to become one.
    #[error("The account is switched off; it can be neither suspended nor reactivated")]
    SwitchedOff,
    /// The person is suspended, which is not ended by switching the account on.
    #[error("The person is suspended; the suspension must be ended first")]
    Suspended,
    /// The person has a camera account, or one is being replaced, which nobody could find again.
    #[error("The person has a camera account; it must be deleted first")]
    CameraAccount,
    /// There was a person with the id, and ids are not given twice.
    #[error("The person was deleted; the id is not given again")]
    Deleted,
}
