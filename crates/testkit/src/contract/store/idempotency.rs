//! Repeats: of a commit, and of a request.

use std::time::Duration;

use portcullis_domain::clock::Clock;
use portcullis_domain::commit::{Guard, GuardKey};
use portcullis_domain::event::Version;
use portcullis_domain::port::CommitError;

use super::super::StoreHarness;
use super::{an_event, everything, stream};
use crate::build::{a_commit, a_lock_id, a_message, a_user_id, an_answer};

const HOUR: Duration = Duration::from_hours(1);

/// The same commit handed in twice happens once and is well both times.
pub async fn the_same_commit_twice_happens_once(h: &dyn StoreHarness) {
    let (events, door, ada) = (h.events(), a_lock_id(), a_user_id());
    let commit = a_commit().on(&door, Version::NONE).event(an_event(&door)).message(a_message("k"));
    let commit = commit.guard(Guard::raise(GuardKey::SecondFactor(ada), 0)).build();
    events.commit(commit.clone()).await.expect("written");
    let rows = h.count_rows().await;
    events.commit(commit).await.expect("written already");
    assert_eq!(stream(h, &door).await.len(), 1);
    assert_eq!(h.outbox().backlog().await.expect("the store answers").waiting, 1);
    assert_eq!(h.totp().find(ada).await.expect("the store answers").revision, 1);
    assert_eq!(h.count_rows().await, rows);
}

/// It is well still after others wrote to the same stream, and though it carries an answer.
pub async fn a_late_repeat_of_a_commit_is_well(h: &dyn StoreHarness) {
    let (events, door) = (h.events(), a_lock_id());
    let later = h.clock().now().plus(HOUR);
    let commit = a_commit().on(&door, Version::NONE).event(an_event(&door)).answer(an_answer(1, 1, "once", later));
    let commit = commit.build();
    events.commit(commit.clone()).await.expect("written");
    a_commit().on(&door, Version::new(1)).event(an_event(&door)).put(&*events).await;
    events.commit(commit).await.expect("written already");
    assert_eq!(stream(h, &door).await.len(), 2);
}

/// A commit that was refused may be handed in again with the same id once nothing is in its way.
pub async fn a_refused_commit_is_not_remembered(h: &dyn StoreHarness) {
    let (events, door) = (h.events(), a_lock_id());
    let early = a_commit().on(&door, Version::new(1)).event(an_event(&door)).build();
    events.commit(early.clone()).await.expect_err("too early");
    a_commit().on(&door, Version::NONE).event(an_event(&door)).put(&*events).await;
    events.commit(early).await.expect("now it fits");
    assert_eq!(stream(h, &door).await.len(), 2);
}

/// A repeated request is told the first answer with the hash of the first body, and recall finds it.
pub async fn a_repeated_request_gets_its_answer(h: &dyn StoreHarness) {
    let (events, door) = (h.events(), a_lock_id());
    let later = h.clock().now().plus(HOUR);
    assert!(events.recall(&[1; 32]).await.expect("the store answers").is_none());
    let outcome = r#"{"key":"shown once","ü":[1,2]}"#;
    let first = a_commit().on(&door, Version::NONE).event(an_event(&door)).answer(an_answer(1, 9, outcome, later));
    first.put(&*events).await;

    let recalled = events.recall(&[1; 32]).await.expect("the store answers").expect("remembered");
    assert_eq!((recalled.body, recalled.outcome.expose().as_str()), ([9; 32], outcome));
    let again = a_commit().on(&door, Version::new(1)).event(an_event(&door)).answer(an_answer(1, 8, "other", later));
    match again.commit(&*events).await {
        Err(CommitError::AlreadyDone(told)) => assert_eq!(*told, recalled),
        other => panic!("{other:?} is no answer to a repeated request"),
    }
    assert_eq!(stream(h, &door).await.len(), 1);
    assert!(events.recall(&[2; 32]).await.expect("the store answers").is_none(), "another request has no answer");
}

/// An answer counts as absent from the instant it expires, and its request can be made anew.
pub async fn an_expired_answer_is_absent(h: &dyn StoreHarness) {
    let (events, clock) = (h.events(), h.clock());
    let expires_at = clock.now().plus(HOUR);
    a_commit().answer(an_answer(1, 1, "old", expires_at)).put(&*events).await;
    clock.set(expires_at.minus(Duration::from_millis(1)));
    assert!(events.recall(&[1; 32]).await.expect("the store answers").is_some(), "it counts to the last millisecond");
    clock.set(expires_at);
    assert!(events.recall(&[1; 32]).await.expect("the store answers").is_none());

    a_commit().answer(an_answer(1, 2, "new", clock.now().plus(HOUR))).put(&*events).await;
    let recalled = events.recall(&[1; 32]).await.expect("the store answers").expect("remembered");
    assert_eq!((recalled.body, recalled.outcome.expose().as_str()), ([2; 32], "new"));
}

/// A refusal is an answer, too: remembered without an event.
pub async fn a_refusal_is_remembered_without_event(h: &dyn StoreHarness) {
    let events = h.events();
    let later = h.clock().now().plus(HOUR);
    a_commit().answer(an_answer(1, 1, r#"{"refused":"not-granted"}"#, later)).put(&*events).await;
    assert!(everything(h).await.is_empty());
    let recalled = events.recall(&[1; 32]).await.expect("the store answers").expect("remembered");
    assert_eq!(recalled.outcome.expose(), r#"{"refused":"not-granted"}"#);
}

/// Of equal requests sent at once one is done, and all others are told its answer.
pub async fn equal_requests_at_once_are_done_once(h: &dyn StoreHarness) {
    let later = h.clock().now().plus(HOUR);
    let mut tasks = tokio::task::JoinSet::new();
    for number in 0..12 {
        let (events, door) = (h.events(), a_lock_id());
        let outcome = format!("answer {number}");
        let commit = a_commit().on(&door, Version::NONE).event(an_event(&door));
        let commit = commit.answer(an_answer(1, 1, &outcome, later)).build();
        tasks.spawn(async move { (outcome, events.commit(commit).await) });
    }
    let answers = tasks.join_all().await;
    let done: Vec<_> = answers.iter().filter(|(_, answer)| answer.is_ok()).map(|(outcome, _)| outcome).collect();
    let [winner] = done[..] else { panic!("{} requests were done, not one", done.len()) };
    for (_, answer) in answers.iter().filter(|(_, answer)| answer.is_err()) {
        let told = matches!(answer, Err(CommitError::AlreadyDone(told)) if told.outcome.expose() == winner);
        assert!(told, "{answer:?} is not the winner's answer");
    }
    assert_eq!(everything(h).await.len(), 1);
}
