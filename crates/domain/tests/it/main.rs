//! The rules, without a store: given, when, then; properties; golden JSON; the table of who may do what.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]

mod access;
mod admission;
mod clock;
mod envelope;
mod golden;
mod ids;
mod lock;
mod org;
mod policy;
mod session;
mod state;
mod text;
mod threedeye;
mod totp_states;
mod totp_verify;
mod usecase;
mod user;
mod user_contact;
mod user_suspend;
