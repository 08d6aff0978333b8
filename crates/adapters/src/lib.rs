//! Adapters of Portcullis.

pub mod clock;
pub mod entropy;
pub mod hasher;
pub mod seal;
pub mod totp;
