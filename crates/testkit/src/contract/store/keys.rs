//! Organisations and their keys: `ApiKeys`.

use std::time::Duration;

use portcullis_domain::clock::Timestamp;
use portcullis_domain::commit::{PrivateChange, WorkChange};
use portcullis_domain::event::Version;
use portcullis_domain::ids::{ApiKeyPrefix, OrgId};
use portcullis_domain::org::{ApiKeyRevoked, ApiKeyView, ListedKey, ListedTenant, StoredApiKey, Tenant};
use portcullis_domain::port::{CommitError, KeyCursor};

use super::super::StoreHarness;
use crate::build::{NOON, a_commit, a_key, a_key_prefix, email, free, millis, org, version_of};

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
        created_by: "system:test".to_owned(),
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

/// An organisation comes with its keys, newest first, and the version of its stream; those revoked are left out, so that
/// the answer does not grow with every key there ever was.
pub async fn an_organisation_comes_with_its_keys(h: &dyn StoreHarness) {
    let (acme, bolt) = (org("Acme"), org("acme"));
    let at = |hour| NOON.plus(Duration::from_hours(hour));
    let first = a_key(&acme).at(at(0)).put(&*h.events()).await;
    revoke(h, &acme, &first).await;
    let second = a_key(&acme).at(at(1)).expires_at(at(2)).put(&*h.events()).await;
    let third = a_key(&acme).at(at(2)).put(&*h.events()).await;
    a_key(&bolt).put(&*h.events()).await;

    let found = tenant(h, &acme).await;
    assert_eq!((found.org, found.version, found.name), (acme, Version::new(5), Some(free("Acme Ltd"))));
    let keys: Vec<_> = found.keys.iter().map(|key| (&key.prefix, key.expires_at)).collect();
    assert_eq!(keys, [(&third, None), (&second, Some(at(2)))]);
    assert_eq!(tenant(h, &bolt).await.keys.len(), 1, "ids of organisations differ by case");
}

/// One that is not registered has version 0, no name and no keys.
pub async fn an_unknown_organisation_is_empty(h: &dyn StoreHarness) {
    a_key(&org("acme")).put(&*h.events()).await;
    let bolt = org("bolt");
    let expected = Tenant { org: bolt.clone(), version: Version::NONE, name: None, keys: Vec::new() };
    assert_eq!(tenant(h, &bolt).await, expected);
}

async fn list(h: &dyn StoreHarness, of: Option<&OrgId>, after: Option<&ListedKey>, limit: u32) -> Vec<ListedKey> {
    let cursor = |last: &ListedKey| KeyCursor { created_at: last.view.created_at, prefix: last.view.prefix.clone() };
    h.api_keys().keys(of.cloned(), after.map(cursor), limit).await.expect("the store answers")
}

fn prefixes(keys: &[ListedKey]) -> Vec<&ApiKeyPrefix> {
    keys.iter().map(|key| &key.view.prefix).collect()
}

/// A list is newest first, whatever has become of the keys, and its pages fit together, also within one instant.
pub async fn keys_are_listed_newest_first(h: &dyn StoreHarness) {
    let at = |hour| NOON.plus(Duration::from_hours(hour));
    let orgs: Vec<_> = (0..6).map(|number| org(&format!("org-{number}"))).collect();
    let mut made = Vec::new();
    for (hour, owner) in [0, 1, 2, 2, 2, 3].into_iter().zip(&orgs) {
        made.push((at(hour), a_key(owner).at(at(hour)).put(&*h.events()).await));
    }
    revoke(h, &orgs[0], &made[0].1).await;
    made.sort();
    let expected: Vec<_> = made.iter().rev().map(|(_, prefix)| prefix).collect();

    let all = list(h, None, None, 100).await;
    assert_eq!(prefixes(&all), expected);
    assert_eq!(all[5].view.revoked_at, Some(millis(77)));
    for size in [1, 2, 3] {
        let mut seen: Vec<ListedKey> = Vec::new();
        loop {
            let page = list(h, None, seen.last(), size).await;
            if page.is_empty() {
                break;
            }
            assert!(page.len() <= size as usize);
            seen.extend(page);
        }
        assert_eq!(seen, all, "in pages of {size}");
    }
    assert!(list(h, None, None, 0).await.is_empty());
}

/// A list can be narrowed to one organisation, and shows what there is to show of a key.
pub async fn keys_are_listed_of_one_organisation(h: &dyn StoreHarness) {
    let (acme, bolt) = (org("acme"), org("bolt"));
    let at = |hour| NOON.plus(Duration::from_hours(hour));
    let first = a_key(&acme).at(at(0)).put(&*h.events()).await;
    revoke(h, &acme, &first).await;
    let other = a_key(&bolt).at(at(1)).put(&*h.events()).await;
    let second = a_key(&acme).at(at(2)).super_key().expires_at(at(9)).put(&*h.events()).await;
    let listed = list(h, Some(&acme), None, 9).await;
    assert_eq!(prefixes(&listed), [&second, &first]);
    assert_eq!(prefixes(&list(h, Some(&bolt), None, 9).await), [&other]);
    assert_eq!(list(h, Some(&acme), listed.first(), 9).await, listed[1..]);
    assert!(list(h, Some(&acme), listed.last(), 9).await.is_empty());
    assert!(list(h, Some(&org("Acme")), None, 9).await.is_empty());
    let expected = ListedKey {
        view: ApiKeyView {
            prefix: second,
            org: acme,
            is_super: true,
            created_at: at(2),
            created_by: "system:test".to_owned(),
            expires_at: Some(at(9)),
            revoked_at: None,
        },
        org_name: free("Acme Ltd"),
        last_four: Some("Wxyz".to_owned()),
        last_used_at: None,
    };
    assert_eq!(listed[0], expected);
}

/// The last use of a key is the latest that was told, in whatever order, in one commit or in several.
pub async fn the_last_use_of_a_key_only_moves_on(h: &dyn StoreHarness) {
    let (acme, bolt) = (org("acme"), org("bolt"));
    let (one, other) = (a_key(&acme).put(&*h.events()).await, a_key(&bolt).put(&*h.events()).await);
    let used = |prefix: &ApiKeyPrefix, at: i64| WorkChange::ApiKeyUsed { prefix: prefix.clone(), at: millis(at) };
    let last = async |owner: &OrgId| list(h, Some(owner), None, 1).await[0].last_used_at.map(Timestamp::unix_millis);
    assert_eq!(last(&acme).await, None);
    a_commit().work(used(&one, 20)).work(used(&other, 21)).work(used(&one, 10)).put(&*h.events()).await;
    assert_eq!((last(&acme).await, last(&bolt).await), (Some(20), Some(21)));
    a_commit().work(used(&one, 5)).put(&*h.events()).await;
    assert_eq!(last(&acme).await, Some(20));
    a_commit().work(used(&one, 30)).put(&*h.events()).await;
    assert_eq!((last(&acme).await, last(&bolt).await), (Some(30), Some(21)));
}

/// No key takes over the public part of another one.
pub async fn a_public_part_is_given_once(h: &dyn StoreHarness) {
    let (acme, bolt) = (org("acme"), org("bolt"));
    let prefix = a_key(&acme).hash([1; 32]).put(&*h.events()).await;
    let second = a_key(&bolt).prefix(prefix.clone()).hash([2; 32]).commit(&*h.events()).await;
    let answer = second.commit(&*h.events()).await;
    assert!(matches!(answer, Err(CommitError::Lost { .. })), "{answer:?}");
    let found = find(h, &prefix).await.expect("known");
    assert_eq!((found.view.org, found.hash), (acme, [1; 32]));
    assert_eq!(tenant(h, &bolt).await.version, Version::NONE);
}

/// Organisations come in the order of their ids with owner and whether they have a key that works, in pages that fit
/// together.
pub async fn organisations_are_paged_by_id(h: &dyn StoreHarness) {
    let at = |hour| NOON.plus(Duration::from_hours(hour));
    // By their bytes: capitals before small letters, letters beyond ASCII last.
    let ids = ["Bolt", "acme", "acme-2", "zeta", "éclair"].map(org);
    let expires = [None, Some(at(5)), None, Some(at(1)), None];
    for (id, expires_at) in ids.iter().zip(expires).rev() {
        let key = a_key(id);
        let key = if let Some(at) = expires_at { key.expires_at(at) } else { key };
        let prefix = key.put(&*h.events()).await;
        if id.as_str() == "acme-2" {
            revoke(h, id, &prefix).await;
        }
    }
    let owner = email("owner@example.com");
    a_commit()
        .private(PrivateChange::TenantOwner { org: ids[1].clone(), email: owner.clone() })
        .put(&*h.events())
        .await;
    let tenants = async |after: Option<&OrgId>, limit| {
        h.api_keys().tenants(after.cloned(), limit, at(1)).await.expect("the store answers")
    };
    let all = tenants(None, 100).await;
    let told: Vec<_> = all.iter().map(|tenant| (&tenant.org, tenant.has_active_key)).collect();
    assert_eq!(told, ids.iter().zip([true, true, false, false, true]).collect::<Vec<_>>());
    let expected = ListedTenant {
        org: ids[1].clone(),
        name: free("Acme Ltd"),
        owner_email: Some(owner),
        created_at: NOON,
        has_active_key: true,
    };
    assert_eq!(all[1], expected);
    assert_eq!(all[0].owner_email, None);
    assert_eq!(tenants(None, 2).await, all[..2]);
    assert_eq!(tenants(Some(&ids[1]), 2).await, all[2..4]);
    assert_eq!(tenants(Some(&ids[3]), 2).await, all[4..]);
    assert!(tenants(Some(&ids[4]), 2).await.is_empty());
}
