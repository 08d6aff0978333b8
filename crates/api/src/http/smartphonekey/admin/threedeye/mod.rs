//! Camera accounts.

pub(super) mod backfill;
pub(super) mod diagnose;
pub(super) mod reset;
