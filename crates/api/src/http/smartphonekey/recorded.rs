//! Events as they were recorded, in answers. Address and user agent of the client are not in them: those are kept apart.

use portcullis_domain::event::{ActorKind, Envelope};
use portcullis_domain::port::Unavailable;
use serde::Serialize;
use utoipa::ToSchema;

use super::problem::Problem;

/// An event as it was recorded.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = RecordedEvent, example = json!({
    "position": 17, "aggregateType": "UserAggregate", "aggregateId": "0190163d-8694-739b-aea5-5966c26f8ad2", "version": 3,
    "type": "AccessibleLockRemoved", "schema": 1, "timestamp": "2026-11-21T10:15:00.000Z", "orgId": "acme",
    "actor": {"kind": "staff", "id": "staff|grace"}, "reason": "moved out",
    "requestId": "req_0190163d8694739baea55966c26f8ad2",
    "event": {
        "type": "AccessibleLockRemoved", "userId": "0190163d-8694-739b-aea5-5966c26f8ad2", "lockId": "garage",
        "removedBy": "front desk", "reason": "moved out", "removedAt": "2026-11-21T10:15:00.000Z",
    },
}))]
pub(crate) struct Recorded {
    /// Where it stands among all events.
    #[schema(example = 17)]
    position: u64,
    #[schema(example = "UserAggregate")]
    aggregate_type: &'static str,
    #[schema(example = "0190163d-8694-739b-aea5-5966c26f8ad2")]
    aggregate_id: String,
    /// Which event of this aggregate, from 1.
    #[schema(example = 3)]
    version: u64,
    #[serde(rename = "type")]
    #[schema(example = "AccessibleLockRemoved")]
    name: String,
    /// Schema number of the payload.
    #[schema(example = 1)]
    schema: u16,
    #[schema(format = DateTime, example = "2026-11-21T10:15:00.000Z")]
    timestamp: String,
    #[schema(example = "acme")]
    org_id: String,
    actor: Actor,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "moved out")]
    reason: Option<String>,
    #[schema(example = "req_0190163d8694739baea55966c26f8ad2")]
    request_id: String,
    /// What set it off, where that was no request.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "expiry")]
    causation: Option<String>,
    /// The payload, with the name repeated under `type`.
    #[schema(value_type = Object)]
    event: serde_json::Value,
}

/// The credential that allowed it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Actor {
    /// `user`, `staff`, `organisation`, `operator` or `system`.
    #[schema(example = "staff")]
    kind: &'static str,
    /// A token's subject (of one with an e-mail address in it, `sub:` and a hash), a key's prefix, an account's id, or
    /// `system:` and a job.
    #[schema(example = "staff|grace")]
    id: String,
}

const fn word(kind: ActorKind) -> &'static str {
    match kind {
        ActorKind::User => "user",
        ActorKind::Staff => "staff",
        ActorKind::Organisation => "organisation",
        ActorKind::Operator => "operator",
        ActorKind::System => "system",
    }
}

impl TryFrom<Envelope> for Recorded {
    type Error = Unavailable;

    fn try_from(envelope: Envelope) -> Result<Self, Unavailable> {
        Ok(Self {
            position: envelope.position.number(),
            aggregate_type: envelope.aggregate_type.class(),
            aggregate_id: envelope.aggregate_id,
            version: envelope.version.number(),
            name: envelope.name,
            schema: envelope.schema,
            timestamp: envelope.timestamp.to_string(),
            org_id: envelope.org_id.to_string(),
            actor: Actor { kind: word(envelope.actor.kind), id: envelope.actor.id },
            reason: envelope.reason.map(|reason| reason.to_string()),
            request_id: envelope.request_id.to_string(),
            causation: envelope.causation,
            event: serde_json::to_value(envelope.event).map_err(Unavailable::new)?,
        })
    }
}

/// The events of a page.
pub(crate) fn tell(envelopes: Vec<Envelope>) -> Result<Vec<Recorded>, Problem> {
    let events: Result<_, _> = envelopes.into_iter().map(Recorded::try_from).collect();
    events.map_err(|unreadable| Problem::unavailable(&unreadable))
}
