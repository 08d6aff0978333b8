//! Sign-ins with a password.

use portcullis_domain::session::{Blocked, SignInRefusal};
use portcullis_domain::totp::ChallengeKind;
use portcullis_domain::usecase::UseCaseError;
use prometheus_client::registry::Registry;

use super::labels::Counters;

const OUTCOMES: [&str; 9] = [
    "ok",
    "wrong",
    "switched_off",
    "account_blocked",
    "address_blocked",
    "factor_asked",
    "factor_wrong",
    "factor_blocked",
    "failed",
];

/// Sign-ins with a password.
#[derive(Debug)]
pub struct SignInMetrics {
    outcomes: Counters,
}

impl SignInMetrics {
    pub(super) fn register(registry: &mut Registry) -> Self {
        let outcomes = Counters::new("outcome", OUTCOMES);
        registry.register("sign_ins", "Sign-ins with a password, by outcome", outcomes.family.clone());
        Self { outcomes }
    }

    /// Somebody tried to sign in.
    pub fn ended<T>(&self, tried: &Result<T, UseCaseError<SignInRefusal>>) {
        self.outcomes.count(match tried {
            Ok(_) => "ok",
            Err(UseCaseError::Refused { refusal, .. }) => refused(refusal),
            Err(_) => "failed",
        });
    }
}

const fn refused(refusal: &SignInRefusal) -> &'static str {
    match refusal {
        SignInRefusal::WrongCredentials => "wrong",
        SignInRefusal::NotActivated => "switched_off",
        SignInRefusal::Blocked(Blocked::Account) => "account_blocked",
        SignInRefusal::Blocked(Blocked::Address) => "address_blocked",
        SignInRefusal::SecondFactor(challenge) => match challenge.kind {
            ChallengeKind::Required => "factor_asked",
            ChallengeKind::Invalid => "factor_wrong",
            ChallengeKind::TooManyFailures => "factor_blocked",
        },
    }
}
