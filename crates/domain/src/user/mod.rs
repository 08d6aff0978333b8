//! People: one person in all three worlds, with an optional account for signing in.

mod active;
mod contact;
mod decide;
mod delete;
mod edit;
mod error;
mod event;
mod model;
mod project;
mod state;
mod suspend;
mod view;

pub use active::set_active;
pub use contact::{UpdateEmail, update_email, update_phone_number};
pub use decide::{AddAccount, CreateUser, NewAccount, add_account, create, set_password};
pub use delete::delete;
pub use edit::{EditAccount, Standing, edit_account};
pub use error::UserRefusal;
pub use event::{
    AccountAdded, AccountRenamed, ContactAction, EmailVerificationSet, PasswordSet, RolesChanged, UserActivated,
    UserCreated, UserDeactivated, UserDeleted, UserEmailUpdated, UserPhoneNumberUpdated, UserReactivated,
    UserSuspended,
};
pub use model::{
    Account, OtherAdministrators, OwnRecord, PasswordDigest, PasswordHash, Person, Profile, Role, UserStatus, Voucher,
    is_password,
};
pub(crate) use project::project;
pub use state::UserState;
pub use suspend::{ReactivateUser, SuspendUser, reactivate, suspend};
pub use view::{AccountView, StatusChangeView, UserView};
