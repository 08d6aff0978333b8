//! The client against scripted answers, broken connections and the stand-in.

/// Not public, so it is compiled in.
#[path = "../../src/circuit/mod.rs"]
pub mod circuit;

mod bodies;
mod breaker;
mod classification;
mod concurrency;
mod configuration;
mod deadline;
mod examples;
mod operations;
mod paging;
mod raw;
mod remote;
mod secrets;
mod stand_in;
mod stand_in_circuit;
mod tokens;
