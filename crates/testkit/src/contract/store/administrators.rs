//! Administrators: `UserRepository`.

use portcullis_domain::commit::{Guard, GuardKey};
use portcullis_domain::port::CommitError;
use portcullis_domain::user::{OtherAdministrators, Role, UserStatus};

use super::super::StoreHarness;
use crate::build::{a_commit, a_person, a_user_id};

/// Only an active person with the role counts as an administrator.
pub async fn an_administrator_is_active(h: &dyn StoreHarness) {
    let events = h.events();
    let answer = async || h.users().has_administrator().await.expect("the store answers");
    assert!(!answer().await);
    a_person().email("a@example.com").account("a", &[Role::User, Role::Bot]).put(&*events).await;
    let off = a_person().email("b@example.com").account("b", &[Role::Admin]);
    off.status(UserStatus::Inactive).put(&*events).await;
    let out = a_person().email("c@example.com").account("c", &[Role::Admin]);
    out.status(UserStatus::Suspended).put(&*events).await;
    assert!(!answer().await);
    a_person().email("d@example.com").account("d", &[Role::User, Role::Admin]).put(&*events).await;
    assert!(answer().await);
}

/// The others are active administrators too; the guard's value comes along, and whoever is second must look again.
pub async fn administrators_are_counted_without_one(h: &dyn StoreHarness) {
    let events = h.events();
    let besides = async |user| h.users().administrators_besides(user).await.expect("the store answers");
    let ada = a_person().email("a@example.com").account("a", &[Role::Admin]).put(&*events).await;
    let off = a_person().email("b@example.com").account("b", &[Role::Admin]);
    off.status(UserStatus::Suspended).put(&*events).await;
    a_person().email("c@example.com").account("c", &[Role::User]).put(&*events).await;
    assert_eq!(besides(ada).await, OtherAdministrators { any: false, revision: 0 });
    assert!(besides(a_user_id()).await.any);
    let dan = a_person().email("d@example.com").account("d", &[Role::Admin]).put(&*events).await;
    assert!(besides(ada).await.any && besides(dan).await.any);
    let raise = || a_commit().guard(Guard::raise(GuardKey::Administrators, 0));
    raise().put(&*events).await;
    assert_eq!(besides(ada).await, OtherAdministrators { any: true, revision: 1 });
    let second = raise().commit(&*events).await;
    assert!(matches!(second, Err(CommitError::Lost { what: GuardKey::Administrators })), "{second:?}");
}
