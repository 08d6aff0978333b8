//! Organisations and their keys.

mod create_key;
mod revoke_key;

pub use create_key::{CreateApiKey, KeyOrder, NewApiKey};
pub use revoke_key::RevokeApiKey;
