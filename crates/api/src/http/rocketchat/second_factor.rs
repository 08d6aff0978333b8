//! What `method.call`, `users.totp.*` and the routes that ask for a second factor have in common.

use portcullis_domain::secret::Secret;
use portcullis_domain::totp::{ChallengeKind, TotpRefusal};
use portcullis_domain::usecase::UseCaseError;
use portcullis_domain::usecase::totp::{BegunEnrolment, GateRefusal};
use serde::Serialize;
use utoipa::ToSchema;

use super::failure::{Failure, Refusal, challenge_text};

/// Code and text of a refusal.
pub(super) const fn told(refusal: &TotpRefusal) -> (&'static str, &'static str) {
    match refusal {
        TotpRefusal::AlreadyEnabled => ("error-2fa-already-enabled", "2FA already enabled"),
        TotpRefusal::InvalidCode => ("invalid-totp", "Invalid TOTP"),
        TotpRefusal::TooManyFailures => challenge_text(ChallengeKind::TooManyFailures),
        TotpRefusal::AddressNotVerified => {
            ("error-invalid-user", "You need to verify your emails before setting up 2FA")
        }
    }
}

impl Refusal for GateRefusal {
    fn failure(self) -> Failure {
        Failure::challenge(&self.0)
    }
}

/// What an authenticator app needs; shown once.
#[derive(Serialize, ToSchema)]
#[schema(as = TotpEnrolment)]
pub(super) struct Enrolment {
    /// In base32.
    #[schema(example = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZD")]
    secret: String,
    #[schema(example = "otpauth://totp/Rocket.Chat%3Aada?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZD")]
    url: String,
}

impl From<&BegunEnrolment> for Enrolment {
    fn from(begun: &BegunEnrolment) -> Self {
        Self { secret: begun.secret.expose().to_owned(), url: begun.url.expose().clone() }
    }
}

/// Backup codes; shown once.
#[derive(Serialize, ToSchema)]
#[schema(as = BackupCodes)]
pub(super) struct Codes {
    #[schema(example = json!(["7xKq2mWz", "Gd4TnR9b"]))]
    codes: Vec<String>,
}

impl From<Vec<Secret<String>>> for Codes {
    fn from(codes: Vec<Secret<String>>) -> Self {
        Self { codes: codes.iter().map(|code| code.expose().clone()).collect() }
    }
}

/// How many backup codes are left.
#[derive(Serialize, ToSchema)]
#[schema(as = BackupCodesRemaining)]
pub(super) struct Remaining {
    #[schema(example = 12)]
    pub(super) remaining: usize,
}

/// Was TOTP switched off?
#[derive(Serialize, ToSchema)]
#[schema(as = TotpDisabledAnswer)]
pub(super) struct Disabled {
    #[schema(example = true)]
    pub(super) disabled: bool,
}

/// Where the peer gives a wrong code no error but no result either.
pub(super) fn unless_wrong<T>(
    answered: Result<T, UseCaseError<TotpRefusal>>,
) -> Result<Option<T>, UseCaseError<TotpRefusal>> {
    match answered {
        Err(UseCaseError::Refused { refusal: TotpRefusal::InvalidCode, .. }) => Ok(None),
        answered => answered.map(Some),
    }
}
