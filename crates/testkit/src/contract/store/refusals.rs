//! Refusals that are foreseen: versions, claims, guards.

use portcullis_domain::commit::{Claim, ClaimChange, ClaimNamespace, Guard, GuardKey, WorkChange};
use portcullis_domain::event::{StreamId, Version};
use portcullis_domain::ids::UserId;
use portcullis_domain::port::CommitError;
use portcullis_domain::session::{Session, SessionKind, TokenHash};

use super::super::StoreHarness;
use super::{an_event, assert_conflict, stream};
use crate::build::{
    NOON, a_commit, a_lock_id, a_message, a_person, a_user_id, an_answer, email, phone_number, user_name,
};

fn take(claim: Claim, owner: UserId) -> ClaimChange {
    ClaimChange::Take { claim, owner }
}

fn release(claim: Claim, owner: UserId) -> ClaimChange {
    ClaimChange::Release { claim, owner }
}

fn address(text: &str) -> Claim {
    Claim::Email(email(text))
}

fn name(text: &str) -> Claim {
    Claim::UserName(user_name(text))
}

#[track_caller]
fn assert_taken(answer: &Result<(), CommitError>, namespace: ClaimNamespace) {
    assert!(matches!(answer, Err(CommitError::Taken { namespace: of }) if *of == namespace), "{answer:?}, not taken");
}

#[track_caller]
fn assert_lost(answer: &Result<(), CommitError>, key: GuardKey) {
    assert!(matches!(answer, Err(CommitError::Lost { what }) if *what == key), "{answer:?}, not lost");
}

/// A version somebody else wrote already is refused, and the stream named.
pub async fn a_stale_version_conflicts(h: &dyn StoreHarness) {
    let (events, door) = (h.events(), a_lock_id());
    let write = |expected| a_commit().on(&door, Version::new(expected)).event(an_event(&door));
    write(0).put(&*events).await;
    write(1).put(&*events).await;
    assert_conflict(&write(1).commit(&*events).await, &door);
    assert_conflict(&write(0).commit(&*events).await, &door);
    assert_eq!(stream(h, &door).await.len(), 2);
    write(2).put(&*events).await;
}

/// A version the stream has not reached is refused, too: no gap, though no row stands in the way.
pub async fn a_version_ahead_conflicts(h: &dyn StoreHarness) {
    let (events, door) = (h.events(), a_lock_id());
    let write = |expected| a_commit().on(&door, Version::new(expected)).event(an_event(&door));
    assert_conflict(&write(1).commit(&*events).await, &door);
    write(0).put(&*events).await;
    assert_conflict(&write(2).commit(&*events).await, &door);
    assert_conflict(&write(100).commit(&*events).await, &door);
    assert_eq!(stream(h, &door).await.len(), 1);
}

/// A decision that relied on another stream fails when that has moved on.
pub async fn a_stream_relied_on_has_moved(h: &dyn StoreHarness) {
    let (events, door, gate) = (h.events(), a_lock_id(), a_lock_id());
    a_commit().on(&gate, Version::NONE).event(an_event(&gate)).put(&*events).await;
    let write =
        |gate_at| a_commit().on(&door, Version::NONE).event(an_event(&door)).unchanged(&gate, Version::new(gate_at));
    assert_conflict(&write(0).commit(&*events).await, &gate);
    assert_conflict(&write(2).commit(&*events).await, &gate);
    assert!(stream(h, &door).await.is_empty());
    let without_events = a_commit().unchanged(&gate, Version::NONE).message(a_message("k"));
    assert_conflict(&without_events.commit(&*events).await, &gate);
    assert_eq!(h.outbox().backlog().await.expect("the store answers").waiting, 0);
}

/// It succeeds while that stands still, also when it stands at nothing, and leaves that stream alone.
pub async fn a_stream_relied_on_stands_still(h: &dyn StoreHarness) {
    let (events, door, gate, nothing) = (h.events(), a_lock_id(), a_lock_id(), a_lock_id());
    a_commit().on(&gate, Version::NONE).event(an_event(&gate)).put(&*events).await;
    let write = a_commit().on(&door, Version::NONE).event(an_event(&door));
    write.unchanged(&gate, Version::new(1)).unchanged(&nothing, Version::NONE).put(&*events).await;
    assert_eq!(stream(h, &door).await.len(), 1);
    assert_eq!(stream(h, &gate).await.len(), 1);
    assert!(stream(h, &nothing).await.is_empty());
    a_commit().on(&gate, Version::new(1)).event(an_event(&gate)).put(&*events).await;
}

/// A name has one owner.
pub async fn a_claim_is_taken_once(h: &dyn StoreHarness) {
    let (events, ada, bob) = (h.events(), a_user_id(), a_user_id());
    a_commit().claim(take(address("ada@example.com"), ada)).put(&*events).await;
    let second = a_commit().claim(take(address(" ADA@example.com"), bob)).commit(&*events).await;
    assert_taken(&second, ClaimNamespace::Email);
    a_commit().claim(take(address("bob@example.com"), bob)).put(&*events).await;
}

/// Taking what one has already is nothing.
pub async fn an_own_claim_is_taken_again(h: &dyn StoreHarness) {
    let (events, ada, bob) = (h.events(), a_user_id(), a_user_id());
    a_commit().claim(take(name("ada"), ada)).put(&*events).await;
    a_commit().claim(take(name("ada"), ada)).put(&*events).await;
    assert_taken(&a_commit().claim(take(name("ada"), bob)).commit(&*events).await, ClaimNamespace::UserName);
}

/// A name let go is free, and one commit can hand a name over.
pub async fn a_released_claim_is_free(h: &dyn StoreHarness) {
    let (events, ada, bob, cy) = (h.events(), a_user_id(), a_user_id(), a_user_id());
    a_commit().claim(take(name("desk"), ada)).put(&*events).await;
    a_commit().claim(release(name("desk"), ada)).put(&*events).await;
    a_commit().claim(take(name("desk"), bob)).put(&*events).await;
    assert_taken(&a_commit().claim(take(name("desk"), ada)).commit(&*events).await, ClaimNamespace::UserName);
    a_commit().claim(release(name("desk"), bob)).put(&*events).await;
    a_commit().claim(take(name("desk"), cy)).put(&*events).await;
}

/// Only its owner lets a name go; releasing what nobody or somebody else has does nothing.
pub async fn only_the_owner_releases(h: &dyn StoreHarness) {
    let (events, ada, bob) = (h.events(), a_user_id(), a_user_id());
    a_commit().claim(release(name("desk"), ada)).put(&*events).await;
    a_commit().claim(take(name("desk"), ada)).put(&*events).await;
    a_commit().claim(release(name("desk"), bob)).put(&*events).await;
    assert_taken(&a_commit().claim(take(name("desk"), bob)).commit(&*events).await, ClaimNamespace::UserName);
}

/// One commit lets a name go and takes another: the first is free, the second is not; refused, it lets nothing go.
pub async fn a_name_is_exchanged_for_another(h: &dyn StoreHarness) {
    let (events, [ada, bob]) = (h.events(), [a_user_id(), a_user_id()]);
    let number = |text: &str| Claim::PhoneNumber(phone_number(text));
    let (first, second) = (|| number("+48600100200"), || number("0048 600 100 201"));
    a_commit().claim(take(first(), ada)).put(&*events).await;
    a_commit().claim(release(first(), ada)).claim(take(second(), ada)).put(&*events).await;
    a_commit().claim(take(first(), bob)).put(&*events).await;
    let exchange = a_commit().claim(release(first(), bob)).claim(take(second(), bob));
    assert_taken(&exchange.commit(&*events).await, ClaimNamespace::PhoneNumber);
    assert_taken(&a_commit().claim(take(first(), ada)).commit(&*events).await, ClaimNamespace::PhoneNumber);
}

/// User names are compared without regard to case, beyond ASCII, too.
pub async fn user_names_are_claimed_without_regard_to_case(h: &dyn StoreHarness) {
    let (events, ada, bob) = (h.events(), a_user_id(), a_user_id());
    a_commit().claim(take(name("Änne.Ω"), ada)).put(&*events).await;
    assert_taken(&a_commit().claim(take(name("änne.ω"), bob)).commit(&*events).await, ClaimNamespace::UserName);
    a_commit().claim(take(name("ÄNNE.ω"), ada)).put(&*events).await;
}

/// What is taken in one namespace is free in the other.
pub async fn namespaces_are_apart(h: &dyn StoreHarness) {
    let (events, ada, bob) = (h.events(), a_user_id(), a_user_id());
    a_commit().claim(take(name("desk"), ada)).claim(take(address("desk@example.com"), ada)).put(&*events).await;
    let both = a_commit().claim(take(name("desk2"), bob)).claim(take(address("desk@example.com"), bob));
    assert_taken(&both.commit(&*events).await, ClaimNamespace::Email);
    // The other half of the refused commit was not taken.
    a_commit().claim(take(name("desk2"), ada)).put(&*events).await;
}

/// Who compares the present number wins and sets the next; who comes with an old one loses.
pub async fn a_guard_is_won_and_lost(h: &dyn StoreHarness) {
    let (events, ada) = (h.events(), a_user_id());
    let key = GuardKey::SecondFactor(ada);
    assert_lost(&a_commit().guard(Guard::raise(key, 1)).commit(&*events).await, key);
    a_commit().guard(Guard::raise(key, 0)).put(&*events).await;
    assert_lost(&a_commit().guard(Guard::raise(key, 0)).commit(&*events).await, key);
    a_commit().guard(Guard::raise(key, 1)).put(&*events).await;
    a_commit().guard(Guard { key, expected: 2, next: Some(40) }).put(&*events).await;
    a_commit().guard(Guard::still(key, 40)).put(&*events).await;
    assert_eq!(h.totp().find(ada).await.expect("the store answers").revision, 40);
}

/// A guard that is only compared stays as it is.
pub async fn a_still_guard_only_compares(h: &dyn StoreHarness) {
    let (events, ada) = (h.events(), a_user_id());
    let key = GuardKey::ThreeDEye(ada);
    a_commit().guard(Guard::still(key, 0)).put(&*events).await;
    a_commit().guard(Guard::raise(key, 0)).put(&*events).await;
    a_commit().guard(Guard::still(key, 1)).put(&*events).await;
    a_commit().guard(Guard::still(key, 1)).put(&*events).await;
    assert_lost(&a_commit().guard(Guard::still(key, 0)).commit(&*events).await, key);
}

/// Each guard is a number of its own, by kind and by whom it is about.
pub async fn guards_are_apart(h: &dyn StoreHarness) {
    let (events, ada, bob) = (h.events(), a_user_id(), a_user_id());
    let message = a_message("k");
    let outbox = GuardKey::Outbox(message.id);
    a_commit().message(message).put(&*events).await;
    let of = |user| [GuardKey::CredentialEpoch(user), GuardKey::SecondFactor(user), GuardKey::ThreeDEye(user)];
    for (raised, key) in (1..).zip(of(ada).into_iter().chain([outbox])) {
        a_commit().guard(Guard { key, expected: 0, next: Some(raised) }).put(&*events).await;
    }
    for (now, key) in (1..).zip(of(ada).into_iter().chain([outbox])) {
        a_commit().guard(Guard::still(key, now)).put(&*events).await;
        assert_lost(&a_commit().guard(Guard::still(key, 0)).commit(&*events).await, key);
    }
    for key in of(bob) {
        a_commit().guard(Guard::still(key, 0)).put(&*events).await;
    }
}

/// A sign-in that read the credentials before a reset does not survive it.
pub async fn a_moved_credential_epoch_refuses_a_session(h: &dyn StoreHarness) {
    let events = h.events();
    let ada = a_person().email("ada@example.com").account("ada", &[]).put(&*events).await;
    let epoch = h.totp().find(ada).await.expect("the store answers").epoch;
    a_commit().guard(Guard::raise(GuardKey::CredentialEpoch(ada), epoch)).put(&*events).await;

    let session = Session {
        token: TokenHash::new([9; 32]),
        user: ada,
        started_at: NOON,
        expires_at: None,
        kind: SessionKind::SignIn,
    };
    let sign_in = |epoch| {
        let guard = Guard::still(GuardKey::CredentialEpoch(ada), epoch);
        a_commit().guard(guard).work(WorkChange::SessionStarted(session.clone()))
    };
    assert_lost(&sign_in(epoch).commit(&*events).await, GuardKey::CredentialEpoch(ada));
    assert!(h.sessions().find(&session.token).await.expect("the store answers").is_none());
    sign_in(epoch + 1).put(&*events).await;
    assert!(h.sessions().find(&session.token).await.expect("the store answers").is_some());
}

/// Of several reasons the caller is told the first: answered already, lost race, lost number, taken name.
pub async fn reasons_have_an_order(h: &dyn StoreHarness) {
    let (events, door, ada, bob) = (h.events(), a_lock_id(), a_user_id(), a_user_id());
    let later = NOON.plus(std::time::Duration::from_mins(1));
    let first = a_commit().on(&door, Version::NONE).event(an_event(&door)).answer(an_answer(1, 1, "first", later));
    let guard = GuardKey::ThreeDEye(ada);
    first.guard(Guard::raise(guard, 0)).claim(take(name("desk"), ada)).put(&*events).await;

    let taken = a_commit().claim(take(name("desk"), bob));
    assert_taken(&taken.clone().commit(&*events).await, ClaimNamespace::UserName);
    let lost = taken.guard(Guard::raise(guard, 0));
    assert_lost(&lost.clone().commit(&*events).await, guard);
    let conflict = lost.on(&door, Version::NONE).event(an_event(&door));
    assert_conflict(&conflict.clone().commit(&*events).await, StreamId::from(&door));
    let done = conflict.answer(an_answer(1, 2, "second", later)).commit(&*events).await;
    assert!(matches!(&done, Err(CommitError::AlreadyDone(answer)) if answer.outcome.expose() == "first"), "{done:?}");
}
