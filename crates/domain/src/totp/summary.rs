//! What is told of a person's second factors, without any secret.

use crate::clock::Timestamp;
use crate::ids::UserId;
use crate::text::UserName;

/// Which people a list of second factors is to hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FactorFilter {
    /// Those with no second factor, and no enrolment begun.
    None,
    /// Those who began an enrolment of TOTP and did not confirm it.
    Pending,
    /// Those with TOTP in use.
    Totp,
}

impl FactorFilter {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::None, Self::Pending, Self::Totp];

    /// The word on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Pending => "pending",
            Self::Totp => "totp",
        }
    }

    /// The filter of a word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|filter| filter.as_str() == word)
    }
}

/// How far somebody is with TOTP.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum TotpState {
    /// Nothing was begun.
    #[default]
    None,
    /// An enrolment was begun and not confirmed.
    Pending,
    /// It is asked for.
    InUse,
}

/// A person with an account, and what second factors there are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FactorSummary {
    /// The person.
    pub user: UserId,
    /// The account's sign-in name.
    pub username: UserName,
    /// How far the person is with TOTP.
    pub totp: TotpState,
    /// Since when that is so; none when it is not known, as of those set up under a release that did not note it.
    pub totp_since: Option<Timestamp>,
    /// When the step began that a code of the app was accepted for last; backup codes do not show here.
    pub totp_last_used: Option<Timestamp>,
    /// Unused backup codes.
    pub backup_codes: usize,
}
