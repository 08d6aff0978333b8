//! The stand-in over real HTTP, with a client that knows nothing of it.

mod contract;
mod faults;
mod peer;
mod serving;
