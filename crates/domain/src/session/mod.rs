//! Sessions of accounts: who is signed in, and which tokens stand for a person.

mod decide;
mod error;
mod event;
mod held;
mod kind;
mod model;

pub use decide::{MOST_TOKENS, create_token, log_out, regenerate_token, remove_token};
pub use error::{LogOutRefusal, SignInRefusal, TokenRefusal};
pub use event::{
    PersonalAccessTokenCreated, PersonalAccessTokenRegenerated, PersonalAccessTokenRemoved, UserLoggedOut,
};
pub use held::{HeldToken, HeldTokens};
pub use kind::{PersonalAccessToken, RememberedFactor, SessionKind, TokenName};
pub use model::{AuthToken, Session, SignedIn, StoredCredentials, TokenHash};
