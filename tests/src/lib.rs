//! What black-box tests need: the built binary as a process, a database of its own for each test, and clients that speak
//! the three contracts. Nothing here knows the service from within.

pub mod cli;
pub mod client;
pub mod database;
mod machine;
pub mod server;
