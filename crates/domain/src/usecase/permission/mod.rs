//! What roles permit.

mod list;
mod update;

pub use list::{ListPermissions, ListedPermission};
pub use update::ChangePermissions;
