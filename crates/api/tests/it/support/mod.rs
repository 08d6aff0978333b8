//! The whole service in one process, without the world outside.

mod account;
mod answer;
mod app;
mod credentials;
mod issuer;
mod log;
mod trusting;

pub(crate) use account::{Account, PASSED, shown};
pub(crate) use answer::Answer;
pub(crate) use app::{TestApp, post_json};
pub(crate) use credentials::{ADMIN_KEY, JWT_SECRET, claims, signed};
pub(crate) use issuer::{Issuer, Says, jwk, key_set, signed_as, signed_with};
pub(crate) use log::Log;
pub(crate) use trusting::Trusting;
