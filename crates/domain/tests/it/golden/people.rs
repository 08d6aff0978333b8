//! Events of people: accounts, sessions, second factors.

use std::collections::BTreeSet;

use portcullis_domain::event::Event;
use portcullis_domain::permission::PermissionsChanged;
use portcullis_domain::policy::Permission;
use portcullis_domain::session::{
    PersonalAccessTokenCreated, PersonalAccessTokenRegenerated, PersonalAccessTokenRemoved, UserLoggedOut,
};
use portcullis_domain::totp::{
    BackupCodesRegenerated, EmailFactorDisabled, EmailFactorEnabled, TotpDisabled, TotpEnrolled, TotpReset,
};
use portcullis_domain::user::{
    AccountAdded, AccountRenamed, ContactAction, EmailVerificationSet, PasswordSet, Role, RolesChanged, UserActivated,
    UserCreated, UserDeactivated, UserDeleted, UserEmailUpdated, UserPhoneNumberUpdated, UserReactivated, UserStatus,
    UserSuspended,
};
use portcullis_testkit::build::{NOON, free};

use super::ada;

pub(super) fn people() -> Vec<(Event, &'static str)> {
    let user_id = ada();
    vec![
        (
            UserCreated { user_id, status: UserStatus::Active }.into(),
            r#"{"type":"UserCreated","userId":"0190a3c2-7b5e-7d11-9f00-0123456789ab","status":"ACTIVE"}"#,
        ),
        (
            UserCreated { user_id, status: UserStatus::Suspended }.into(),
            r#"{"type":"UserCreated","userId":"0190a3c2-7b5e-7d11-9f00-0123456789ab","status":"SUSPENDED"}"#,
        ),
        (
            AccountAdded { user_id, roles: BTreeSet::from([Role::Bot, Role::User, Role::Admin]) }.into(),
            r#"{"type":"AccountAdded","userId":"0190a3c2-7b5e-7d11-9f00-0123456789ab","roles":["admin","user","bot"]}"#,
        ),
        (
            UserEmailUpdated {
                user_id,
                action: ContactAction::Set,
                masked_email: Some("a***@example.com".to_owned()),
                timestamp: NOON,
            }
            .into(),
            r#"{"type":"UserEmailUpdated","userId":"0190a3c2-7b5e-7d11-9f00-0123456789ab","action":"set","maskedEmail":"a***@example.com","timestamp":"2026-11-21T10:15:00.000Z"}"#,
        ),
        (
            UserEmailUpdated { user_id, action: ContactAction::Removed, masked_email: None, timestamp: NOON }.into(),
            r#"{"type":"UserEmailUpdated","userId":"0190a3c2-7b5e-7d11-9f00-0123456789ab","action":"removed","timestamp":"2026-11-21T10:15:00.000Z"}"#,
        ),
        (
            UserPhoneNumberUpdated {
                user_id,
                action: ContactAction::Set,
                masked_phone_number: Some("***4567".to_owned()),
                timestamp: NOON,
            }
            .into(),
            r#"{"type":"UserPhoneNumberUpdated","userId":"0190a3c2-7b5e-7d11-9f00-0123456789ab","action":"set","maskedPhoneNumber":"***4567","timestamp":"2026-11-21T10:15:00.000Z"}"#,
        ),
        (
            UserPhoneNumberUpdated {
                user_id,
                action: ContactAction::Removed,
                masked_phone_number: None,
                timestamp: NOON,
            }
            .into(),
            r#"{"type":"UserPhoneNumberUpdated","userId":"0190a3c2-7b5e-7d11-9f00-0123456789ab","action":"removed","timestamp":"2026-11-21T10:15:00.000Z"}"#,
        ),
        (
            PasswordSet { user_id, sessions_ended: 2 }.into(),
            r#"{"type":"PasswordSet","userId":"0190a3c2-7b5e-7d11-9f00-0123456789ab","sessionsEnded":2}"#,
        ),
        (
            UserSuspended { user_id, reason: free("lost phone"), suspended_by: free("the desk"), suspended_at: NOON }
                .into(),
            r#"{"type":"UserSuspended","userId":"0190a3c2-7b5e-7d11-9f00-0123456789ab","reason":"lost phone","suspendedBy":"the desk","suspendedAt":"2026-11-21T10:15:00.000Z"}"#,
        ),
        (
            UserReactivated {
                user_id,
                reason: free("phone found"),
                reactivated_by: free("the desk"),
                reactivated_at: NOON,
            }
            .into(),
            r#"{"type":"UserReactivated","userId":"0190a3c2-7b5e-7d11-9f00-0123456789ab","reason":"phone found","reactivatedBy":"the desk","reactivatedAt":"2026-11-21T10:15:00.000Z"}"#,
        ),
    ]
}

pub(super) fn second_factors() -> Vec<(Event, &'static str)> {
    let user_id = ada();
    vec![
        (TotpEnrolled { user_id }.into(), r#"{"type":"TotpEnrolled","userId":"0190a3c2-7b5e-7d11-9f00-0123456789ab"}"#),
        (TotpDisabled { user_id }.into(), r#"{"type":"TotpDisabled","userId":"0190a3c2-7b5e-7d11-9f00-0123456789ab"}"#),
        (
            BackupCodesRegenerated { user_id }.into(),
            r#"{"type":"BackupCodesRegenerated","userId":"0190a3c2-7b5e-7d11-9f00-0123456789ab"}"#,
        ),
        (
            EmailFactorEnabled { user_id }.into(),
            r#"{"type":"EmailFactorEnabled","userId":"0190a3c2-7b5e-7d11-9f00-0123456789ab"}"#,
        ),
        (
            EmailFactorDisabled { user_id }.into(),
            r#"{"type":"EmailFactorDisabled","userId":"0190a3c2-7b5e-7d11-9f00-0123456789ab"}"#,
        ),
        (
            TotpReset { user_id, had_totp: true, had_pending: false, backup_codes: 11, sessions_ended: 3 }.into(),
            r#"{"type":"TotpReset","userId":"0190a3c2-7b5e-7d11-9f00-0123456789ab","hadTotp":true,"hadPending":false,"backupCodes":11,"sessionsEnded":3}"#,
        ),
    ]
}

pub(super) fn sessions() -> Vec<(Event, &'static str)> {
    let user_id = ada();
    vec![
        (
            PersonalAccessTokenCreated { user_id, bypass_two_factor: true }.into(),
            r#"{"type":"PersonalAccessTokenCreated","userId":"0190a3c2-7b5e-7d11-9f00-0123456789ab","bypassTwoFactor":true}"#,
        ),
        (
            PersonalAccessTokenRegenerated { user_id, bypass_two_factor: false }.into(),
            r#"{"type":"PersonalAccessTokenRegenerated","userId":"0190a3c2-7b5e-7d11-9f00-0123456789ab","bypassTwoFactor":false}"#,
        ),
        (
            PersonalAccessTokenRemoved { user_id }.into(),
            r#"{"type":"PersonalAccessTokenRemoved","userId":"0190a3c2-7b5e-7d11-9f00-0123456789ab"}"#,
        ),
        (
            UserLoggedOut { user_id }.into(),
            r#"{"type":"UserLoggedOut","userId":"0190a3c2-7b5e-7d11-9f00-0123456789ab"}"#,
        ),
    ]
}

pub(super) fn accounts() -> Vec<(Event, &'static str)> {
    let user_id = ada();
    let roles = [Role::User, Role::Admin];
    let permissions = [(Permission::ViewHistory, [].into()), (Permission::CreateUser, roles.into())];
    vec![
        (
            AccountRenamed { user_id, username_changed: true, name_changed: false }.into(),
            r#"{"type":"AccountRenamed","userId":"0190a3c2-7b5e-7d11-9f00-0123456789ab","usernameChanged":true,"nameChanged":false}"#,
        ),
        (
            RolesChanged { user_id, roles: roles.into() }.into(),
            r#"{"type":"RolesChanged","userId":"0190a3c2-7b5e-7d11-9f00-0123456789ab","roles":["admin","user"]}"#,
        ),
        (
            EmailVerificationSet { user_id, verified: true }.into(),
            r#"{"type":"EmailVerificationSet","userId":"0190a3c2-7b5e-7d11-9f00-0123456789ab","verified":true}"#,
        ),
        (
            UserActivated { user_id }.into(),
            r#"{"type":"UserActivated","userId":"0190a3c2-7b5e-7d11-9f00-0123456789ab"}"#,
        ),
        (
            UserDeactivated { user_id, sessions_ended: 2 }.into(),
            r#"{"type":"UserDeactivated","userId":"0190a3c2-7b5e-7d11-9f00-0123456789ab","sessionsEnded":2}"#,
        ),
        (
            UserDeleted { user_id, sessions_ended: 3 }.into(),
            r#"{"type":"UserDeleted","userId":"0190a3c2-7b5e-7d11-9f00-0123456789ab","sessionsEnded":3}"#,
        ),
        (
            PermissionsChanged { permissions: permissions.into() }.into(),
            r#"{"type":"PermissionsChanged","permissions":{"create-user":["admin","user"],"view-history":[]}}"#,
        ),
    ]
}
