//! People: one person in all three worlds, with an optional account for signing in.

mod contact;
mod decide;
mod error;
mod event;
mod model;
mod project;
mod state;
mod suspend;
mod view;

pub use contact::{UpdateEmail, update_email, update_phone_number};
pub use decide::{AddAccount, CreateUser, NewAccount, add_account, create, set_password};
pub use error::UserRefusal;
pub use event::{
    AccountAdded, ContactAction, PasswordSet, UserCreated, UserEmailUpdated, UserPhoneNumberUpdated, UserReactivated,
    UserSuspended,
};
pub use model::{
    Account, OtherAdministrators, OwnRecord, PasswordDigest, PasswordHash, Person, Profile, Role, UserStatus, Voucher,
};
pub(crate) use project::project;
pub use state::UserState;
pub use suspend::{ReactivateUser, SuspendUser, reactivate, suspend};
pub use view::{AccountView, StatusChangeView, UserView};
