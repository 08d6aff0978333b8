//! How many backup codes are left.

use std::sync::Arc;

use super::own;
use crate::port::TotpStore;
use crate::totp::{Totp, TotpRefusal};
use crate::usecase::{Request, UseCaseError};

/// Counts the unused backup codes of whoever is signed in.
///
/// Refused: [`TotpRefusal::InvalidCode`] when TOTP is not in use.
pub struct BackupCodesRemaining {
    factors: Arc<dyn TotpStore>,
}

impl BackupCodesRemaining {
    /// Wires the use case.
    pub fn new(factors: Arc<dyn TotpStore>) -> Self {
        Self { factors }
    }

    /// Counts them.
    pub async fn execute(&self, request: &Request) -> Result<usize, UseCaseError<TotpRefusal>> {
        let factor = self.factors.find(own::operator(&request.caller)?.id).await?;
        if factor.live_secret().is_none() {
            return Err(UseCaseError::Refused { refusal: TotpRefusal::InvalidCode, replayed: None });
        }
        Ok(factor.totp.as_ref().map_or(0, Totp::backup_codes_left))
    }
}
