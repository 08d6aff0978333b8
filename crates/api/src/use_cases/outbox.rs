//! Messages to people.

use std::sync::Arc;

use portcullis_domain::usecase::{Commands, outbox};

use crate::app::Ports;

/// Messages to people.
pub struct Outbox {
    pub list: outbox::ListOutbox,
    pub retry: outbox::RetryMessage,
}

impl Outbox {
    pub(super) fn new(commands: &Commands, ports: &Ports) -> Self {
        Self {
            list: outbox::ListOutbox::new(Arc::clone(&ports.outbox)),
            retry: outbox::RetryMessage::new(commands.clone(), Arc::clone(&ports.outbox)),
        }
    }
}
