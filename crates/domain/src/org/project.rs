//! How events about organisations change the views.

use super::{ApiKeyView, TenantView};
use crate::event::{Envelope, Event};
use crate::projection::ViewChange;

pub(crate) fn project(envelope: &Envelope) -> Vec<ViewChange> {
    match &envelope.event {
        Event::TenantRegistered(registered) => vec![ViewChange::Tenant(TenantView {
            org: registered.org_id.clone(),
            name: registered.org_name.clone(),
            created_at: envelope.timestamp,
        })],
        Event::ApiKeyCreated(created) => vec![ViewChange::ApiKey(ApiKeyView {
            prefix: created.api_key_prefix.clone(),
            org: created.org_id.clone(),
            is_super: created.is_super,
            created_at: envelope.timestamp,
            created_by: envelope.actor.id.clone(),
            expires_at: created.expires_at,
            revoked_at: None,
        })],
        Event::ApiKeyRevoked(revoked) => {
            vec![ViewChange::ApiKeyRevoked { prefix: revoked.api_key_prefix.clone(), at: revoked.revoked_at }]
        }
        _ => Vec::new(),
    }
}
