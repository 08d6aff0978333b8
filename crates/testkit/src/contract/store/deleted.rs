//! People who were deleted, and the list of accounts they are gone from.

use std::time::Duration;

use portcullis_domain::commit::{Claim, ClaimChange, OutboxMessage, PrivateChange, WorkChange};
use portcullis_domain::event::{AggregateKind, StreamId};
use portcullis_domain::ids::UserId;
use portcullis_domain::port::{AggregateFilter, LoginName, PersonFilter};
use portcullis_domain::text::Language;
use portcullis_domain::totp::EmailCodes;
use portcullis_domain::user::{OtherAdministrators, Role, Standing, UserStatus, delete};

use super::super::StoreHarness;
use super::{everything, stream};
use crate::build::{
    NOON, a_commit, a_lock, a_mapping, a_message, a_person, a_session, a_totp, email, granted, phone_number, user_name,
    version_of,
};

/// Deletes somebody as the rule says.
async fn deletes(h: &dyn StoreHarness, user: UserId) {
    let person = h.users().find(user).await.expect("the store answers").expect("known");
    let factor = h.totp().find(user).await.expect("the store answers");
    let camera = h.threedeye().find(user).await.expect("the store answers");
    let list = h.lock_access().grants_of(user).await.expect("the store answers").expect("known");
    let grants: Vec<_> = list.grants.into_iter().map(|(grant, _)| grant).collect();
    let standing = Standing {
        epoch: factor.epoch,
        sessions: factor.sessions,
        factor_revision: factor.revision,
        others: OtherAdministrators { any: true, revision: 0 },
        person,
    };
    let memberships = h.camera_roles().memberships(user).await.expect("the store answers");
    let effects = delete(&standing, &grants, &memberships, &camera, NOON).expect("nothing stands in the way");
    let expected = version_of(&*h.events(), &StreamId::from(user)).await;
    a_commit().on(user, expected).effects(effects).put(&*h.events()).await;
}

/// Nobody finds a person who was deleted, by anything; only that there was one is known.
pub async fn who_was_deleted_is_nobody(h: &dyn StoreHarness) {
    let events = h.events();
    let ada = a_person().email("ada@example.com").phone_number("+48600100200").account("Ada", &[Role::Admin]);
    let ada = ada.put(&*events).await;
    let bob = a_person().email("bob@example.com").account("bob", &[Role::User]).put(&*events).await;
    let token = a_session(&*events, ada, 0).await;
    let door = a_lock().put(&*events).await;
    granted(ada, &door).put(&*events).await;
    let users = h.users();
    let is_deleted = async |user| h.users().is_deleted(user).await.expect("the store answers");
    assert!(!is_deleted(ada).await && !is_deleted(UserId::NOBODY).await);

    deletes(h, ada).await;
    assert!(is_deleted(ada).await && !is_deleted(bob).await);
    let nobody = [
        users.find(ada).await,
        users.find_by_name(&user_name("ada")).await,
        users.find_by_address(&email("ada@example.com")).await,
        users.find_by_phone_number(&phone_number("+48600100200")).await,
    ];
    for found in nobody {
        assert_eq!(found.expect("the store answers"), None);
    }
    let everybody = PersonFilter::default();
    let listed = users.list(&everybody, None, 9).await.expect("the store answers");
    assert_eq!(listed.iter().map(|person| person.id).collect::<Vec<_>>(), [bob]);
    let of_org = PersonFilter { org: Some(listed[0].org.clone()), name_prefix: None };
    assert_eq!(users.list(&of_org, None, 9).await.expect("the store answers").len(), 1);
    assert!(!users.has_administrator().await.expect("the store answers"));
    assert_eq!(users.credentials(&LoginName::UserName(user_name("ada"))).await.expect("the store answers"), None);
    assert_eq!(h.sessions().find(&token).await.expect("the store answers"), None);
    let access = h.lock_access();
    assert_eq!(access.grants_of(ada).await.expect("the store answers"), None);
    let situation = access.situation(ada, &door).await.expect("the store answers");
    assert_eq!((situation.person, situation.grant), (None, None));
    assert!(access.holders_at(&door, NOON, None, 9).await.expect("the store answers").holders.is_empty());
    // History knows of it.
    assert_eq!(stream(h, ada).await.last().expect("events").envelope().expect("readable").name, "UserDeleted");
    let people = AggregateFilter { kind: AggregateKind::User, id_prefix: ada.to_string() };
    assert_eq!(h.registry().count(&people).await.expect("the store answers"), 1);
}

/// Every private row goes, those of others stay, and names are free.
pub async fn nothing_private_is_left(h: &dyn StoreHarness) {
    let events = h.events();
    let bob = a_person().email("bob@example.com").account("bob", &[Role::User]).put(&*events).await;
    a_commit().private(PrivateChange::Totp(a_totp(bob))).put(&*events).await;
    let private = |rows: &std::collections::BTreeMap<String, u64>| -> Vec<(String, u64)> {
        let rows = rows.iter().filter(|(table, _)| table.starts_with("private_") && !table.contains("client"));
        rows.map(|(table, count)| (table.clone(), *count)).collect()
    };
    let before = private(&h.count_rows().await);
    let ada = a_person().named("Ada", "Lovelace").email("ada@example.com").phone_number("+48600100200");
    let ada = ada.account("ada", &[Role::User]).put(&*events).await;
    let codes = EmailCodes { live: None, mails: 1, mails_since: Some(NOON) };
    a_commit()
        .private(PrivateChange::Totp(a_totp(ada)))
        .private(PrivateChange::Language { user: ada, language: Some(Language::parse("de").expect("a language")) })
        .private(PrivateChange::EmailFactor { user: ada, enabled: true })
        .private(PrivateChange::EmailCodes { user: ada, codes })
        .put(&*events)
        .await;
    let with_ada = private(&h.count_rows().await);
    for table in ["private_languages", "private_email_factors", "private_email_codes"] {
        assert!(with_ada.contains(&(table.to_owned(), 1)), "{table}: {with_ada:?}");
    }
    deletes(h, ada).await;
    assert_eq!(private(&h.count_rows().await), before);
    let claims = [
        Claim::Email(email("ada@example.com")),
        Claim::UserName(user_name("ada")),
        Claim::PhoneNumber(phone_number("+48600100200")),
    ];
    for claim in claims {
        a_commit().claim(ClaimChange::Take { claim, owner: bob }).put(&*events).await;
    }
    // Rows of a camera account go too, should they be left.
    a_commit()
        .private(PrivateChange::ThreeDEye(a_mapping(bob)))
        .private(PrivateChange::Recovery { user: bob, roles: Vec::new() })
        .put(&*events)
        .await;
    a_commit().private(PrivateChange::PersonErased(bob)).put(&*events).await;
    let camera = h.threedeye().find(bob).await.expect("the store answers");
    assert_eq!((camera.mapping, camera.recovery), (None, None));
    assert_eq!(h.totp().find(bob).await.expect("the store answers").totp, None);
}

/// No lease of a remote job is left, and no message holds anything about the person: those that wait are given up.
pub async fn nothing_held_for_a_person_is_left(h: &dyn StoreHarness) {
    let events = h.events();
    let ada = a_person().account("ada", &[Role::User]).put(&*events).await;
    let bob = a_person().account("bob", &[Role::User]).put(&*events).await;
    let until = NOON.plus(Duration::from_mins(1));
    let mut messages = Vec::new();
    for user in [ada, bob] {
        a_commit().work(WorkChange::Lease { user, until }).put(&*events).await;
        for key in ["waits", "given up", "left", "waits too"] {
            let message = OutboxMessage { user: Some(user), ..a_message(&format!("{key}/{user}")) };
            messages.push(message.id);
            a_commit().message(message).put(&*events).await;
        }
    }
    for of_one in messages.chunks(4) {
        let bury = WorkChange::OutboxBuried { id: of_one[1], reason: "refused".to_owned() };
        a_commit().work(bury).work(WorkChange::OutboxDelivered(of_one[2])).put(&*events).await;
    }
    deletes(h, ada).await;

    let record = async |id| h.outbox().record(id).await.expect("the store answers").expect("not pruned");
    let deleted = Some("the person was deleted");
    for (id, reason) in messages[..4].iter().zip([deleted, Some("refused"), None, deleted]) {
        let found = record(*id).await;
        assert_eq!((found.reason.as_deref(), found.has_payload), (reason, false));
        assert!(found.done_at.is_some() && found.user == Some(ada));
        // Nothing to try again with.
        a_commit().work(WorkChange::OutboxRetried { id: *id, not_before: NOON }).put(&*events).await;
        assert_eq!(record(*id).await, found);
    }
    let due = h.outbox().due(NOON, 9).await.expect("the store answers");
    assert_eq!(due.iter().map(|entry| entry.id).collect::<Vec<_>>(), [messages[4], messages[7]], "somebody else's");
    assert!(record(messages[5]).await.has_payload);
    let lease = async |user| h.threedeye().find(user).await.expect("the store answers").lease.until;
    assert_eq!((lease(ada).await, lease(bob).await), (None, Some(until)));
}

/// Where requests came from is forgotten with the person they changed, but for the one that had it deleted.
pub async fn traces_go_with_the_person(h: &dyn StoreHarness) {
    let events = h.events();
    let clients = async || -> u64 {
        let rows = h.count_rows().await;
        rows.iter().filter(|(table, _)| table.contains("client")).map(|(_, count)| count).sum()
    };
    let bob = a_person().put(&*events).await;
    let others = clients().await;
    let ada = a_person().email("ada@example.com").account("ada", &[]).put(&*events).await;
    granted(ada, &a_lock().put(&*events).await).put(&*events).await;
    let of_lock = 1;
    assert_eq!(clients().await, others + of_lock + 2);
    deletes(h, ada).await;
    assert_eq!(clients().await, others + of_lock + 1);
    assert!(!everything(h).await.is_empty() && h.users().find(bob).await.expect("the store answers").is_some());
}

/// Accounts come by name without regard to case, page by page, with how many there are.
pub async fn accounts_are_listed_by_name(h: &dyn StoreHarness) {
    let events = h.events();
    a_person().email("nobody@example.com").put(&*events).await;
    for name in ["bo", "Ada", "adam", "ad", "Bob"] {
        a_person().email(&format!("{name}@example.com")).account(name, &[Role::User]).put(&*events).await;
    }
    let names = async |prefix: &str, offset, limit| {
        let page = h.users().accounts(prefix, offset, limit).await.expect("the store answers");
        let name = |person: &portcullis_domain::user::Person| {
            person.account.as_ref().map(|(account, _)| account.username.as_str().to_owned()).unwrap_or_default()
        };
        (page.people.iter().map(name).collect::<Vec<_>>().join(" "), page.total)
    };
    let told = |names: &str, total| (names.to_owned(), total);
    assert_eq!(names("", 0, 9).await, told("ad Ada adam bo Bob", 5));
    assert_eq!(names("", 1, 2).await, told("Ada adam", 5));
    assert_eq!(names("", 5, 2).await, told("", 5));
    assert_eq!(names("", u64::MAX, 2).await, told("", 5));
    assert_eq!(names("", 0, 0).await, told("", 5));
    assert_eq!(names("ADA", 0, 9).await, told("Ada adam", 2));
    assert_eq!(names("ada", 1, 9).await, told("adam", 2));
    assert_eq!(names("x", 0, 9).await, told("", 0));
    assert_eq!(names("\0", 0, 9).await, told("", 0));
    let ada = h.users().find_by_name(&user_name("ada")).await.expect("the store answers").expect("known");
    assert_eq!(h.users().accounts("ada", 0, 1).await.expect("the store answers").people, std::slice::from_ref(&ada));
    deletes(h, ada.id).await;
    assert_eq!(names("ada", 0, 9).await, told("adam", 1));
    assert_eq!(ada.status, UserStatus::Active);
}
