//! Failures nobody foresees.

use std::pin::pin;
use std::task::{Context, Waker};

use portcullis_domain::clock::Clock;
use portcullis_domain::commit::{Claim, ClaimChange, Commit, Guard, GuardKey};
use portcullis_domain::event::Version;
use portcullis_domain::port::CommitError;
use tokio::task::JoinHandle;

use super::super::StoreHarness;
use super::{an_event, an_event_with, assert_conflict, assert_contiguous, assert_unavailable, everything, stream};
use crate::build::{a_commit, a_lock_id, a_message, a_user_id, an_answer, user_name};

const POISON: &str = "belladonna";

/// Enough rounds for commits handed in together to share a transaction in some of them.
const ROUNDS: u64 = 10;

fn handed_in(h: &dyn StoreHarness, commit: Commit) -> JoinHandle<Result<(), CommitError>> {
    let events = h.events();
    tokio::spawn(async move { events.commit(commit).await })
}

async fn answer(task: JoinHandle<Result<(), CommitError>>) -> Result<(), CommitError> {
    task.await.expect("the store does not panic")
}

/// Good commits handed in along with refused and poisoned ones are written, and only those.
pub async fn refused_and_poisoned_commits_hurt_no_other(h: &dyn StoreHarness) {
    h.poison(POISON).await;
    let mut good = Vec::new();
    let mut refused = Vec::new();
    let mut poisoned = Vec::new();
    for _ in 0..30 {
        let door = a_lock_id();
        let commit = a_commit().on(&door, Version::NONE).event(an_event(&door)).message(a_message("good"));
        good.push((door, handed_in(h, commit.build())));
        let door = a_lock_id();
        let commit = a_commit().on(&door, Version::new(1)).event(an_event(&door)).message(a_message("stale"));
        refused.push((door, handed_in(h, commit.build())));
        let door = a_lock_id();
        let commit = a_commit().on(&door, Version::NONE).event(an_event(&door)).event(an_event_with(POISON));
        poisoned.push((door, handed_in(h, commit.message(a_message("poisoned")).build())));
    }
    for (door, task) in good {
        answer(task).await.expect("nothing is wrong with this one");
        assert_eq!(stream(h, &door).await.len(), 1);
    }
    for (door, task) in refused {
        assert_conflict(&answer(task).await, &door);
        assert!(stream(h, &door).await.is_empty());
    }
    for (door, task) in poisoned {
        assert_unavailable(&answer(task).await);
        assert!(stream(h, &door).await.is_empty());
    }
    let all = everything(h).await;
    assert_eq!(all.len(), 30);
    assert_contiguous(&all);
    assert_eq!(h.outbox().backlog().await.expect("the store answers").waiting, 30);
}

/// A commit that would follow a poisoned one in its stream is judged as if that had never been.
pub async fn nothing_builds_on_a_poisoned_commit(h: &dyn StoreHarness) {
    h.poison(POISON).await;
    for _ in 0..ROUNDS {
        let door = a_lock_id();
        let first = a_commit().on(&door, Version::NONE).event(an_event(&door)).event(an_event_with(POISON));
        let first = handed_in(h, first.build());
        let second = handed_in(h, a_commit().on(&door, Version::new(2)).event(an_event(&door)).build());
        assert_unavailable(&answer(first).await);
        assert_conflict(&answer(second).await, &door);
        a_commit().on(&door, Version::NONE).event(an_event(&door)).put(&*h.events()).await;
    }
    assert_contiguous(&everything(h).await);
}

/// What a poisoned commit would have taken stays free for those handed in along with it.
pub async fn a_poisoned_commit_takes_nothing(h: &dyn StoreHarness) {
    h.poison(POISON).await;
    let later = h.clock().now().plus(std::time::Duration::from_hours(1));
    for round in 0..ROUNDS {
        let (door, gate, user, ada, bob) = (a_lock_id(), a_lock_id(), a_user_id(), a_user_id(), a_user_id());
        let scope = u8::try_from(round).expect("few rounds");
        let wants = |owner, outcome| {
            let claim = Claim::UserName(user_name(&format!("desk{round}")));
            a_commit()
                .claim(ClaimChange::Take { claim, owner })
                .guard(Guard::raise(GuardKey::SecondFactor(user), 0))
                .answer(an_answer(scope, 1, outcome, later))
                .unchanged(&gate, Version::NONE)
        };
        let poisoned = wants(ada, "poisoned").on(&door, Version::NONE).event(an_event_with(POISON));
        let poisoned = handed_in(h, poisoned.build());
        let good = handed_in(h, wants(bob, "good").on(&door, Version::NONE).event(an_event(&door)).build());
        // Which of the two comes first is nobody's choice: behind the good one, this one is told that it is done.
        let poisoned = answer(poisoned).await;
        let told = matches!(poisoned, Err(CommitError::Unavailable(_) | CommitError::AlreadyDone(_)));
        assert!(told, "{poisoned:?} is no answer to a poisoned commit");
        answer(good).await.expect("nobody else has it");
        let recalled = h.events().recall(&[scope; 32]).await.expect("the store answers").expect("remembered");
        assert_eq!(recalled.outcome.expose(), "good");
        assert_eq!(stream(h, &door).await.len(), 1);
    }
}

/// The store was not told, but the commit is there: the answer is `Ok`, and it happened once.
pub async fn an_unknown_outcome_that_took_effect_is_ok(h: &dyn StoreHarness) {
    let door = a_lock_id();
    h.commit_outcome_unknown(true).await;
    let commit = a_commit().on(&door, Version::NONE).event(an_event(&door)).message(a_message("k")).build();
    h.events().commit(commit.clone()).await.expect("it took effect");
    assert_eq!(stream(h, &door).await.len(), 1);
    h.events().commit(commit).await.expect("written already");
    assert_eq!(stream(h, &door).await.len(), 1);
    assert_eq!(h.outbox().backlog().await.expect("the store answers").waiting, 1);
    a_commit().on(&door, Version::new(1)).event(an_event(&door)).put(&*h.events()).await;
    assert_contiguous(&everything(h).await);
}

/// The store was not told, and nothing is there: the answer is `Unavailable`, and the same commit succeeds later.
pub async fn an_unknown_outcome_without_effect_is_unavailable(h: &dyn StoreHarness) {
    let door = a_lock_id();
    let rows = h.count_rows().await;
    h.commit_outcome_unknown(false).await;
    let commit = a_commit().on(&door, Version::NONE).event(an_event(&door)).message(a_message("k")).build();
    assert_unavailable(&h.events().commit(commit.clone()).await);
    assert!(stream(h, &door).await.is_empty());
    assert_eq!(h.count_rows().await, rows);
    h.events().commit(commit).await.expect("nothing is wrong with it");
    assert_eq!(stream(h, &door).await.len(), 1);
    assert_eq!(h.outbox().backlog().await.expect("the store answers").waiting, 1);
    assert_contiguous(&everything(h).await);
}

/// Whoever hangs up and hands the same commit in again finds it done once, whether the first call went through or not.
pub async fn a_dropped_call_repeated_happens_once(h: &dyn StoreHarness) {
    for _ in 0..ROUNDS {
        let (events, door) = (h.events(), a_lock_id());
        let commit = a_commit().on(&door, Version::NONE).event(an_event(&door)).message(a_message("k")).build();
        {
            let mut call = pin!(events.commit(commit.clone()));
            let _ = call.as_mut().poll(&mut Context::from_waker(Waker::noop()));
        }
        events.commit(commit).await.expect("done now or before");
        assert_eq!(stream(h, &door).await.len(), 1);
    }
    assert_eq!(h.outbox().backlog().await.expect("the store answers").waiting, ROUNDS);
    assert_contiguous(&everything(h).await);
}
