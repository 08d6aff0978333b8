//! The outside of Portcullis: everything behind the domain's ports.

pub mod mail;
pub mod relay;
pub mod threedeye;
