//! Many commits, one transaction.

use std::time::Duration;

use portcullis_domain::commit::{Claim, ClaimChange, Guard, GuardKey, WorkChange};
use portcullis_domain::event::{Position, Version};
use portcullis_domain::port::Outbox;
use portcullis_domain::port::{CommitError, EventStore, LockAccess};
use portcullis_testkit::build::NOON;
use portcullis_testkit::build::{a_commit, a_lock_id, a_message, a_person, a_user_id, granted, phone_number, removed};

use super::on_each_database;
use crate::harness::Sea;

on_each_database!(
    commits_share_transactions_and_positions_have_no_gap,
    a_full_queue_turns_away_and_loses_nothing,
    closing_writes_what_waits,
    one_culprit_in_a_batch_costs_few_transactions,
    a_message_delivered_in_the_commit_that_queues_it_is_gone,
    writers_beside_each_other_leave_no_gap,
    changes_of_one_row_in_one_batch_leave_the_last,
    grants_that_leave_in_one_batch_are_past_once_each,
    names_change_hands_in_one_batch,
);

async fn commits_share_transactions_and_positions_have_no_gap(sea: &Sea) {
    let held = sea.commits.gate.write().await;
    let tasks: Vec<_> = (0..64)
        .map(|_| {
            let store = sea.store.clone();
            tokio::spawn(async move { a_person().put(&store).await })
        })
        .collect();
    tokio::time::sleep(Duration::from_millis(200)).await;
    drop(held);
    for task in tasks {
        task.await.unwrap();
    }
    assert!(sea.commits.performed() <= 4, "64 commits took {} transactions", sea.commits.performed());
    let events = sea.store.read_from(Position::START, 100).await.unwrap();
    let positions: Vec<_> = events.iter().map(|event| event.position.number()).collect();
    assert_eq!(positions, (1..=64).collect::<Vec<_>>());
}

async fn a_full_queue_turns_away_and_loses_nothing(sea: &Sea) {
    let held = sea.commits.gate.write().await;
    let tasks: Vec<_> = (0..1400)
        .map(|_| {
            let store = sea.store.clone();
            tokio::spawn(async move { a_commit().commit(&store).await })
        })
        .collect();
    tokio::time::sleep(Duration::from_millis(500)).await;
    drop(held);
    let (mut done, mut refused) = (0, 0);
    for task in tasks {
        match task.await.unwrap() {
            Ok(()) => done += 1,
            Err(CommitError::Unavailable(_)) => refused += 1,
            Err(other) => panic!("{other}"),
        }
    }
    assert!(refused > 0 && done >= 1024, "{done} done, {refused} refused");
    assert_eq!(sea.number("SELECT count(*) FROM work_commits").await, done);
}

async fn closing_writes_what_waits(sea: &Sea) {
    let held = sea.commits.gate.write().await;
    let tasks: Vec<_> = (0..200)
        .map(|_| {
            let store = sea.store.clone();
            tokio::spawn(async move { a_person().commit().commit(&store).await })
        })
        .collect();
    tokio::time::sleep(Duration::from_millis(200)).await;
    drop(held);
    sea.store.close().await;
    for task in tasks {
        task.await.unwrap().unwrap();
    }
    assert_eq!(sea.number("SELECT count(*) FROM events").await, 200);
    let late = a_person().commit().commit(&sea.store).await;
    assert!(matches!(late, Err(CommitError::Unavailable(_))));
}

async fn one_culprit_in_a_batch_costs_few_transactions(sea: &Sea) {
    sea.on_event("culprit", "SELECT RAISE(ABORT, 'no')", "RAISE EXCEPTION 'no'").await;
    let held = sea.commits.gate.write().await;
    let tasks: Vec<_> = (0..64)
        .map(|number| {
            let store = sea.store.clone();
            tokio::spawn(async move {
                let user = a_person().commit();
                let culprit = granted(a_user_id(), &a_lock_id()).lock_name("culprit").commit(Version::NONE);
                if number == 40 { culprit.commit(&store).await } else { user.commit(&store).await }
            })
        })
        .collect();
    tokio::time::sleep(Duration::from_millis(200)).await;
    drop(held);
    let mut failed = 0;
    for task in tasks {
        failed += usize::from(task.await.unwrap().is_err());
    }
    assert_eq!(failed, 1);
    assert!(sea.commits.performed() <= 10, "{} transactions", sea.commits.performed());
    let positions = sea.number("SELECT max(position) FROM events").await;
    assert_eq!(positions, 63);
}

async fn a_message_delivered_in_the_commit_that_queues_it_is_gone(sea: &Sea) {
    let message = a_message("key");
    let id = message.id;
    a_commit().message(message).work(WorkChange::OutboxDelivered(id)).put(&sea.store).await;
    assert_eq!(sea.store.backlog().await.unwrap().waiting, 0);
    assert_eq!(sea.number("SELECT count(*) FROM work_outbox WHERE payload IS NULL").await, 1);
    a_commit().message(a_message("key")).put(&sea.store).await;
    assert_eq!(sea.store.due(NOON, 10).await.unwrap().len(), 1);
}

/// Two stores on one database, as two processes are.
async fn writers_beside_each_other_leave_no_gap(sea: &Sea) {
    let other = sea.another().await;
    let tasks: Vec<_> = (0..60)
        .map(|number| {
            let store = if number % 2 == 0 { sea.store.clone() } else { other.clone() };
            tokio::spawn(async move { a_person().put(&store).await })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    assert_eq!(sea.number("SELECT count(*) FROM events").await, 60);
    assert_eq!(sea.number("SELECT max(position) FROM events").await, 60);
    other.close().await;
}

async fn changes_of_one_row_in_one_batch_leave_the_last(sea: &Sea) {
    let (user, lock) = (a_person().put(&sea.store).await, a_lock_id());
    let held = sea.commits.gate.write().await;
    // The first fills the committer's hands, so that the others share one batch, in this order.
    let mut tasks = vec![tokio::spawn({
        let store = sea.store.clone();
        async move { a_commit().commit(&store).await }
    })];
    tokio::time::sleep(Duration::from_millis(100)).await;
    let key = GuardKey::SecondFactor(user);
    let chain = [
        granted(user, &lock).commit(Version::new(1)).guard(Guard::raise(key, 0)),
        a_commit().on(user, Version::new(2)).event(removed(user, &lock)).guard(Guard::raise(key, 1)),
        granted(user, &lock).lock_name("again").commit(Version::new(3)).guard(Guard::raise(key, 2)),
        granted(user, &lock).lock_name("lost").commit(Version::new(3)).guard(Guard::raise(key, 2)),
    ];
    for commit in chain {
        let store = sea.store.clone();
        tasks.push(tokio::spawn(async move { commit.commit(&store).await }));
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let before = sea.commits.performed();
    drop(held);
    let mut answers = Vec::new();
    for task in tasks {
        answers.push(task.await.unwrap());
    }
    assert!(answers[..4].iter().all(Result::is_ok), "{answers:?}");
    assert!(matches!(answers[4], Err(CommitError::Conflict { .. })), "{:?}", answers[4]);
    assert_eq!(sea.commits.performed() - before, 2);
    let grant = sea.store.situation(user, &lock).await.unwrap().grant.unwrap();
    assert_eq!(grant.lock_name.as_str(), "again");
    assert_eq!(sea.number("SELECT value FROM work_guards").await, 3);
    assert_eq!(past_grants(sea).await, ["3 Front door"]);
}

/// Version of the event by which each past grant left, and the name it was shown with.
async fn past_grants(sea: &Sea) -> Vec<String> {
    sea.column("SELECT version || ' ' || lock_name FROM view_past_grants ORDER BY version").await
}

async fn grants_that_leave_in_one_batch_are_past_once_each(sea: &Sea) {
    let (user, lock) = (a_person().put(&sea.store).await, a_lock_id());
    granted(user, &lock).lock_name("before").put(&sea.store).await;
    let held = sea.commits.gate.write().await;
    let mut tasks = vec![tokio::spawn({
        let store = sea.store.clone();
        async move { a_commit().commit(&store).await }
    })];
    tokio::time::sleep(Duration::from_millis(100)).await;
    let gone = |version| a_commit().on(user, Version::new(version)).event(removed(user, &lock));
    let chain = [
        gone(2),
        granted(user, &lock).lock_name("within").commit(Version::new(3)),
        gone(4),
        granted(user, &lock).lock_name("after").commit(Version::new(5)),
    ];
    for commit in chain {
        let store = sea.store.clone();
        tasks.push(tokio::spawn(async move { commit.commit(&store).await }));
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let before = sea.commits.performed();
    drop(held);
    for task in tasks {
        task.await.unwrap().unwrap();
    }
    assert_eq!(sea.commits.performed() - before, 2, "the four shared one transaction");
    assert_eq!(past_grants(sea).await, ["3 before", "5 within"]);
    let grant = sea.store.situation(user, &lock).await.unwrap().grant.unwrap();
    assert_eq!(grant.lock_name.as_str(), "after");
    let live = sea.store.dump_views().await.unwrap();
    sea.store.rebuild_views().await.unwrap();
    assert_eq!(sea.store.dump_views().await.unwrap(), live);
}

/// A number is let go by one commit and taken by the next; a third that wants it comes too late. All in one transaction.
async fn names_change_hands_in_one_batch(sea: &Sea) {
    let (ada, bob, cy) = (a_user_id(), a_user_id(), a_user_id());
    let number = |text: &str| Claim::PhoneNumber(phone_number(text));
    let take = |text: &str, owner| ClaimChange::Take { claim: number(text), owner };
    let release = |text: &str, owner| ClaimChange::Release { claim: number(text), owner };
    let (one, two) = ("+48600100200", "+48600100201");
    a_commit().claim(take(one, ada)).put(&sea.store).await;
    let held = sea.commits.gate.write().await;
    let filler = sea.store.clone();
    let mut tasks = vec![tokio::spawn(async move { a_commit().commit(&filler).await })];
    tokio::time::sleep(Duration::from_millis(100)).await;
    let chain = [
        a_commit().claim(release(one, ada)).claim(take(two, ada)),
        a_commit().claim(take(one, bob)),
        a_commit().claim(take(one, cy)),
        a_commit().claim(release(one, cy)).claim(release(two, bob)),
    ];
    for commit in chain {
        let store = sea.store.clone();
        tasks.push(tokio::spawn(async move { commit.commit(&store).await }));
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    drop(held);
    let mut taken = Vec::new();
    for task in tasks {
        taken.push(matches!(task.await.unwrap(), Err(CommitError::Taken { .. })));
    }
    assert_eq!(taken, [false, false, false, true, false]);
    let owners = sea.column("SELECT user_id FROM private_claims ORDER BY value").await;
    assert_eq!(owners, [bob.to_string(), ada.to_string()]);
}
