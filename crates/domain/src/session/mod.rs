//! Sessions of accounts: who is signed in.

mod error;
mod kind;
mod model;

pub use error::SignInRefusal;
pub use kind::{PersonalAccessToken, RememberedFactor, SessionKind, TokenName};
pub use model::{AuthToken, Session, SignedIn, StoredCredentials, TokenHash};
