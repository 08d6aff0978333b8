//! The stand-in over real HTTP, with a client that knows nothing of it.

mod calls;
mod connections;
mod contract;
mod faults;
mod peer;
mod serving;
