//! Organisations (tenants) and the keys they call with.

mod decide;
mod error;
mod event;
mod model;
mod project;
mod view;

pub use decide::{CreateApiKey, create_key, revoke_key};
pub use error::OrgRefusal;
pub use event::{ApiKeyCreated, ApiKeyRevoked, TenantRegistered};
pub use model::{ApiKeyText, StoredApiKey, Tenant};
pub(crate) use project::project;
pub use view::{ApiKeyView, TenantView};
