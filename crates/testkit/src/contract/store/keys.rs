//! Keys of organisations: `ApiKeys`.

use std::time::Duration;

use portcullis_domain::event::Version;
use portcullis_domain::ids::{ApiKeyPrefix, OrgId};
use portcullis_domain::org::{ApiKeyRevoked, ApiKeyView, StoredApiKey, Tenant};

use super::super::StoreHarness;
use crate::build::{NOON, a_commit, a_key, a_key_prefix, free, millis, org, version_of};

async fn find(h: &dyn StoreHarness, prefix: &ApiKeyPrefix) -> Option<StoredApiKey> {
    h.api_keys().find(prefix).await.expect("the store answers")
}

async fn tenant(h: &dyn StoreHarness, org: &OrgId) -> Tenant {
    h.api_keys().tenant(org).await.expect("the store answers")
}

async fn revoke(h: &dyn StoreHarness, org: &OrgId, prefix: &ApiKeyPrefix) {
    let expected = version_of(&*h.events(), &org.into()).await;
    let event = ApiKeyRevoked { org_id: org.clone(), api_key_prefix: prefix.clone(), revoked_at: millis(77) };
    a_commit().on(org, expected).event(event).put(&*h.events()).await;
}

/// A key comes back with its hash; its public part counts with its case.
pub async fn a_key_comes_back_with_its_hash(h: &dyn StoreHarness) {
    let acme = org("acme");
    let expires_at = millis(1_900_000_000_123);
    let hash = std::array::from_fn(|index| u8::try_from(index * 8).expect("below 256"));
    let prefix = a_key(&acme).hash(hash).super_key().expires_at(expires_at).at(NOON).put(&*h.events()).await;
    let view = ApiKeyView {
        prefix: prefix.clone(),
        org: acme,
        is_super: true,
        created_at: NOON,
        expires_at: Some(expires_at),
        revoked_at: None,
    };
    assert_eq!(find(h, &prefix).await, Some(StoredApiKey { view, hash }));
    assert_eq!(find(h, &a_key_prefix()).await, None);
    let other_case = ApiKeyPrefix::parse(&prefix.as_str().to_lowercase()).expect("8 letters and digits");
    assert_eq!(find(h, &other_case).await, None);
}

/// Keys that no longer work are found all the same; whether they work is the caller's to ask.
pub async fn revoked_and_expired_keys_are_found(h: &dyn StoreHarness) {
    let (acme, bolt) = (org("acme"), org("bolt"));
    let revoked = a_key(&acme).put(&*h.events()).await;
    let untouched = a_key(&bolt).put(&*h.events()).await;
    let early = NOON.minus(Duration::from_hours(2));
    revoke(h, &acme, &revoked).await;
    let expired = a_key(&acme).at(early).expires_at(NOON).put(&*h.events()).await;
    let found = find(h, &revoked).await.expect("known");
    assert_eq!((found.view.revoked_at, found.view.expires_at, found.works(NOON)), (Some(millis(77)), None, false));
    let found = find(h, &expired).await.expect("known");
    assert_eq!((found.view.expires_at, found.works(NOON), found.works(early)), (Some(NOON), false, true));
    assert!(find(h, &untouched).await.expect("known").works(NOON), "somebody else's key is as it was");
}

/// An organisation comes with all its keys, newest first, and the version of its stream.
pub async fn an_organisation_comes_with_its_keys(h: &dyn StoreHarness) {
    let (acme, bolt) = (org("Acme"), org("acme"));
    let at = |hour| NOON.plus(Duration::from_hours(hour));
    let first = a_key(&acme).at(at(0)).put(&*h.events()).await;
    revoke(h, &acme, &first).await;
    let second = a_key(&acme).at(at(1)).put(&*h.events()).await;
    revoke(h, &acme, &second).await;
    let third = a_key(&acme).at(at(2)).put(&*h.events()).await;
    a_key(&bolt).put(&*h.events()).await;

    let found = tenant(h, &acme).await;
    assert_eq!((found.org, found.version, found.name), (acme, Version::new(6), Some(free("Acme Ltd"))));
    let keys: Vec<_> = found.keys.iter().map(|key| (&key.prefix, key.revoked_at.is_some())).collect();
    assert_eq!(keys, [(&third, false), (&second, true), (&first, true)]);
    assert_eq!(tenant(h, &bolt).await.keys.len(), 1, "ids of organisations differ by case");
}

/// One that is not registered has version 0, no name and no keys.
pub async fn an_unknown_organisation_is_empty(h: &dyn StoreHarness) {
    a_key(&org("acme")).put(&*h.events()).await;
    let bolt = org("bolt");
    let expected = Tenant { org: bolt.clone(), version: Version::NONE, name: None, keys: Vec::new() };
    assert_eq!(tenant(h, &bolt).await, expected);
}
