//! How a use case can fail. What a status code of it is, each driving adapter knows for its own wire.

use thiserror::Error;

use crate::event::StreamId;
use crate::ids::RequestId;
use crate::policy::Denied;
use crate::port::Unavailable;

/// How a use case can fail.
#[derive(Debug, Error)]
pub enum UseCaseError<R: std::error::Error + 'static> {
    /// None of the caller's credentials allows it.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// There is no such aggregate.
    #[error("Aggregate not found: {stream}")]
    NotFound {
        /// Which.
        stream: StreamId,
        /// The request that was told so first, when this is a replayed answer.
        replayed: Option<RequestId>,
    },
    /// A rule stands in the way.
    #[error("{refusal}")]
    Refused {
        /// Which rule.
        refusal: R,
        /// The request that was told so first, when this is a replayed answer.
        replayed: Option<RequestId>,
    },
    /// The stream is not at a version the caller named.
    #[error("the version named in If-Match is not the present one")]
    Stale,
    /// The idempotency key was used for another body.
    #[error("the idempotency key was used for another request")]
    KeyReused,
    /// Too many rounds were lost to others.
    #[error("too many others changed the same thing at the same time")]
    Conflict,
    /// The store cannot answer.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}
