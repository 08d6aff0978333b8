//! What tests of Portcullis stand on: a store in memory, fakes of every port, builders, and the contract suites every
//! adapter has to pass.
//!
//! * [`memory`]: [`MemoryStore`](memory::MemoryStore), all store-side ports over plain maps. Fit for the unit tests of
//!   programs that embed the domain, too.
//! * [`fake`]: clock, randomness, hashing, codes, 3dEye and mail without the world outside.
//! * [`build`]: people, locks, grants and commits in a line each, written through the
//!   [`EventStore`](portcullis_domain::port::EventStore), so that any store can be filled.
//! * [`contract`]: one suite for all adapters of a port. [`store_contract!`] and [`gateway_contract!`] make tests of it.
//!
//! # How to add
//!
//! * **a case**: a `pub async fn` in a file under `contract/`, its name in the list of that suite's macro. A test
//!   compares the two.
//! * **a port**: a fake here, a method of the harness, a file of cases.
#![expect(clippy::missing_panics_doc, reason = "a panic is how test support says that a test failed")]

pub mod build;
pub mod contract;
pub mod fake;
pub mod memory;
