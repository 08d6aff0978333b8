//! One durable step: everything that must happen together, or not at all.

mod admission;
mod change;
mod idempotency;
mod work;

pub use admission::{Admission, Facts, Needs};
pub use change::{Claim, ClaimChange, ClaimNamespace, Guard, GuardKey, PERSON_ERASED, PrivateChange};
pub use idempotency::{IdempotencyKey, IdempotencyRecord, Recalled};
pub use work::{ClientTrace, OutboxMessage, WorkChange};

use crate::clock::Timestamp;
use crate::event::{Actor, Envelope, Event, Position, StreamId, Version};
use crate::ids::{CommitId, OrgId, RequestId, UserId};
use crate::session::TokenHash;
use crate::text::FreeText;

/// What a decision does. Made by pure functions, written by a [`Commit`].
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Effects {
    /// New events of the commit's stream, in order.
    pub events: Vec<Event>,
    /// Other streams the decision relied on, each still at this version.
    pub unchanged: Vec<(StreamId, Version)>,
    /// Names taken or let go.
    pub claims: Vec<ClaimChange>,
    /// Numbers compared, and set where a next value is given.
    pub guards: Vec<Guard>,
    /// Personal data and secrets.
    pub private: Vec<PrivateChange>,
    /// Sessions, counters, leases, deliveries.
    pub work: Vec<WorkChange>,
    /// Messages that leave later, at least once, in order per key.
    pub outbox: Vec<OutboxMessage>,
}

impl Effects {
    /// Ends one session or token of a person, and lets nothing finish that it asked for before.
    pub fn end_session(&mut self, user: UserId, token: TokenHash, epoch: u64) {
        self.work.push(WorkChange::SessionEnded(token));
        self.guards.push(Guard::raise(GuardKey::CredentialEpoch(user), epoch));
    }

    /// Ends every session and token of a person, and lets no sign-in finish that read the credentials before.
    pub fn end_sessions(&mut self, user: UserId, epoch: u64) {
        self.work.push(WorkChange::SessionsEnded { user });
        self.guards.push(Guard::raise(GuardKey::CredentialEpoch(user), epoch));
    }

    /// Ends the sessions a person began by signing in, but one; personal access tokens stay. Lets no sign-in finish that
    /// read the credentials before, nor a token be made with a session that ends here.
    pub fn end_sign_ins(&mut self, user: UserId, except: Option<TokenHash>, epoch: u64) {
        self.work.push(WorkChange::SignInSessionsEnded { user, except });
        self.guards.push(Guard::raise(GuardKey::CredentialEpoch(user), epoch));
    }
}

/// The stream a commit writes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StreamWrite {
    /// Which one.
    pub stream: StreamId,
    /// The version it must still have.
    pub expected: Version,
    /// The organisation the aggregate belongs to.
    pub org: OrgId,
}

/// Who, why and from where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Metadata {
    /// The credential that allowed it.
    pub actor: Actor,
    /// The reason given.
    pub reason: Option<FreeText>,
    /// The request it came from.
    pub request: RequestId,
    /// What set it off, where that was no request.
    pub causation: Option<String>,
    /// When it was decided; the events' time.
    pub at: Timestamp,
    /// Address and user agent of the client: kept beside the events, erasable.
    pub client: Option<ClientTrace>,
}

/// One transaction.
///
/// Events need a stream; a commit without events needs none, and then has no version to conflict with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Commit {
    /// Its id. The same id again takes effect once and answers as the first time.
    pub id: CommitId,
    /// The stream its events go to.
    pub stream: Option<StreamWrite>,
    /// What it does.
    pub effects: Effects,
    /// The answer to remember for a repeat of the request.
    pub idempotency: Option<IdempotencyRecord>,
    /// Who, why and from where.
    pub meta: Metadata,
}

impl Commit {
    /// The envelopes of the commit's events, given the position before the first of them. No stream, no envelopes.
    pub fn envelopes(&self, after: Position) -> Vec<Envelope> {
        let Some(write) = &self.stream else {
            return Vec::new();
        };
        let mut position = after;
        let mut version = write.expected;
        self.effects
            .events
            .iter()
            .map(|event| {
                position = position.next();
                version = version.after(1);
                Envelope {
                    position,
                    aggregate_type: write.stream.kind(),
                    aggregate_id: write.stream.id().to_owned(),
                    version,
                    name: event.name().to_owned(),
                    schema: event.schema(),
                    timestamp: self.meta.at,
                    org_id: write.org.clone(),
                    actor: self.meta.actor.clone(),
                    reason: self.meta.reason.clone(),
                    request_id: self.meta.request.clone(),
                    causation: self.meta.causation.clone(),
                    event: event.clone(),
                }
            })
            .collect()
    }
}
