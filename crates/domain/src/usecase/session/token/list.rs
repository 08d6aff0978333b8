//! Which personal access tokens one has.

use std::sync::Arc;

use super::{TokenOrderRefusal, permitted};
use crate::port::Sessions;
use crate::session::HeldToken;
use crate::usecase::{Request, UseCaseError};

/// Lists the personal access tokens of whoever is signed in, oldest first; the tokens themselves are kept by nobody.
///
/// Refused: [`TokenOrderRefusal::NotAllowed`].
pub struct ListPersonalAccessTokens {
    sessions: Arc<dyn Sessions>,
}

impl ListPersonalAccessTokens {
    /// Wires the use case.
    pub fn new(sessions: Arc<dyn Sessions>) -> Self {
        Self { sessions }
    }

    /// Lists them.
    pub async fn execute(&self, request: &Request) -> Result<Vec<HeldToken>, UseCaseError<TokenOrderRefusal>> {
        Ok(self.sessions.tokens_of(permitted(request)?.id).await?.tokens)
    }
}
