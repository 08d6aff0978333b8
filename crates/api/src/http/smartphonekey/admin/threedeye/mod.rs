//! Camera accounts.

pub(super) mod backfill;
pub(super) mod diagnose;
pub(super) mod drift;
pub(super) mod repair;
pub(super) mod reset;
