//! The tasks behind `cargo xtask …`. Unix only, like the service.
//!
//! Kept to a handful of light dependencies, because a fresh machine compiles this before anything else happens.
//!
//! # How to add
//!
//! * **a task**: a module with one `run` function, a subcommand in `main.rs`.
//! * **a tool the tests need** (an interpreter, a browser): a module beside [`postgres`] and [`clients`] that finds it,
//!   installs it where that is possible and otherwise says exactly what to install; a line in [`tools`] that hands it to
//!   the tests.
//! * **a check that needs no running service**: a line in [`lints`].

pub mod bench;
pub mod clients;
pub mod crate_tree;
pub mod debian;
pub mod deny;
pub mod lints;
pub mod machine;
pub mod numbers;
pub mod openapi;
pub mod postgres;
pub mod semver;
pub mod step;
pub mod tests;
pub mod tools;
