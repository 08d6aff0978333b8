//! Camera roles: named sets of cameras at 3dEye, and which people are in them.
//!
//! 3dEye knows what cameras a role has; here is kept which of its roles are ours and who is to be in them. That somebody
//! is in one here holds whatever becomes of the person's account there: a new account gets the role again.

mod decide;
mod error;
mod event;
mod model;
mod project;
mod view;

pub use decide::{CreateCameraRole, DeleteCameraRole, assign, create, delete, remove, remove_all};
pub use error::CameraRoleRefusal;
pub use event::{CameraRoleCreated, CameraRoleDeleted, CameraRoleUserAssigned, CameraRoleUserRemoved};
pub use model::{CameraRole, CameraRoleStatus, Making, Makings, Member, Membership};
pub(crate) use project::project;
pub use view::{CameraRoleUserView, CameraRoleView};
