//! An event with everything known about it when it was written.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::{AggregateKind, Event, Position, StreamId, Version};
use crate::clock::Timestamp;
use crate::ids::{OrgId, RequestId};
use crate::text::FreeText;

/// Which kind of credential allowed an act.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ActorKind {
    /// A person's own token.
    User,
    /// Admin key and staff token together.
    Staff,
    /// An organisation's key.
    Organisation,
    /// An account session with a role.
    Operator,
    /// The service itself, or its command line.
    System,
}

/// Who did it: the credential that allowed the act. Never an address.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Actor {
    /// The kind of credential.
    pub kind: ActorKind,
    /// A token's subject, a key's prefix, an account id, or `system:<job>`.
    pub id: String,
}

impl Actor {
    /// The service itself doing a named job: `system:<job>`.
    pub fn system(job: &str) -> Self {
        Self { kind: ActorKind::System, id: format!("system:{job}") }
    }
}

/// One recorded event. Its JSON bytes are made once, when the position is known, and never rewritten.
///
/// The order of the fields is the order in the bytes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Envelope {
    /// Where it stands among all events.
    pub position: Position,
    /// What the stream is about.
    pub aggregate_type: AggregateKind,
    /// Which one.
    pub aggregate_id: String,
    /// Which event of the stream, from 1.
    pub version: Version,
    /// The event's wire name.
    #[serde(rename = "type")]
    pub name: String,
    /// Schema number of the payload.
    pub schema: u16,
    /// When it was written, server time.
    pub timestamp: Timestamp,
    /// The organisation of the aggregate, else of the caller, else the default one.
    pub org_id: OrgId,
    /// The credential that allowed it.
    pub actor: Actor,
    /// The reason given, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<FreeText>,
    /// The request it came from.
    pub request_id: RequestId,
    /// What set it off, where that was no request of a caller.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub causation: Option<String>,
    /// The payload, with its name repeated under `type`.
    pub event: Event,
}

impl Envelope {
    /// The stream it belongs to.
    pub fn stream(&self) -> StreamId {
        StreamId::new(self.aggregate_type, self.aggregate_id.clone())
    }

    /// The bytes to keep.
    ///
    /// # Panics
    /// Never: every field has a JSON form, and map keys are text.
    #[expect(clippy::expect_used, reason = "the types above cannot fail to serialise; a golden test covers each")]
    pub fn to_bytes(&self) -> Vec<u8> {
        serde_json::to_vec(self).expect("an envelope has a JSON form")
    }
}

/// Bytes in the store that are no envelope this program can read.
#[derive(Debug, Error)]
#[error("the event at position {position} cannot be read")]
pub struct UnreadableEvent {
    /// Where it stands.
    pub position: Position,
    /// What the decoder said.
    #[source]
    pub source: serde_json::Error,
}

/// An event as the store keeps it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorded {
    /// Where it stands among all events.
    pub position: Position,
    /// The stream it belongs to.
    pub stream: StreamId,
    /// Which event of the stream, from 1.
    pub version: Version,
    /// The bytes as first written.
    pub bytes: Vec<u8>,
}

impl Recorded {
    /// Reads the bytes.
    pub fn envelope(&self) -> Result<Envelope, UnreadableEvent> {
        serde_json::from_slice(&self.bytes).map_err(|source| UnreadableEvent { position: self.position, source })
    }
}
