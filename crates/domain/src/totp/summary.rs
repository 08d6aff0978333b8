//! What is told of a person's second factors, without any secret.

use crate::clock::Timestamp;
use crate::ids::UserId;
use crate::text::UserName;

/// Which people a list of second factors is to hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FactorFilter {
    /// Those with no second factor, whether effective or not, and no enrolment begun.
    None,
    /// Those who began an enrolment of TOTP and did not confirm it.
    Pending,
    /// Those with TOTP in use.
    Totp,
    /// Those who switched codes by e-mail on, whether effective or not; beside them they may have anything else.
    Email,
}

impl FactorFilter {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::None, Self::Pending, Self::Totp, Self::Email];

    /// The word on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Pending => "pending",
            Self::Totp => "totp",
            Self::Email => "email",
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
    /// Did the person switch codes by e-mail on?
    pub email: bool,
    /// Since when they are switched on, or off again; none when it is not known, or they never were.
    pub email_since: Option<Timestamp>,
    /// Is there a confirmed address to mail codes to?
    pub address_verified: bool,
}

impl FactorSummary {
    /// Are codes by e-mail asked for? Without a confirmed address they are not, whatever the person switched on.
    pub const fn email_is_effective(&self) -> bool {
        self.email && self.address_verified
    }

    /// Does the list of a filter hold the person?
    pub fn is_listed(&self, filter: FactorFilter) -> bool {
        match filter {
            FactorFilter::None => self.totp == TotpState::None && !self.email,
            FactorFilter::Pending => self.totp == TotpState::Pending,
            FactorFilter::Totp => self.totp == TotpState::InUse,
            FactorFilter::Email => self.email,
        }
    }

    /// All lists that hold the person, at least one.
    pub fn states(&self) -> impl Iterator<Item = FactorFilter> {
        FactorFilter::ALL.into_iter().filter(|filter| self.is_listed(*filter))
    }
}
