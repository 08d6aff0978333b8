//! Camera accounts.

pub(super) mod reset;
