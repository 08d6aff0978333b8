//! Why somebody cannot sign in.

use thiserror::Error;

use super::Blocked;
use crate::totp::Challenge;

/// What stands in the way of a sign-in.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum SignInRefusal {
    /// Unknown name, no account, or wrong password: told apart by nobody.
    #[error("Unauthorized")]
    WrongCredentials,
    /// The person is switched off or suspended.
    #[error("the account is not activated")]
    NotActivated,
    /// A second factor is needed, or was wrong.
    #[error("a second factor is needed")]
    SecondFactor(Challenge),
    /// Too many sign-ins failed: nothing is looked at until the window is over.
    #[error("sign-in is blocked for a time")]
    Blocked(Blocked),
}
