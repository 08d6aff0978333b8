//! Many callers at once.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use portcullis_domain::commit::{Claim, ClaimChange, Effects, Guard, GuardKey, WorkChange};
use portcullis_domain::event::{Position, StreamId, Version};
use portcullis_domain::ids::LockId;
use portcullis_domain::port::{CommitError, EventStore};
use portcullis_domain::session::{Session, SessionKind};
use tokio::sync::{Barrier, watch};
use tokio::task::JoinSet;

use super::super::StoreHarness;
use super::{an_event, assert_conflict, assert_contiguous, everything, stream};
use crate::build::{
    a_commit, a_lock_id, a_person, a_session, a_token_hash, a_user_id, about_token, user_name, version_of,
};

/// Twenty callers append to one stream, each trying again until it succeeds: every version has one winner.
pub async fn twenty_callers_on_one_stream_all_finish(h: &dyn StoreHarness) {
    const CALLERS: usize = 20;
    let door = a_lock_id();
    let start = Arc::new(Barrier::new(CALLERS));
    let mut callers = JoinSet::new();
    for _ in 0..CALLERS {
        let (events, door, start) = (h.events(), door.clone(), Arc::clone(&start));
        callers.spawn(async move {
            start.wait().await;
            append_with_retry(&*events, &door).await
        });
    }
    let wins = callers.join_all().await;
    let mut winners = BTreeMap::<Version, u32>::new();
    for (version, _) in &wins {
        *winners.entry(*version).or_default() += 1;
    }
    let expected: BTreeMap<_, _> = (0..CALLERS as u64).map(|version| (Version::new(version), 1)).collect();
    assert_eq!(winners, expected, "each version has exactly one winner");
    assert_contiguous(&everything(h).await);
    assert_eq!(stream(h, &door).await.len(), CALLERS);
}

/// The version written on, and how many tries it took.
async fn append_with_retry(events: &dyn EventStore, door: &LockId) -> (Version, u32) {
    for tries in 1..=1000 {
        let expected = version_of(events, &StreamId::from(door)).await;
        let answer = a_commit().on(door, expected).event(an_event(door)).commit(events).await;
        match answer {
            Ok(()) => return (expected, tries),
            Err(CommitError::Conflict { .. }) => {}
            Err(other) => panic!("{other:?} is no lost race"),
        }
    }
    panic!("a caller never won");
}

/// Of callers who expect the same version exactly one wins, and each loser is told which stream moved.
pub async fn a_version_has_one_winner(h: &dyn StoreHarness) {
    let door = a_lock_id();
    for round in 0..5 {
        let answers = at_once(h, 16, |_| a_commit().on(&door, Version::new(round)).event(an_event(&door))).await;
        assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 1);
        for loser in answers.iter().filter(|answer| answer.is_err()) {
            assert_conflict(loser, &door);
        }
    }
    assert_eq!(stream(h, &door).await.len(), 5);
}

/// A name claimed by many at once goes to one.
pub async fn a_name_has_one_winner(h: &dyn StoreHarness) {
    let answers = at_once(h, 16, |_| {
        let owner = a_user_id();
        let claim = Claim::UserName(user_name("desk"));
        a_person().id(owner).commit().claim(ClaimChange::Take { claim, owner })
    })
    .await;
    assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 1);
    let taken = |answer: &Result<(), CommitError>| matches!(answer, Err(CommitError::Taken { .. }));
    assert_eq!(answers.iter().filter(|answer| taken(answer)).count(), 15);
    assert_eq!(everything(h).await.len(), 1);
}

/// A number raised by many at once is raised once.
pub async fn a_number_has_one_winner(h: &dyn StoreHarness) {
    let ada = a_user_id();
    let key = GuardKey::SecondFactor(ada);
    let answers = at_once(h, 16, |_| a_commit().guard(Guard::raise(key, 0))).await;
    assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 1);
    let lost = |answer: &Result<(), CommitError>| matches!(answer, Err(CommitError::Lost { .. }));
    assert_eq!(answers.iter().filter(|answer| lost(answer)).count(), 15);
    assert_eq!(h.totp().find(ada).await.expect("the store answers").revision, 1);
}

/// Of two decisions that each rely on the other's stream at most one is written: no write skew.
pub async fn decisions_that_rely_on_each_other_do_not_both_win(h: &dyn StoreHarness) {
    for _ in 0..10 {
        let (door, gate) = (a_lock_id(), a_lock_id());
        let pair = [(door.clone(), gate.clone()), (gate.clone(), door.clone())];
        let answers = at_once(h, 2, |number| {
            let (own, other) = &pair[number];
            a_commit().on(own, Version::NONE).event(an_event(own)).unchanged(other, Version::NONE)
        })
        .await;
        assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 1, "{answers:?}");
        let conflict = |answer: &&Result<(), CommitError>| matches!(answer, Err(CommitError::Conflict { .. }));
        assert_eq!(answers.iter().filter(conflict).count(), 1);
        assert_eq!(stream(h, &door).await.len() + stream(h, &gate).await.len(), 1);
    }
}

/// Two hundred commits over fifty streams, in order within each stream and at once across them, all succeed.
pub async fn many_streams_at_once_all_succeed(h: &dyn StoreHarness) {
    let mut streams = JoinSet::new();
    for _ in 0..50 {
        let (events, door) = (h.events(), a_lock_id());
        streams.spawn(async move {
            for version in 0..4 {
                a_commit().on(&door, Version::new(version)).event(an_event(&door)).put(&*events).await;
            }
            door
        });
    }
    for door in streams.join_all().await {
        assert_eq!(stream(h, &door).await.len(), 4);
    }
    let all = everything(h).await;
    assert_eq!(all.len(), 200);
    assert_contiguous(&all);
    for event in all {
        let envelope = event.envelope().expect("readable");
        assert_eq!((envelope.position, envelope.version), (event.position, event.version), "bytes know their place");
    }
}

/// A reader who follows the feed while others write, some of them in vain, never sees a position skipped.
pub async fn a_reader_never_misses_a_position(h: &dyn StoreHarness) {
    let done = Arc::new(AtomicBool::new(false));
    let (report, seen) = watch::channel(Position::START);
    let reader = tokio::spawn({
        let (events, done) = (h.events(), Arc::clone(&done));
        async move {
            let mut after = Position::START;
            loop {
                let last_round = done.load(Ordering::SeqCst);
                let page = events.read_from(after, 7).await.expect("the store answers");
                for event in &page {
                    assert_eq!(event.position, after.next(), "no position is skipped or comes late");
                    after = event.position;
                }
                report.send_replace(after);
                if last_round && page.is_empty() {
                    return after;
                }
                tokio::task::yield_now().await;
            }
        }
    });
    let mut writers = JoinSet::new();
    for _ in 0..8 {
        let (events, door, mut seen) = (h.events(), a_lock_id(), seen.clone());
        writers.spawn(async move {
            for round in 0..15_u64 {
                let write = a_commit().on(&door, Version::new(round * 2));
                write.event(an_event(&door)).event(an_event(&door)).put(&*events).await;
                let stale = a_commit().on(&door, Version::new(round)).event(an_event(&door));
                stale.commit(&*events).await.expect_err("a version long gone");
                // The reader is under way while there is still much to write.
                seen.wait_for(|position| *position > Position::START).await.expect("the reader is well");
            }
        });
    }
    writers.join_all().await;
    done.store(true, Ordering::SeqCst);
    let last = reader.await.expect("the reader is well");
    assert_eq!(last.number(), 8 * 15 * 2);
    assert_contiguous(&everything(h).await);
}

/// What was acknowledged is seen by the next read, on every port.
pub async fn an_acknowledged_commit_is_seen_at_once(h: &dyn StoreHarness) {
    let mut callers = JoinSet::new();
    for _ in 0..20 {
        let (events, users, outbox) = (h.events(), h.users(), h.outbox());
        callers.spawn(async move {
            let id = a_user_id();
            let message = crate::build::a_message(&id.to_string());
            let queued = message.id;
            a_person().id(id).commit().message(message).put(&*events).await;
            let person = users.find(id).await.expect("the store answers").expect("just made");
            assert_eq!(person.version, Version::new(1));
            let due = outbox.due(crate::build::NOON, 1000).await.expect("the store answers");
            assert!(due.iter().any(|entry| entry.id == queued));
        });
    }
    callers.join_all().await;
}

/// Tokens are made by a session, over and over, each guarded by the epoch read before it was seen that the session stands.
/// Whatever overlaps the end of all sessions, afterwards there is neither session nor token.
pub async fn no_token_survives_a_reset_that_was_acknowledged(h: &dyn StoreHarness) {
    let events = h.events();
    let ada = a_person().email("ada@example.com").account("ada", &[]).put(&*events).await;
    for round in 0..5 {
        let session = a_session(&*events, ada, round).await;
        let mut makers = JoinSet::new();
        let (made, mut any) = watch::channel(0_u32);
        for _ in 0..4 {
            let (events, sessions, made) = (h.events(), h.sessions(), made.clone());
            makers.spawn(async move {
                loop {
                    let epoch = sessions.tokens_of(ada).await.expect("the store answers").epoch;
                    if sessions.find(&session).await.expect("the store answers").is_none() {
                        return;
                    }
                    let guard = Guard::still(GuardKey::CredentialEpoch(ada), epoch);
                    let token = Session {
                        token: a_token_hash(),
                        user: ada,
                        started_at: crate::build::NOON,
                        expires_at: None,
                        kind: SessionKind::PersonalAccessToken(about_token("one of many")),
                    };
                    let commit = a_commit().guard(guard).work(WorkChange::SessionStarted(token));
                    match commit.commit(&*events).await {
                        Ok(()) => made.send_modify(|count| *count += 1),
                        Err(CommitError::Lost { .. }) => {}
                        Err(other) => panic!("{other:?} is no lost race"),
                    }
                }
            });
        }
        any.wait_for(|count| *count > 3).await.expect("the makers are well");
        let mut reset = Effects::default();
        reset.end_sessions(ada, round);
        a_commit().effects(reset).put(&*events).await;
        let left = h.sessions().tokens_of(ada).await.expect("the store answers");
        assert_eq!((left.tokens.len(), left.epoch), (0, round + 1), "none is left once it is acknowledged");
        makers.join_all().await;
        let left = h.sessions().tokens_of(ada).await.expect("the store answers");
        assert_eq!(left.tokens.len(), 0, "and none comes later");
    }
}

/// Hands in commits at the same time and gathers the answers in the order of their numbers.
async fn at_once(
    h: &dyn StoreHarness,
    count: usize,
    commit: impl Fn(usize) -> crate::build::CommitBuilder,
) -> Vec<Result<(), CommitError>> {
    let start = Arc::new(Barrier::new(count));
    let tasks: Vec<_> = (0..count)
        .map(|number| {
            let (events, start, commit) = (h.events(), Arc::clone(&start), commit(number).build());
            tokio::spawn(async move {
                start.wait().await;
                events.commit(commit).await
            })
        })
        .collect();
    let mut answers = Vec::with_capacity(count);
    for task in tasks {
        answers.push(task.await.expect("the store does not panic"));
    }
    answers
}
