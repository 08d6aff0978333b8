#![doc = include_str!("../README.md")]
#![warn(missing_docs)]

mod body;
mod calls;
mod config;
mod connection;
mod door;
mod extract;
mod fault;
mod faults;
mod ids;
mod intercept;
mod operation;
mod refusal;
mod routes;
mod server;
mod state;
mod world;

pub use calls::Call;
pub use config::{Credentials, SimConfig};
pub use fault::{Fault, Misbehaviour, When};
pub use operation::Operation;
pub use refusal::Refusal;
pub use server::{RunningSim, Sim, StartError};
pub use state::{SimState, StateFileError};
pub use world::{NewUser, Role, User};
