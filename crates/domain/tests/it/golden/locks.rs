//! Events of locks, their keys and organisations.

use portcullis_domain::access::{AccessLevel, AccessibleLockAdded, AccessibleLockRemoved};
use portcullis_domain::event::Event;
use portcullis_domain::lock::{LockCreated, LockOrganizationSet, LockOwnerSet};
use portcullis_domain::org::{ApiKeyCreated, ApiKeyRevoked, TenantRegistered};
use portcullis_testkit::build::{NOON, free};

use super::{acme, ada, door, prefix};

pub(super) fn access() -> Vec<(Event, &'static str)> {
    let added = AccessibleLockAdded {
        user_id: ada(),
        lock_id: door(),
        lock_name: free("Front door"),
        access_level: AccessLevel::Guest,
        granted_by: free("the owner"),
        valid_from: None,
        valid_until: None,
    };
    vec![
        (
            AccessibleLockAdded { valid_from: Some(NOON), valid_until: Some(NOON), ..added.clone() }.into(),
            r#"{"type":"AccessibleLockAdded","userId":"0190a3c2-7b5e-7d11-9f00-0123456789ab","lockId":"lock-1","lockName":"Front door","accessLevel":"GUEST","grantedBy":"the owner","validFrom":"2026-11-21T10:15:00.000Z","validUntil":"2026-11-21T10:15:00.000Z"}"#,
        ),
        (
            added.into(),
            r#"{"type":"AccessibleLockAdded","userId":"0190a3c2-7b5e-7d11-9f00-0123456789ab","lockId":"lock-1","lockName":"Front door","accessLevel":"GUEST","grantedBy":"the owner"}"#,
        ),
        (
            AccessibleLockRemoved {
                user_id: ada(),
                lock_id: door(),
                removed_by: free("the desk"),
                reason: free("moved out"),
                removed_at: NOON,
            }
            .into(),
            r#"{"type":"AccessibleLockRemoved","userId":"0190a3c2-7b5e-7d11-9f00-0123456789ab","lockId":"lock-1","removedBy":"the desk","reason":"moved out","removedAt":"2026-11-21T10:15:00.000Z"}"#,
        ),
    ]
}

pub(super) fn locks_and_organisations() -> Vec<(Event, &'static str)> {
    let text = |text: &str| Some(text.to_owned());
    let bare = LockCreated {
        lock_id: door(),
        org_id: acme(),
        name: None,
        owner_id: None,
        index: None,
        uuid: None,
        serial_number: None,
        vendor_name: None,
    };
    let full = LockCreated {
        name: text("Front"),
        owner_id: Some(ada()),
        index: Some(-3),
        uuid: text("U1"),
        serial_number: text("S1"),
        vendor_name: text("Locks Ltd"),
        ..bare.clone()
    };
    let key = ApiKeyCreated { org_id: acme(), api_key_prefix: prefix(), is_super: true, expires_at: Some(NOON) };
    vec![
        (bare.into(), r#"{"type":"LockCreated","lockId":"lock-1","orgId":"acme"}"#),
        (
            full.into(),
            r#"{"type":"LockCreated","lockId":"lock-1","orgId":"acme","name":"Front","ownerId":"0190a3c2-7b5e-7d11-9f00-0123456789ab","index":-3,"uuid":"U1","serialNumber":"S1","vendorName":"Locks Ltd"}"#,
        ),
        (
            LockOrganizationSet { lock_id: door(), org_id: acme() }.into(),
            r#"{"type":"LockOrganizationSet","lockId":"lock-1","orgId":"acme"}"#,
        ),
        (
            LockOwnerSet { lock_id: door(), user_id: Some(ada()) }.into(),
            r#"{"type":"LockOwnerSet","lockId":"lock-1","userId":"0190a3c2-7b5e-7d11-9f00-0123456789ab"}"#,
        ),
        (
            LockOwnerSet { lock_id: door(), user_id: None }.into(),
            r#"{"type":"LockOwnerSet","lockId":"lock-1","userId":null}"#,
        ),
        (
            TenantRegistered { org_id: acme(), org_name: free("Acme Ltd"), masked_owner_email: None }.into(),
            r#"{"type":"TenantRegistered","orgId":"acme","orgName":"Acme Ltd"}"#,
        ),
        (
            TenantRegistered {
                org_id: acme(),
                org_name: free("Acme Ltd"),
                masked_owner_email: text("o***@acme.example"),
            }
            .into(),
            r#"{"type":"TenantRegistered","orgId":"acme","orgName":"Acme Ltd","maskedOwnerEmail":"o***@acme.example"}"#,
        ),
        (
            key.clone().into(),
            r#"{"type":"ApiKeyCreated","orgId":"acme","apiKeyPrefix":"Abcd1234","super":true,"expiresAt":"2026-11-21T10:15:00.000Z"}"#,
        ),
        (
            ApiKeyCreated { is_super: false, expires_at: None, ..key }.into(),
            r#"{"type":"ApiKeyCreated","orgId":"acme","apiKeyPrefix":"Abcd1234","super":false}"#,
        ),
        (
            ApiKeyRevoked { org_id: acme(), api_key_prefix: prefix(), revoked_at: NOON }.into(),
            r#"{"type":"ApiKeyRevoked","orgId":"acme","apiKeyPrefix":"Abcd1234","revokedAt":"2026-11-21T10:15:00.000Z"}"#,
        ),
    ]
}
