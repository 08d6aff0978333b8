//! What happens to a person's second factor. No secret, code or hash is ever in here.

use serde::{Deserialize, Serialize};

use crate::ids::UserId;

/// TOTP was confirmed with a code and is asked for from now on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TotpEnrolled {
    /// The person.
    pub user_id: UserId,
}

/// The person switched TOTP off.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TotpDisabled {
    /// The person.
    pub user_id: UserId,
}

/// The person got new backup codes; the old ones are void.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BackupCodesRegenerated {
    /// The person.
    pub user_id: UserId,
}

/// The person switched codes by e-mail on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EmailFactorEnabled {
    /// The person.
    pub user_id: UserId,
}

/// The person switched codes by e-mail off.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EmailFactorDisabled {
    /// The person.
    pub user_id: UserId,
}

/// The person's TOTP was cleared and the sessions ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TotpReset {
    /// The person.
    pub user_id: UserId,
    /// Was TOTP in use?
    pub had_totp: bool,
    /// Was an enrolment begun and not confirmed?
    pub had_pending: bool,
    /// How many unused backup codes went.
    pub backup_codes: u32,
    /// How many sessions ended, counted when the reset was decided.
    pub sessions_ended: u64,
}
