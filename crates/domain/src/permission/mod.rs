//! The permission table: what roles permit, as administrators changed it.

mod decide;
mod error;
mod event;
mod model;
mod project;
mod view;

pub use decide::{UpdatePermissions, update};
pub use error::PermissionRefusal;
pub use event::PermissionsChanged;
pub use model::{ChangedRoles, PermissionTable, effective};
pub(crate) use project::project;
pub use view::{PermissionTableView, PermissionView};
