//! What every request brings along.

use crate::clock::Timestamp;
use crate::commit::{ClientTrace, IdempotencyKey, Metadata};
use crate::event::{Actor, Version};
use crate::ids::RequestId;
use crate::policy::Caller;
use crate::session::SignedIn;
use crate::text::FreeText;

/// Who asks, from where, and on which conditions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// The credentials, verified.
    pub caller: Caller,
    /// The request's id.
    pub id: RequestId,
    /// Where it came from; none on the command line.
    pub client: Option<ClientTrace>,
    /// What tells a repeat of it, if the caller wants repeats to be told.
    pub idempotency: Option<IdempotencyKey>,
    /// The version the caller wants to change.
    pub if_match: IfMatch,
}

impl Request {
    /// A request without conditions.
    pub const fn plain(caller: Caller, id: RequestId) -> Self {
        Self { caller, id, client: None, idempotency: None, if_match: IfMatch::None }
    }

    /// The same request, with its session as it was found just now instead of when the request came.
    pub(crate) fn looked_up_again(&self, found: &SignedIn) -> Self {
        let mut request = self.clone();
        if let Some(operator) = request.caller.operator.as_mut().filter(|operator| operator.session == found.token) {
            operator.epoch = found.epoch;
        }
        request
    }

    pub(crate) fn metadata(&self, actor: Actor, reason: Option<FreeText>, at: Timestamp) -> Metadata {
        Metadata { actor, reason, request: self.id.clone(), causation: None, at, client: self.client.clone() }
    }
}

/// The condition of RFC 9110, 13.1.1, on the version of the command's stream.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum IfMatch {
    /// No condition.
    #[default]
    None,
    /// The stream must exist (`*`).
    Exists,
    /// The stream must be at one of these versions.
    AnyOf(Vec<Version>),
}

impl IfMatch {
    /// Does the version of a stream meet the condition? A stream at [`Version::NONE`] does not exist.
    pub fn allows(&self, version: Version) -> bool {
        self.allows_maybe(Some(version).filter(|version| *version > Version::NONE))
    }

    /// Does the version of something else meet the condition, which may exist at version 0? None = there is no such thing.
    pub fn allows_maybe(&self, version: Option<Version>) -> bool {
        match self {
            Self::None => true,
            Self::Exists => version.is_some(),
            Self::AnyOf(versions) => version.is_some_and(|version| versions.contains(&version)),
        }
    }
}
