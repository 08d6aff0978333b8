//! Organisations (tenants) and the keys they call with.

mod decide;
mod error;
mod event;
mod model;
mod project;
mod view;

pub use decide::{CreateApiKey, RegisterTenant, RotateApiKey, create_key, register, revoke_key, rotate_key};
pub use error::OrgRefusal;
pub use event::{ApiKeyCreated, ApiKeyRevoked, TenantRegistered};
pub use model::{ApiKeyText, KeptKey, ListedKey, ListedTenant, StoredApiKey, Tenant};
pub(crate) use project::project;
pub use view::{ApiKeyView, KeyStatus, TenantView};
