//! The outside of Portcullis: everything behind the domain's ports.

pub mod clock;
pub mod entropy;
pub mod hasher;
pub mod mail;
pub mod relay;
pub mod seal;
pub mod store;
pub mod threedeye;
pub mod totp;
