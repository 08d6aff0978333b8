//! The personal access tokens a person has now.

use super::{PersonalAccessToken, TokenHash, TokenName};
use crate::clock::Timestamp;
use crate::ids::UserId;

/// A person's tokens, read in one statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldTokens {
    /// The person.
    pub user: UserId,
    /// Credential epoch of the person.
    pub epoch: u64,
    /// The tokens, oldest first.
    pub tokens: Vec<HeldToken>,
}

impl HeldTokens {
    /// The token with a name.
    pub fn named(&self, name: &TokenName) -> Option<&HeldToken> {
        self.tokens.iter().find(|held| held.about.name == *name)
    }
}

/// One of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldToken {
    /// Hash of the token.
    pub token: TokenHash,
    /// Since when there is this token.
    pub created_at: Timestamp,
    /// What is known of it besides.
    pub about: PersonalAccessToken,
}
