//! What happened to one thing.

pub(super) mod events;
