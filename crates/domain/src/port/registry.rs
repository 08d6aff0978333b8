//! Which aggregates there are.

use async_trait::async_trait;

use super::Unavailable;
use crate::clock::Timestamp;
use crate::event::{AggregateKind, StreamId, Version};
use crate::ids::OrgId;

/// The little that all aggregates have in common.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AggregateHead {
    /// Its stream.
    pub stream: StreamId,
    /// The organisation it belongs to.
    pub org: OrgId,
    /// Version of its stream.
    pub version: Version,
    /// When it was made.
    pub created_at: Timestamp,
}

/// Which aggregates are meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AggregateFilter {
    /// Of this kind.
    pub kind: AggregateKind,
    /// Only those whose id begins so; empty text for all.
    pub id_prefix: String,
}

/// Lists aggregates as the views know them.
#[cfg_attr(feature = "mocks", mockall::automock)]
#[async_trait]
pub trait Registry: Send + Sync {
    /// Aggregates in the order of their ids (by bytes), without the first `offset`, at most `limit`. What is left out is
    /// walked over: cost grows with `offset`.
    async fn heads(&self, filter: &AggregateFilter, offset: u64, limit: u32)
    -> Result<Vec<AggregateHead>, Unavailable>;

    /// How many there are; walks over all of them.
    async fn count(&self, filter: &AggregateFilter) -> Result<u64, Unavailable>;
}
