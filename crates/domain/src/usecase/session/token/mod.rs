//! Personal access tokens: made, listed, replaced and removed by whoever they stand for.

mod create;
mod list;
mod own;
mod regenerate;
mod remove;

use std::sync::Arc;

use thiserror::Error;

pub use create::{CreatePersonalAccessToken, TokenOrder};
pub use list::ListPersonalAccessTokens;
pub(super) use own::TokenCommand;
pub use regenerate::RegeneratePersonalAccessToken;
pub use remove::RemovePersonalAccessToken;

use crate::policy::{Action, Denied, OperatorCaller, Resource, allows};
use crate::port::{Hasher, Sessions, UserRepository};
use crate::session::TokenRefusal;
use crate::totp::{Challenge, Proof};
use crate::usecase::totp::{Remembering, SecondFactorGate};
use crate::usecase::{Commands, Request, UseCaseError};

/// What everything about personal access tokens needs.
#[derive(Clone)]
pub struct TokenPorts {
    /// Where commits go.
    pub commands: Commands,
    /// People.
    pub users: Arc<dyn UserRepository>,
    /// Sessions and tokens.
    pub sessions: Arc<dyn Sessions>,
    /// Makes hashes of tokens.
    pub hasher: Arc<dyn Hasher>,
}

/// Why a request about personal access tokens is refused, in the order it is looked at.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum TokenOrderRefusal {
    /// The caller's own second factor is not proved.
    #[error("a second factor is needed")]
    SecondFactor(Challenge),
    /// The caller may not have tokens.
    #[error("Not Authorized")]
    NotAllowed,
    /// A rule of tokens stands in the way.
    #[error(transparent)]
    Rule(#[from] TokenRefusal),
}

const fn refused(refusal: TokenOrderRefusal) -> UseCaseError<TokenOrderRefusal> {
    UseCaseError::Refused { refusal, replayed: None }
}

/// Whoever is signed in, if tokens are theirs to manage.
fn permitted(request: &Request) -> Result<&OperatorCaller, UseCaseError<TokenOrderRefusal>> {
    let operator = request.caller.operator.as_ref().ok_or(Denied)?;
    let own = Resource::Person { id: operator.id, org: None };
    match allows(&request.caller, Action::ManageOwnTokens, own) {
        Ok(_) => Ok(operator),
        Err(Denied) => Err(refused(TokenOrderRefusal::NotAllowed)),
    }
}

/// The same, with the second factor proved before.
async fn proved<'r>(
    gate: &SecondFactorGate,
    request: &'r Request,
    proof: &Proof,
) -> Result<&'r OperatorCaller, UseCaseError<TokenOrderRefusal>> {
    let user = request.caller.operator.as_ref().ok_or(Denied)?.id;
    let passed = gate.pass(request, user, proof, Remembering::Allowed).await;
    passed.map_err(|error| error.among(TokenOrderRefusal::SecondFactor))?;
    permitted(request)
}

/// A rule's refusal among those of the request.
fn of_rule(error: UseCaseError<TokenRefusal>) -> UseCaseError<TokenOrderRefusal> {
    match error {
        UseCaseError::Refused { refusal, replayed } => UseCaseError::Refused { refusal: refusal.into(), replayed },
        UseCaseError::Unavailable(unavailable) => unavailable.into(),
        // Whoever is signed in exists; gone meanwhile is signed out.
        UseCaseError::Denied(_) | UseCaseError::NotFound { .. } => Denied.into(),
        UseCaseError::Stale => UseCaseError::Stale,
        UseCaseError::KeyReused => UseCaseError::KeyReused,
        UseCaseError::Conflict => UseCaseError::Conflict,
    }
}
