//! Accounts.

pub(super) mod reset_totp;
