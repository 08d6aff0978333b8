//! Organisations and their keys.

mod create_key;
mod key_use;
mod list_keys;
mod list_tenants;
mod new_key;
mod register;
mod revoke_key;
mod rotate_key;

pub use create_key::{CreateApiKey, KeyOrder};
pub use key_use::RecordKeyUse;
pub use list_keys::{KeyPage, KeyQuery, ListApiKeys};
pub use list_tenants::{ListTenants, TenantPage};
pub use new_key::NewApiKey;
pub use register::{RegisterTenant, TenantOrder};
pub use revoke_key::RevokeApiKey;
pub use rotate_key::RotateApiKey;
