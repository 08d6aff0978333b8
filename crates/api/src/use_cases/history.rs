//! What happened, and to what.

use std::sync::Arc;

use portcullis_domain::usecase::history;

use crate::app::Ports;

/// What happened, and to what.
pub struct History {
    pub stream: history::ReadStream,
    pub aggregate: history::ReadAggregate,
    pub registry: history::ListAggregates,
}

impl History {
    pub(super) fn new(ports: &Ports) -> Self {
        let events = || Arc::clone(&ports.events);
        Self {
            stream: history::ReadStream::new(events()),
            aggregate: history::ReadAggregate::new(
                events(),
                Arc::clone(&ports.users),
                Arc::clone(&ports.locks),
                Arc::clone(&ports.api_keys),
                Arc::clone(&ports.permissions),
                Arc::clone(&ports.camera_roles),
            ),
            registry: history::ListAggregates::new(Arc::clone(&ports.registry)),
        }
    }
}
