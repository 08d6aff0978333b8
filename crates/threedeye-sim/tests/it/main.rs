//! The stand-in over real HTTP, with a client that knows nothing of it.

mod calls;
mod connections;
mod contract;
mod control;
mod faults;
mod kept;
mod page;
mod peer;
mod serving;
