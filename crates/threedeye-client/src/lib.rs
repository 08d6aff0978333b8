#![doc = include_str!("../README.md")]
#![deny(missing_docs)]

mod answer;
mod attempt;
mod circuit;
mod client;
mod config;
mod error;
mod model;
mod observer;
mod operation;
mod outcome;
mod paging;
mod redact;
mod request;
mod roles;
mod token;
mod transport;
mod users;
mod wire;

pub use circuit::{Circuit, CircuitState};
pub use client::Client;
pub use config::{Config, ConfigError};
pub use error::{Cause, Error};
pub use model::{Deletion, InvalidId, NewRole, NewUser, Page, Role, RoleId, User, UserId};
pub use observer::{Call, Load, Observer};
pub use operation::Operation;
