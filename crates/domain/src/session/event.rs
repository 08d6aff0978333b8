//! What happens to a person's sessions and tokens, as far as it is history: signing in and out is not. No token, hash or
//! name of a token is ever in here.

use serde::{Deserialize, Serialize};

use crate::ids::UserId;

/// The person got a token for a program.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PersonalAccessTokenCreated {
    /// The person.
    pub user_id: UserId,
    /// Does its bearer pass where a second factor is asked for?
    pub bypass_two_factor: bool,
}

/// One of the person's tokens was replaced by a new one of the same name; the old one is void.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PersonalAccessTokenRegenerated {
    /// The person.
    pub user_id: UserId,
    /// Does its bearer pass where a second factor is asked for?
    pub bypass_two_factor: bool,
}

/// One of the person's tokens is void.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PersonalAccessTokenRemoved {
    /// The person.
    pub user_id: UserId,
}

/// Somebody else ended all sessions the person began by signing in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct UserLoggedOut {
    /// The person.
    pub user_id: UserId,
}
