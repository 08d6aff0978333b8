//! Second factors.

use std::sync::Arc;

use portcullis_domain::usecase::{Commands, totp};

use super::gate;
use crate::app::{Ports, Settings};

/// Second factors.
pub struct Totp {
    pub gate: totp::SecondFactorGate,
    pub enable: totp::EnableTotp,
    pub confirm: totp::ConfirmTotp,
    pub disable: totp::DisableTotp,
    pub regenerate: totp::RegenerateBackupCodes,
    pub remaining: totp::BackupCodesRemaining,
    pub enable_email: totp::EnableEmailFactor,
    pub disable_email: totp::DisableEmailFactor,
    pub send_email_code: totp::SendEmailCode,
    pub reset: totp::ResetTotp,
    pub list: totp::ListSecondFactors,
}

impl Totp {
    pub(super) fn new(commands: &Commands, ports: &Ports, settings: &Settings) -> Self {
        let commands = || commands.clone();
        let users = || Arc::clone(&ports.users);
        let factors = || Arc::clone(&ports.totp);
        let hasher = || Arc::clone(&ports.hasher);
        let codes = || Arc::clone(&ports.codes);
        let gate = || gate(&commands(), ports, settings);
        Self {
            enable: totp::EnableTotp::new(commands(), users(), factors(), codes()),
            confirm: totp::ConfirmTotp::new(commands(), users(), factors(), hasher(), codes()),
            disable: totp::DisableTotp::new(commands(), users(), factors(), gate()),
            regenerate: totp::RegenerateBackupCodes::new(commands(), users(), factors(), hasher(), gate()),
            remaining: totp::BackupCodesRemaining::new(factors()),
            enable_email: totp::EnableEmailFactor::new(commands(), users(), factors()),
            disable_email: totp::DisableEmailFactor::new(commands(), users(), factors(), gate()),
            send_email_code: totp::SendEmailCode::new(commands(), users(), gate()),
            reset: totp::ResetTotp::new(commands(), users(), factors(), gate()),
            list: totp::ListSecondFactors::new(factors()),
            gate: gate(),
        }
    }
}
