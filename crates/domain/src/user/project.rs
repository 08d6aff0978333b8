//! How events about people change the views.

use super::{
    AccountAdded, AccountView, RolesChanged, StatusChangeView, UserActivated, UserCreated, UserDeactivated,
    UserDeleted, UserReactivated, UserStatus, UserSuspended, UserView,
};
use crate::event::{Envelope, Event};
use crate::ids::UserId;
use crate::projection::ViewChange;

pub(crate) fn project(envelope: &Envelope) -> Vec<ViewChange> {
    match &envelope.event {
        Event::UserCreated(UserCreated { user_id, status }) => {
            let created = UserView {
                user: *user_id,
                org: envelope.org_id.clone(),
                status: *status,
                created_at: envelope.timestamp,
            };
            vec![ViewChange::User(created), ViewChange::StatusChange(changed(envelope, *user_id, *status))]
        }
        Event::UserSuspended(UserSuspended { user_id, .. }) => status(envelope, *user_id, UserStatus::Suspended),
        Event::UserReactivated(UserReactivated { user_id, .. }) | Event::UserActivated(UserActivated { user_id }) => {
            status(envelope, *user_id, UserStatus::Active)
        }
        Event::UserDeactivated(UserDeactivated { user_id, .. }) => status(envelope, *user_id, UserStatus::Inactive),
        Event::UserDeleted(UserDeleted { user_id, .. }) => {
            let mut changes = status(envelope, *user_id, UserStatus::Deleted);
            changes.push(ViewChange::AccountGone(*user_id));
            changes
        }
        Event::AccountAdded(AccountAdded { user_id, roles }) | Event::RolesChanged(RolesChanged { user_id, roles }) => {
            vec![ViewChange::Account(AccountView { user: *user_id, roles: roles.clone() })]
        }
        _ => Vec::new(),
    }
}

fn status(envelope: &Envelope, user: UserId, status: UserStatus) -> Vec<ViewChange> {
    vec![ViewChange::UserStatus { user, status }, ViewChange::StatusChange(changed(envelope, user, status))]
}

fn changed(envelope: &Envelope, user: UserId, status: UserStatus) -> StatusChangeView {
    StatusChangeView { user, version: envelope.version, at: envelope.timestamp, status }
}
