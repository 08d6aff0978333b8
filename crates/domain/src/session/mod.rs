//! Sessions of accounts: who is signed in.

mod error;
mod failures;
mod model;

pub use error::SignInRefusal;
pub use failures::{Blocked, FailedSignIns, FailureCounts, FailureKey, LockoutPolicy, client_network};
pub use model::{AuthToken, Session, SessionKind, SignedIn, StoredCredentials, TokenHash};
