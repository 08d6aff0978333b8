//! The permission table.

use std::collections::BTreeSet;
use std::fmt::Write;

use portcullis_domain::event::{Event, Version};
use portcullis_domain::permission::{
    ChangedRoles, PermissionRefusal, PermissionTable, PermissionView, PermissionsChanged, UpdatePermissions, effective,
    update,
};
use portcullis_domain::policy::{Permission, UnknownPermission};
use portcullis_domain::user::Role;
use portcullis_testkit::build::NOON;
use proptest::prelude::*;

const ROLES: [Role; 3] = [Role::Admin, Role::User, Role::Bot];

fn changing(permission: Permission, roles: &[Role]) -> UpdatePermissions {
    UpdatePermissions { permissions: [(permission, roles.iter().copied().collect())].into() }
}

fn table(permission: Permission, roles: &[Role]) -> PermissionTable {
    let roles = roles.iter().copied().collect();
    PermissionTable { version: Version::new(1), changed: vec![PermissionView { permission, roles, updated_at: NOON }] }
}

#[test]
fn what_roles_permit_by_default() {
    let mut told = String::new();
    for permission in Permission::ALL {
        let roles: Vec<_> = permission.default_roles().into_iter().map(Role::as_str).collect();
        writeln!(told, "{permission}: {}", roles.join(" ")).unwrap();
        assert_eq!(Permission::parse(permission.as_str()), Ok(*permission));
        assert_eq!(serde_json::to_value(permission).unwrap(), permission.as_str());
    }
    assert_eq!(Permission::parse("Create-User"), Err(UnknownPermission));
    insta::assert_snapshot!(told, @r"
    edit-other-user-totp: admin
    edit-other-user-e2ee: admin
    create-user: admin
    edit-other-user-info: admin
    edit-other-user-active-status: admin
    delete-user: admin
    view-full-other-user-info: admin
    view-d-room: admin
    assign-admin-role: admin
    access-permissions: admin
    create-personal-access-tokens: admin user
    api-bypass-rate-limit: admin bot
    logout-other-user: admin
    manage-lock-access: admin
    reset-threedeye: admin
    view-history: admin
    ");
}

#[test]
fn what_was_changed_counts_in_place_of_the_default() {
    let nobody = ChangedRoles::new();
    assert_eq!(effective(&[Role::Admin].into(), &nobody).len(), Permission::ALL.len());
    assert_eq!(effective(&[Role::User].into(), &nobody), [Permission::CreatePersonalAccessTokens].into());
    assert_eq!(effective(&BTreeSet::new(), &nobody), BTreeSet::new());
    let changed: ChangedRoles =
        [(Permission::CreateUser, [Role::User].into()), (Permission::CreatePersonalAccessTokens, BTreeSet::new())]
            .into();
    assert_eq!(effective(&[Role::User].into(), &changed), [Permission::CreateUser].into());
    assert!(!effective(&[Role::Admin].into(), &changed).contains(&Permission::CreateUser));
    assert!(effective(&[Role::Admin, Role::User].into(), &changed).contains(&Permission::CreateUser));
}

#[test]
fn only_what_differs_is_an_event() {
    let fresh = PermissionTable::default();
    let changed = |permission, roles: &[Role]| -> Event {
        PermissionsChanged { permissions: changing(permission, roles).permissions }.into()
    };
    let given = update(&changing(Permission::CreateUser, &[Role::Admin, Role::Bot]), &fresh).unwrap();
    assert_eq!(given.events, [changed(Permission::CreateUser, &[Role::Admin, Role::Bot])]);
    assert!(update(&changing(Permission::CreateUser, &[Role::Admin]), &fresh).unwrap().events.is_empty());

    let given = table(Permission::CreateUser, &[Role::Bot]);
    assert!(update(&changing(Permission::CreateUser, &[Role::Bot]), &given).unwrap().events.is_empty());
    let back = update(&changing(Permission::CreateUser, &[Role::Admin]), &given).unwrap();
    assert_eq!(back.events, [changed(Permission::CreateUser, &[Role::Admin])]);
    assert!(update(&UpdatePermissions { permissions: ChangedRoles::new() }, &given).unwrap().events.is_empty());
}

#[test]
fn administrators_keep_what_they_administer_with() {
    for permission in Permission::KEPT_BY_ADMINISTRATORS {
        for roles in [&[][..], &[Role::User, Role::Bot]] {
            let refused = update(&changing(permission, roles), &PermissionTable::default());
            assert_eq!(refused, Err(PermissionRefusal::AdministratorsKeep(permission)));
        }
        let shared = update(&changing(permission, &ROLES), &PermissionTable::default()).unwrap();
        assert_eq!(shared.events.len(), 1);
    }
}

fn some_roles() -> impl Strategy<Value = BTreeSet<Role>> {
    prop::sample::subsequence(ROLES.to_vec(), 0..=3).prop_map(|roles| roles.into_iter().collect())
}

proptest! {
    #[test]
    fn whatever_is_changed_somebody_can_administer(
        changes in prop::collection::vec(
            prop::collection::btree_map(prop::sample::select(Permission::ALL.to_vec()), some_roles(), 0..5),
            0..12,
        )
    ) {
        let mut changed = ChangedRoles::new();
        for permissions in changes {
            let rows = changed.iter().map(|(permission, roles)| PermissionView {
                permission: *permission,
                roles: roles.clone(),
                updated_at: NOON,
            });
            let table = PermissionTable { version: Version::NONE, changed: rows.collect() };
            let Ok(effects) = update(&UpdatePermissions { permissions }, &table) else { continue };
            for event in effects.events {
                let Event::PermissionsChanged(event) = event else { panic!("{event:?}") };
                changed.extend(event.permissions);
            }
        }
        let administrator = effective(&[Role::Admin].into(), &changed);
        prop_assert!(Permission::KEPT_BY_ADMINISTRATORS.iter().all(|kept| administrator.contains(kept)));
    }
}
