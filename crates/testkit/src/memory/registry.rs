//! Which aggregates there are.

use async_trait::async_trait;
use portcullis_domain::clock::Timestamp;
use portcullis_domain::event::{AggregateKind, StreamId};
use portcullis_domain::ids::OrgId;
use portcullis_domain::port::{AggregateFilter, AggregateHead, Registry, Unavailable};

use super::{MemoryStore, State};

impl State {
    /// The heads meant, in the order of their ids as text.
    fn heads(&self, filter: &AggregateFilter) -> Vec<AggregateHead> {
        let head = |id: String, org: &OrgId, created_at: Timestamp| {
            let stream = StreamId::new(filter.kind, id);
            AggregateHead { version: self.version(&stream), stream, org: org.clone(), created_at }
        };
        let views = &self.views;
        let mut heads: Vec<_> = match filter.kind {
            AggregateKind::User => {
                views.users.values().map(|row| head(row.user.to_string(), &row.org, row.created_at)).collect()
            }
            AggregateKind::Lock => {
                views.locks.values().map(|row| head(row.lock.to_string(), &row.org, row.created_at)).collect()
            }
            AggregateKind::Tenant => {
                views.tenants.values().map(|row| head(row.org.to_string(), &row.org, row.created_at)).collect()
            }
            AggregateKind::PermissionTable => {
                let id = StreamId::permissions().id().to_owned();
                views.permission_table.iter().map(|row| head(id.clone(), &row.org, row.created_at)).collect()
            }
            AggregateKind::CameraRole => {
                views.camera_roles.values().map(|row| head(row.role.to_string(), &row.org, row.created_at)).collect()
            }
        };
        heads.retain(|head: &AggregateHead| head.stream.id().starts_with(&filter.id_prefix));
        heads.sort_by(|a, b| a.stream.id().cmp(b.stream.id()));
        heads
    }
}

#[async_trait]
impl Registry for MemoryStore {
    async fn heads(
        &self,
        filter: &AggregateFilter,
        offset: u64,
        limit: u32,
    ) -> Result<Vec<AggregateHead>, Unavailable> {
        let heads = self.reading()?.heads(filter);
        let offset = usize::try_from(offset).unwrap_or(usize::MAX);
        Ok(heads.into_iter().skip(offset).take(limit as usize).collect())
    }

    async fn count(&self, filter: &AggregateFilter) -> Result<u64, Unavailable> {
        Ok(self.reading()?.heads(filter).len() as u64)
    }
}
