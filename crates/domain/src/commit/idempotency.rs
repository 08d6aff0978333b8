//! Remembering an answer, so that a repeated request gets it again.

use std::time::Duration;

use crate::clock::Timestamp;
use crate::secret::Secret;

/// A request that may be repeated: who sent it where with which key, and what it said. Both parts are keyed hashes made
/// by the driving adapter; equal parts mean equal requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct IdempotencyKey {
    /// Caller, method, path and the key sent.
    pub scope: [u8; 32],
    /// The bytes of the body, and of the query if there is one.
    pub body: [u8; 32],
}

impl IdempotencyKey {
    /// How long an answer is remembered.
    pub const KEPT: Duration = Duration::from_hours(24);
}

/// The answer to remember, written with the effect it tells of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdempotencyRecord {
    /// The request.
    pub key: IdempotencyKey,
    /// The outcome as JSON; sealed by the store, as it may hold a secret shown once.
    pub outcome: Secret<String>,
    /// The record counts as absent from then on.
    pub expires_at: Timestamp,
}

/// A remembered answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recalled {
    /// Hash of the body the first request had.
    pub body: [u8; 32],
    /// The outcome as JSON.
    pub outcome: Secret<String>,
}
