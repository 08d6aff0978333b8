//! Sessions of accounts: who is signed in.

mod error;
mod model;

pub use error::SignInRefusal;
pub use model::{AuthToken, Session, SessionKind, SignedIn, StoredCredentials, TokenHash};
