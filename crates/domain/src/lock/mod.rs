//! Locks: what a grant is about, and which organisation it belongs to.

mod decide;
mod error;
mod event;
mod model;
mod project;
mod view;

pub use decide::{CreateLock, create};
pub use error::LockRefusal;
pub use event::LockCreated;
pub use model::Lock;
pub(crate) use project::project;
pub use view::LockView;
