//! People: one person in all three worlds, with an optional account for signing in.

mod decide;
mod error;
mod event;
mod model;
mod project;
mod state;
mod view;

pub use decide::{AddAccount, CreateUser, NewAccount, add_account, create, set_password};
pub use error::UserRefusal;
pub use event::{
    AccountAdded, EmailAction, PasswordSet, UserCreated, UserEmailUpdated, UserReactivated, UserSuspended,
};
pub use model::{Account, PasswordDigest, PasswordHash, Person, Profile, Role, UserStatus, Voucher};
pub(crate) use project::project;
pub use state::UserState;
pub use view::{AccountView, StatusChangeView, UserView};
