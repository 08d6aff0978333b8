//! Keys there are, and were.

use std::convert::Infallible;
use std::sync::Arc;

use crate::ids::OrgId;
use crate::org::ListedKey;
use crate::policy::{Action, Caller, Resource, allows};
use crate::port::{ApiKeys, KeyCursor};
use crate::usecase::UseCaseError;

/// Which keys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyQuery {
    /// Only keys of this organisation.
    pub org: Option<OrgId>,
    /// Those after this one.
    pub after: Option<KeyCursor>,
    /// At most this many.
    pub limit: u32,
}

/// A page of keys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyPage {
    /// The keys, newest first.
    pub keys: Vec<ListedKey>,
    /// What to go on after; none when these are the last.
    pub next: Option<KeyCursor>,
}

/// Lists keys. An organisation without keys has an empty list, registered or not.
pub struct ListApiKeys {
    keys: Arc<dyn ApiKeys>,
}

impl ListApiKeys {
    /// Wires the use case.
    pub fn new(keys: Arc<dyn ApiKeys>) -> Self {
        Self { keys }
    }

    /// Reads a page. One key more than asked for is looked for, so that `next` never leads to a page without keys.
    pub async fn execute(&self, caller: &Caller, query: KeyQuery) -> Result<KeyPage, UseCaseError<Infallible>> {
        let resource = query.org.as_ref().map_or(Resource::Service, Resource::Org);
        allows(caller, Action::ManageApiKeys, resource)?;
        let mut keys = self.keys.keys(query.org, query.after, query.limit.saturating_add(1)).await?;
        let more = keys.len() > query.limit as usize;
        keys.truncate(query.limit as usize);
        let cursor =
            |last: &ListedKey| KeyCursor { created_at: last.view.created_at, prefix: last.view.prefix.clone() };
        Ok(KeyPage { next: keys.last().filter(|_| more).map(cursor), keys })
    }
}
