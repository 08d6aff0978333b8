//! Pruning and rebuilding.

use std::time::Duration;

use portcullis_domain::clock::Timestamp;
use portcullis_domain::commit::{Guard, GuardKey, WorkChange};
use portcullis_domain::event::Version;
use portcullis_domain::port::{EventStore, Outbox};
use portcullis_domain::session::{FailureKey, Session, SessionKind};
use portcullis_domain::user::Role;
use portcullis_testkit::build::{
    NOON, a_commit, a_lock, a_message, a_person, a_token_hash, an_answer, granted, removed,
};

use super::on_each_database;
use crate::harness::Sea;

on_each_database!(
    what_has_served_is_pruned,
    sessions_that_ended_are_pruned,
    failed_sign_ins_go_when_their_window_is_over,
    rebuilt_views_equal_live_ones_after_many_events
);

async fn what_has_served_is_pruned(sea: &Sea) {
    let day = Duration::from_hours(24);
    let (message, refused) = (a_message("key"), a_message("other"));
    let (id, buried) = (message.id, refused.id);
    let queued = a_commit().message(message).message(refused).answer(an_answer(1, 1, "old", NOON.plus(day)));
    queued.put(&sea.store).await;
    let taken = |id| a_commit().guard(Guard::raise(GuardKey::Outbox(id), 0));
    taken(id).work(WorkChange::OutboxDelivered(id)).put(&sea.store).await;
    let given_up = WorkChange::OutboxBuried { id: buried, reason: "refused".to_owned() };
    taken(buried).work(given_up).put(&sea.store).await;
    for _ in 0..600 {
        sea.store.commit(a_commit().at(NOON).build()).await.unwrap();
    }
    let count = async |table: &str| sea.number(&format!("SELECT count(*) FROM {table}")).await;
    assert!(!sea.store.prune(NOON.plus(Duration::from_hours(23))).await.unwrap());
    assert_eq!((count("work_idempotency").await, count("work_commits").await), (1, 603));
    let later = NOON.plus(day).plus(Duration::from_hours(2));
    assert!(sea.store.prune(later).await.unwrap(), "600 are more than one chunk");
    assert!(!sea.store.prune(later).await.unwrap());
    assert_eq!((count("work_idempotency").await, count("work_commits").await), (0, 0));
    assert_eq!((count("work_outbox").await, count("work_guards").await), (2, 2));
    assert!(!sea.store.prune(NOON.plus(29 * day)).await.unwrap());
    assert_eq!((count("work_outbox").await, count("work_guards").await), (2, 2), "kept for thirty days");
    assert!(!sea.store.prune(Timestamp::from_unix_millis(i64::MAX)).await.unwrap());
    assert_eq!((count("work_outbox").await, count("work_guards").await), (0, 0));
    a_commit().message(a_message("key")).put(&sea.store).await;
    assert_eq!(sea.store.backlog().await.unwrap().waiting, 1);
}

async fn sessions_that_ended_are_pruned(sea: &Sea) {
    let user = a_person().put(&sea.store).await;
    for number in 0..602_u64 {
        let end = NOON.plus(Duration::from_secs(number));
        let session = Session {
            token: a_token_hash(),
            user,
            started_at: NOON,
            expires_at: Some(end).filter(|_| number < 601),
            kind: SessionKind::SignIn,
        };
        a_commit().work(WorkChange::SessionStarted(session)).put(&sea.store).await;
    }
    let count = async || sea.number("SELECT count(*) FROM work_sessions").await;
    assert!(!sea.store.prune(NOON).await.unwrap());
    assert_eq!(count().await, 601, "one ended at that very instant");
    let later = NOON.plus(Duration::from_secs(599));
    assert!(sea.store.prune(later).await.unwrap(), "599 are more than one chunk");
    assert_eq!(count().await, 101, "the oldest go first");
    assert!(!sea.store.prune(later).await.unwrap());
    assert_eq!(count().await, 2, "one has not ended, the other never does");
}

async fn failed_sign_ins_go_when_their_window_is_over(sea: &Sea) {
    let minute = Duration::from_mins(1);
    for number in 0..600_u16 {
        let mut key = [0; 32];
        key[..2].copy_from_slice(&number.to_be_bytes());
        let until = NOON.plus(if number < 550 { minute } else { minute * 2 });
        let failed = WorkChange::SignInFailed { key: FailureKey::new(key), at: NOON, until };
        sea.store.commit(a_commit().at(NOON).work(failed).build()).await.unwrap();
    }
    let count = async || sea.number("SELECT count(*) FROM work_sign_in_failures").await;
    assert!(!sea.store.prune(NOON.plus(minute).minus(Duration::from_millis(1))).await.unwrap());
    assert_eq!(count().await, 600);
    assert!(sea.store.prune(NOON.plus(minute)).await.unwrap(), "550 are more than one chunk");
    assert!(!sea.store.prune(NOON.plus(minute)).await.unwrap());
    assert_eq!(count().await, 50);
}

async fn rebuilt_views_equal_live_ones_after_many_events(sea: &Sea) {
    let lock = a_lock().put(&sea.store).await;
    for number in 0..300 {
        let mut person = a_person();
        if number % 3 == 0 {
            person = person.account(&format!("user{number}"), &[Role::Admin, Role::User]);
        }
        let events = if number % 3 == 0 { 2 } else { 1 };
        let user = person.put(&sea.store).await;
        granted(user, &lock).commit(Version::new(events)).put(&sea.store).await;
        if number % 2 == 0 {
            a_commit().on(user, Version::new(events + 1)).event(removed(user, &lock)).put(&sea.store).await;
        }
    }
    let live = sea.store.dump_views().await.unwrap();
    assert!(live.lines().count() > 500);
    sea.execute("DELETE FROM view_grants").await;
    sea.execute("UPDATE view_users SET status = 'SUSPENDED'").await;
    assert_ne!(sea.store.dump_views().await.unwrap(), live);
    sea.store.rebuild_views().await.unwrap();
    assert_eq!(sea.store.dump_views().await.unwrap(), live);
}
