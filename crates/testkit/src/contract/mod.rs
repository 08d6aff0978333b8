//! One suite for all adapters of a port: what the doc comments of the ports promise, as tests.

pub mod gateway;
mod harness;
mod macros;
pub mod store;

pub use harness::{GatewayHarness, StoreHarness};
