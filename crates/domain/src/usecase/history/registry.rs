//! Which aggregates there are.

use std::convert::Infallible;
use std::sync::Arc;

use crate::event::AggregateKind;
use crate::policy::{Action, Caller, Resource, allows};
use crate::port::{AggregateFilter, AggregateHead, Registry};
use crate::usecase::UseCaseError;

/// Which part of the registry.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RegistryQuery {
    /// Only aggregates of this kind.
    pub kind: Option<AggregateKind>,
    /// Only those whose id begins so; empty text for all.
    pub id_prefix: String,
    /// How many to leave out at the beginning.
    pub offset: u64,
    /// At most this many.
    pub limit: u32,
}

/// A page of the registry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegistryPage {
    /// Kind by kind, and within a kind in the order of the ids.
    pub heads: Vec<AggregateHead>,
    /// How many to leave out for the next page; none after the last.
    pub next: Option<u64>,
}

/// Lists the aggregates there are.
pub struct ListAggregates {
    registry: Arc<dyn Registry>,
}

impl ListAggregates {
    /// Wires the use case.
    pub fn new(registry: Arc<dyn Registry>) -> Self {
        Self { registry }
    }

    /// Lists a page. One more than asked for is looked for, so that `next` never leads to an empty page.
    pub async fn execute(
        &self,
        caller: &Caller,
        query: &RegistryQuery,
    ) -> Result<RegistryPage, UseCaseError<Infallible>> {
        allows(caller, Action::ReadHistory, Resource::Service)?;
        let wanted = query.limit.saturating_add(1);
        let mut heads: Vec<AggregateHead> = Vec::new();
        let mut offset = query.offset;
        for kind in AggregateKind::ALL {
            if query.kind.is_some_and(|only| only != kind) {
                continue;
            }
            let filter = AggregateFilter { kind, id_prefix: query.id_prefix.clone() };
            let missing = wanted.saturating_sub(u32::try_from(heads.len()).unwrap_or(u32::MAX));
            let found = self.registry.heads(&filter, offset, missing).await?;
            if found.is_empty() && offset > 0 {
                // All of this kind are left out; the rest of the offset is the next kind's.
                offset = offset.saturating_sub(self.registry.count(&filter).await?);
            } else {
                offset = 0;
            }
            heads.extend(found);
            if heads.len() >= wanted as usize {
                break;
            }
        }
        let more = heads.len() > query.limit as usize;
        heads.truncate(query.limit as usize);
        let next = more.then(|| query.offset.saturating_add(query.limit.into()));
        Ok(RegistryPage { heads, next })
    }
}
