//! Views: from events alone.

use portcullis_domain::access::AccessLevel;
use portcullis_domain::camera_role::CameraRoleDeleted;
use portcullis_domain::commit::Effects;
use portcullis_domain::event::{Event, StreamId, Version};
use portcullis_domain::ids::{OrgId, ThreeDEyeRoleId, ThreeDEyeUserId, UserId};
use portcullis_domain::lock::{LockOrganizationSet, LockOwnerSet};
use portcullis_domain::org::ApiKeyRevoked;
use portcullis_domain::permission::PermissionsChanged;
use portcullis_domain::policy::Permission;
use portcullis_domain::port::EventStore;
use portcullis_domain::session::{
    PersonalAccessTokenCreated, PersonalAccessTokenRegenerated, PersonalAccessTokenRemoved, UserLoggedOut,
};
use portcullis_domain::threedeye::{
    DriftKind, ResetStep, ThreeDEyeOrphanDeleteStarted, ThreeDEyeOrphanDeleted, ThreeDEyeProvisioned,
    ThreeDEyeRemoteDeleted, ThreeDEyeRepairStarted, ThreeDEyeRepaired, ThreeDEyeReset, ThreeDEyeResetFailed,
    ThreeDEyeResetStarted,
};
use portcullis_domain::totp::{
    BackupCodesRegenerated, EmailFactorDisabled, EmailFactorEnabled, TotpDisabled, TotpEnrolled, TotpReset,
};
use portcullis_domain::user::{
    AccountRenamed, ContactAction, EmailVerificationSet, PasswordSet, Role, RolesChanged, UserActivated,
    UserDeactivated, UserDeleted, UserEmailUpdated, UserPhoneNumberUpdated, UserReactivated, UserStatus, UserSuspended,
};

use super::super::StoreHarness;
use super::everything;
use crate::build::{
    NOON, a_camera_role, a_commit, a_key, a_lock, a_person, assign, assigned, free, granted, millis, org, removed,
    unassigned, version_of,
};

/// After a rich mix of every event there is, views made anew equal those kept up to date.
pub async fn rebuilt_views_equal_live_ones(h: &dyn StoreHarness) {
    let events = h.events();
    a_rich_history(&*events).await;
    let mut names: Vec<_> = everything(h).await.iter().map(|event| event.envelope().expect("readable").name).collect();
    names.sort();
    names.dedup();
    let mut wanted = Event::NAMES.to_vec();
    wanted.sort_unstable();
    assert_eq!(names, wanted, "the history has every event there is; add new ones to it");

    let live = h.dump_views().await;
    let rows = h.count_rows().await;
    h.rebuild_views().await;
    assert_eq!(h.dump_views().await, live);
    assert_eq!(h.count_rows().await, rows);
    // And the rebuilt views are kept up to date from then on.
    a_person().put(&*events).await;
    let later = h.dump_views().await;
    assert_ne!(later, live);
    h.rebuild_views().await;
    assert_eq!(h.dump_views().await, later);
}

/// A dump shows what there is: it differs after each kind of change, and an empty store has an empty one.
pub async fn a_dump_shows_every_view(h: &dyn StoreHarness) {
    let events = h.events();
    let mut dumps = vec![h.dump_views().await];
    h.rebuild_views().await;
    assert_eq!(h.dump_views().await, dumps[0]);
    let ada = a_person().account("ada", &[Role::User]).put(&*events).await;
    dumps.push(h.dump_views().await);
    let door = a_lock().owner(ada).put(&*events).await;
    dumps.push(h.dump_views().await);
    let lock_id = door.clone();
    next(&*events, &door, LockOrganizationSet { lock_id: lock_id.clone(), org_id: org("bolt") }).await;
    dumps.push(h.dump_views().await);
    next(&*events, &door, LockOwnerSet { lock_id, user_id: None }).await;
    dumps.push(h.dump_views().await);
    granted(ada, &door).until(millis(1_900_000_000_001)).put(&*events).await;
    dumps.push(h.dump_views().await);
    next(&*events, ada, removed(ada, &door)).await;
    dumps.push(h.dump_views().await);
    granted(ada, &door).until(millis(1_900_000_000_002)).put(&*events).await;
    dumps.push(h.dump_views().await);
    let (reason, by) = (free("lost phone"), free("the desk"));
    let suspended =
        UserSuspended { user_id: ada, reason: reason.clone(), suspended_by: by.clone(), suspended_at: NOON };
    next(&*events, ada, suspended).await;
    dumps.push(h.dump_views().await);
    next(&*events, ada, UserReactivated { user_id: ada, reason, reactivated_by: by, reactivated_at: NOON }).await;
    dumps.push(h.dump_views().await);
    let acme = org("acme");
    let prefix = a_key(&acme).put(&*events).await;
    dumps.push(h.dump_views().await);
    next(&*events, &acme, ApiKeyRevoked { org_id: acme.clone(), api_key_prefix: prefix, revoked_at: NOON }).await;
    dumps.push(h.dump_views().await);
    next(&*events, ada, RolesChanged { user_id: ada, roles: [Role::Bot].into() }).await;
    dumps.push(h.dump_views().await);
    next(&*events, ada, UserDeleted { user_id: ada, sessions_ended: 0 }).await;
    dumps.push(h.dump_views().await);
    let permissions = [(Permission::CreateUser, [Role::Bot].into())].into();
    next(&*events, StreamId::permissions(), PermissionsChanged { permissions }).await;
    dumps.push(h.dump_views().await);
    let role = a_camera_role().put(&*events).await;
    dumps.push(h.dump_views().await);
    assign(&*events, &role, ada).await;
    dumps.push(h.dump_views().await);
    let role_id = role.clone();
    next(&*events, &role, CameraRoleDeleted { role_id, deleted_by: free("the desk"), deleted_at: NOON }).await;
    dumps.push(h.dump_views().await);
    for (index, dump) in dumps.iter().enumerate() {
        assert!(!dumps[..index].contains(dump), "change {index} does not show");
    }
}

/// One more event of a stream.
async fn next(events: &dyn EventStore, stream: impl Into<StreamId>, event: impl Into<Event>) {
    let stream = stream.into();
    let expected = version_of(events, &stream).await;
    a_commit().on(stream, expected).event(event).put(events).await;
}

async fn a_rich_history(events: &dyn EventStore) {
    let ada = a_person().email("ada@example.com").account("ada", &[Role::Admin, Role::User]).put(events).await;
    let bob = a_person().org("acme").status(UserStatus::Suspended).at(millis(-1)).put(events).await;
    let (door, gate) = (a_lock().org("acme").owner(ada).put(events).await, a_lock().name(None).put(events).await);
    granted(ada, &door).level(AccessLevel::Owner).put(events).await;
    granted(ada, &gate).from(millis(1)).until(millis(i64::MAX)).put(events).await;
    granted(bob, &door).from(millis(i64::MIN)).by("the café's owner 🔑").put(events).await;
    next(events, ada, removed(ada, &door)).await;
    let again = vec![granted(ada, &door).level(AccessLevel::Guest).event().into(), removed(ada, &gate).into()];
    let expected = version_of(events, &ada.into()).await;
    a_commit().on(ada, expected).effects(Effects { events: again, ..Effects::default() }).put(events).await;

    next(events, &gate, LockOrganizationSet { lock_id: gate.clone(), org_id: org("bolt") }).await;
    next(events, &gate, LockOwnerSet { lock_id: gate.clone(), user_id: Some(bob) }).await;
    next(events, &door, LockOwnerSet { lock_id: door.clone(), user_id: None }).await;
    let timestamp = millis(1_800_000_000_123);
    let masked_email = Some("b***@example.com".to_owned());
    next(events, bob, UserEmailUpdated { user_id: bob, action: ContactAction::Set, masked_email, timestamp }).await;
    let masked_phone_number = Some("***4567".to_owned());
    let action = ContactAction::Set;
    next(events, bob, UserPhoneNumberUpdated { user_id: bob, action, masked_phone_number, timestamp }).await;
    let (reason, by) = (free("lost phone"), free("the desk"));
    let suspended =
        UserSuspended { user_id: ada, reason: reason.clone(), suspended_by: by.clone(), suspended_at: timestamp };
    next(events, ada, suspended.clone()).await;
    let reactivated = UserReactivated { user_id: ada, reason, reactivated_by: by, reactivated_at: timestamp };
    // Both in one commit, and so in one batch.
    let expected = version_of(events, &ada.into()).await;
    a_commit().on(ada, expected).event(reactivated).event(suspended).put(events).await;
    next(events, ada, PasswordSet { user_id: ada, sessions_ended: 2 }).await;
    next(events, ada, PersonalAccessTokenCreated { user_id: ada, bypass_two_factor: true }).await;
    next(events, ada, PersonalAccessTokenRegenerated { user_id: ada, bypass_two_factor: true }).await;
    next(events, ada, PersonalAccessTokenRemoved { user_id: ada }).await;
    next(events, ada, UserLoggedOut { user_id: ada }).await;
    next(events, ada, TotpEnrolled { user_id: ada }).await;
    next(events, ada, BackupCodesRegenerated { user_id: ada }).await;
    next(events, ada, TotpDisabled { user_id: ada }).await;
    next(events, ada, EmailFactorEnabled { user_id: ada }).await;
    next(events, ada, EmailFactorDisabled { user_id: ada }).await;
    let reset = TotpReset { user_id: ada, had_totp: false, had_pending: true, backup_codes: 0, sessions_ended: 1 };
    next(events, ada, reset).await;
    camera_account(events, bob).await;
    cameras_change(events, bob, &org("cameras")).await;
    let acme = org("acme");
    let first = a_key(&acme).super_key().expires_at(millis(1_900_000_000_001)).put(events).await;
    next(events, &acme, ApiKeyRevoked { org_id: acme.clone(), api_key_prefix: first, revoked_at: timestamp }).await;
    a_key(&acme).at(timestamp).put(events).await;
    assert_eq!(version_of(events, &StreamId::from(&acme)).await, Version::new(4));
    accounts_change(events).await;
    camera_roles_change(events, ada, bob).await;
}

/// A camera account that is made and reset.
async fn camera_account(events: &dyn EventStore, bob: UserId) {
    let account = ThreeDEyeUserId::parse("3d-7").expect("a short id");
    let roles: Vec<_> = ThreeDEyeRoleId::parse("guard").into_iter().collect();
    let provisioned = ThreeDEyeProvisioned {
        user_id: bob,
        threedeye_user_id: Some(account.clone()),
        role_ids: roles.clone(),
        missing_role_ids: Vec::new(),
    };
    next(events, bob, provisioned).await;
    let started = ThreeDEyeResetStarted { user_id: bob, clear_mapping: true, delete_remote: true, reprovision: false };
    let error = "3dEye is unavailable".to_owned();
    let failed = ThreeDEyeResetFailed { user_id: bob, step: ResetStep::LookUp, error };
    let deleted = ThreeDEyeRemoteDeleted { user_id: bob, threedeye_user_id: account.clone(), role_ids: roles.clone() };
    next(events, bob, started.clone()).await;
    next(events, bob, failed).await;
    next(events, bob, started).await;
    next(events, bob, deleted).await;
    let reset = ThreeDEyeReset {
        user_id: bob,
        clear_mapping: true,
        delete_remote: true,
        reprovision: false,
        cleared_mapping: true,
        cleared_recovery: false,
        deleted_threedeye_user_id: Some(account),
        not_visible: false,
        dropped_role_ids: roles,
        threedeye_user_id: None,
        error: None,
    };
    next(events, bob, reset).await;
}

/// Accounts that change, are switched off and on, and are deleted; and what roles permit.
async fn accounts_change(events: &dyn EventStore) {
    let eve = a_person().email("eve@example.com").account("eve", &[Role::User]).put(events).await;
    next(events, eve, AccountRenamed { user_id: eve, username_changed: true, name_changed: true }).await;
    next(events, eve, EmailVerificationSet { user_id: eve, verified: false }).await;
    next(events, eve, RolesChanged { user_id: eve, roles: [Role::Admin, Role::Bot].into() }).await;
    next(events, eve, UserDeactivated { user_id: eve, sessions_ended: 1 }).await;
    next(events, eve, UserActivated { user_id: eve }).await;
    let dan = a_person().email("dan@example.com").account("dan", &[Role::User]).put(events).await;
    next(events, dan, UserDeleted { user_id: dan, sessions_ended: 0 }).await;
    for roles in [[].into(), [Role::User, Role::Admin].into()] {
        let permissions = [(Permission::CreateUser, roles), (Permission::ViewHistory, [Role::Bot].into())].into();
        next(events, StreamId::permissions(), PermissionsChanged { permissions }).await;
    }
}

/// A camera account that comes and goes, is reset and repaired, and one of nobody.
async fn cameras_change(events: &dyn EventStore, user_id: UserId, org: &OrgId) {
    let account = ThreeDEyeUserId::parse("3d-7").expect("a short id");
    let (threedeye_user_id, error) = (Some(account.clone()), "3dEye is unavailable".to_owned());
    let role_ids: Vec<_> = ThreeDEyeRoleId::parse("guard").into_iter().collect();
    let finding = DriftKind::Missing;
    let started = ThreeDEyeRepairStarted {
        user_id,
        finding,
        threedeye_user_id: threedeye_user_id.clone(),
        role_ids: role_ids.clone(),
    };
    next(events, user_id, started).await;
    next(events, user_id, ThreeDEyeRepaired { user_id, finding, threedeye_user_id: None, error: Some(error) }).await;
    let started = ThreeDEyeOrphanDeleteStarted { threedeye_user_id: account.clone(), role_ids };
    next(events, org, started).await;
    next(events, org, ThreeDEyeOrphanDeleted { threedeye_user_id: account }).await;
}

/// Camera roles with people who come and go, one of them with an event of their own stream; one role is deleted.
async fn camera_roles_change(events: &dyn EventStore, ada: UserId, bob: UserId) {
    let (lobby, garage) = (a_camera_role().put(events).await, a_camera_role().org("acme").put(events).await);
    for (role, user) in [(&lobby, ada), (&lobby, bob), (&garage, bob)] {
        assign(events, role, user).await;
    }
    next(events, bob, unassigned(&lobby, bob)).await;
    next(events, &lobby, unassigned(&lobby, ada)).await;
    next(events, &lobby, assigned(&lobby, ada)).await;
    let role_id = garage.clone();
    next(events, &garage, CameraRoleDeleted { role_id, deleted_by: free("the desk"), deleted_at: NOON }).await;
}
