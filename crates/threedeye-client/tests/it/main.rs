//! The client against scripted answers, broken connections and the stand-in.

mod bodies;
mod classification;
mod configuration;
mod deadline;
mod operations;
mod paging;
mod raw;
mod remote;
mod secrets;
mod stand_in;
mod tokens;
