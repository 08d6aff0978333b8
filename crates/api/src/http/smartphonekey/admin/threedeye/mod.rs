//! Camera accounts.

pub(super) mod diagnose;
pub(super) mod reset;
