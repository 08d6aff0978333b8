//! The adapters against real databases.
//!
//! Postgres is reached through `PORTCULLIS_TEST_POSTGRES`, an address that may create databases, such as
//! `postgres://postgres@127.0.0.1:5432/postgres`. Without it the tests that need it fail and say so.
#![expect(clippy::unwrap_used, reason = "a panic is how a test says that it failed")]

mod contract;
mod factors;
mod gateway;
mod harness;
mod hashing_load;
mod mail;
mod mail_servers;
mod observed;
mod seal;
mod store;
