//! What black-box tests need: the built binary as a process, a database of its own for each test, clients that speak
//! the three contracts, and a checker of what they were told. Nothing here knows the service from within.

pub mod cli;
pub mod client;
pub mod clock;
pub mod database;
pub mod demo;
pub mod dice;
pub mod lifetimes;
pub mod linear;
mod machine;
pub mod sample;
pub mod script;
pub mod server;
pub mod sink;
