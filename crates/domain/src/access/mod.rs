//! Access: which person has which lock, from when until when.

mod decide;
mod error;
mod event;
mod model;
mod project;
mod view;

pub use decide::{
    AddAccessibleLock as AddAccess, RemoveAccessibleLock as RemoveAccess, WINDOW_ENDED, add, expire, remove, remove_all,
};
pub use error::AccessRefusal;
pub use event::{AccessibleLockAdded, AccessibleLockRemoved};
pub use model::{AccessLevel, Grant, GrantState, Window};
pub(crate) use project::{granted, project};
pub use view::GrantView;
