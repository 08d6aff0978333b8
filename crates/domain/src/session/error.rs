//! Why somebody cannot sign in, or have a token.

use serde::{Deserialize, Serialize};
use thiserror::Error;

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
}

/// What stands in the way of a change to personal access tokens.
#[derive(Debug, Clone, PartialEq, Eq, Error, Serialize, Deserialize)]
pub enum TokenRefusal {
    /// Another token of the person has the name.
    #[error("A token with this name already exists")]
    NameTaken,
    /// None of the person's tokens has the name.
    #[error("Token does not exist")]
    Unknown,
    /// The person has [`MOST_TOKENS`](super::MOST_TOKENS) already.
    #[error("A person can have 50 personal access tokens at most")]
    TooMany,
}

/// What stands in the way of signing somebody out.
#[derive(Debug, Clone, PartialEq, Eq, Error, Serialize, Deserialize)]
pub enum LogOutRefusal {
    /// Nobody with an account has the id.
    #[error("Invalid user id")]
    UnknownUser,
}
