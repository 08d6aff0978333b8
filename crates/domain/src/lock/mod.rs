//! Locks: what a grant is about, and which organisation it belongs to.

mod decide;
mod error;
mod event;
mod model;
mod project;
mod view;

pub use decide::{CreateLock, SetOrganization, SetOwner, create, set_organization, set_owner};
pub use error::LockRefusal;
pub use event::{LockCreated, LockOrganizationSet, LockOwnerSet};
pub use model::{Lock, LockDetails, Maker};
pub(crate) use project::project;
pub use view::LockView;
