//! How events about people change the views.

use super::{AccountAdded, AccountView, UserCreated, UserView};
use crate::event::{Envelope, Event};
use crate::projection::ViewChange;

pub(crate) fn project(envelope: &Envelope) -> Vec<ViewChange> {
    match &envelope.event {
        Event::UserCreated(UserCreated { user_id, status }) => vec![ViewChange::User(UserView {
            user: *user_id,
            org: envelope.org_id.clone(),
            status: *status,
            created_at: envelope.timestamp,
        })],
        Event::AccountAdded(AccountAdded { user_id, roles }) => {
            vec![ViewChange::Account(AccountView { user: *user_id, roles: roles.clone() })]
        }
        _ => Vec::new(),
    }
}
