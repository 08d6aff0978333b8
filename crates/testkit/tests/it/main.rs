//! The suites against the fakes, and what the suites themselves need to be trusted.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]

mod fakes;
mod gateway;
mod lists;
mod memory;
