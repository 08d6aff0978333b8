//! What roles permit: `Permissions`, and what comes of it with a session.

use std::time::Duration;

use portcullis_domain::clock::Timestamp;
use portcullis_domain::event::{StreamId, Version};
use portcullis_domain::permission::{ChangedRoles, PermissionTable, PermissionView, PermissionsChanged};
use portcullis_domain::policy::Permission;
use portcullis_domain::user::Role;

use super::super::StoreHarness;
use crate::build::{NOON, a_commit, a_person, a_session, org};

async fn table(h: &dyn StoreHarness) -> PermissionTable {
    let mut table = h.permissions().table().await.expect("the store answers");
    table.changed.sort_by_key(|row| row.permission);
    table
}

async fn change(h: &dyn StoreHarness, version: u64, at: Timestamp, permissions: ChangedRoles) {
    let commit = a_commit().on(StreamId::permissions(), Version::new(version)).of(org("home")).at(at);
    commit.event(PermissionsChanged { permissions }).put(&*h.events()).await;
}

/// The table has what was changed, and when last; before the first change it is empty.
pub async fn the_table_has_what_was_changed(h: &dyn StoreHarness) {
    assert_eq!(table(h).await, PermissionTable::default());
    let later = NOON.plus(Duration::from_secs(5));
    let both = [(Permission::CreateUser, [Role::User, Role::Bot].into()), (Permission::ViewHistory, [].into())];
    change(h, 0, NOON, both.into()).await;
    change(h, 1, later, [(Permission::CreateUser, [Role::Admin].into())].into()).await;
    let row = |permission, roles: &[Role], updated_at| PermissionView {
        permission,
        roles: roles.iter().copied().collect(),
        updated_at,
    };
    let changed = vec![row(Permission::CreateUser, &[Role::Admin], later), row(Permission::ViewHistory, &[], NOON)];
    assert_eq!(table(h).await, PermissionTable { version: Version::new(2), changed });
}

/// A change counts for sessions that are there.
pub async fn a_change_counts_for_sessions_at_once(h: &dyn StoreHarness) {
    let events = h.events();
    let ada = a_person().email("a@example.com").account("ada", &[Role::User]).put(&*events).await;
    let token = a_session(&*events, ada, 0).await;
    let permitted = async || {
        let found = h.sessions().find(&token).await.expect("the store answers");
        found.expect("a session").permissions
    };
    assert_eq!(permitted().await, [Permission::CreatePersonalAccessTokens].into());
    let given = [(Permission::CreateUser, [Role::User, Role::Admin].into()), (Permission::DeleteUser, [].into())];
    change(h, 0, NOON, given.into()).await;
    assert_eq!(permitted().await, [Permission::CreateUser, Permission::CreatePersonalAccessTokens].into());
    let fewer = [(Permission::CreateUser, [Role::Admin].into()), (Permission::CreatePersonalAccessTokens, [].into())];
    change(h, 1, NOON, fewer.into()).await;
    assert_eq!(permitted().await, [].into());
}
