//! Who is signed in.

use async_trait::async_trait;

use super::Unavailable;
use crate::ids::UserId;
use crate::session::{HeldTokens, SignedIn, TokenHash};

/// Sessions of accounts. A session that was ended by an acknowledged commit is not found any more, on any process; nor is
/// one whose own end has come by the store's clock.
#[cfg_attr(feature = "mocks", mockall::automock)]
#[async_trait]
pub trait Sessions: Send + Sync {
    /// The session with this token, what its roles permit, and the credential epoch of its person: from one statement, so
    /// that a change of the permission table counts for every request that begins after it was acknowledged, and whatever
    /// ends the session after it was found has moved the epoch found with it.
    async fn find(&self, token: &TokenHash) -> Result<Option<SignedIn>, Unavailable>;

    /// The personal access tokens of a person, oldest first, with the credential epoch, from one statement. Somebody
    /// unknown has none.
    async fn tokens_of(&self, user: UserId) -> Result<HeldTokens, Unavailable>;
}
