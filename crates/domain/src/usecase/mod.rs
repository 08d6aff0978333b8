//! What can be asked of the service: one command or query a file. Each holds the ports it needs and nothing else.

pub mod access;
pub mod camera_role;
mod command;
mod error;
pub mod history;
pub mod lock;
mod operator;
pub mod org;
pub mod outbox;
pub mod permission;
pub mod relay;
mod remember;
mod request;
pub mod session;
pub mod threedeye;
pub mod totp;
pub mod user;

pub use command::{Commands, Done, Outcome};
pub use error::UseCaseError;
pub use request::{IfMatch, Request};
