//! Messages that wait to leave: `Outbox`.

use std::time::Duration;

use portcullis_domain::clock::Timestamp;
use portcullis_domain::commit::{Guard, GuardKey, OutboxMessage, WorkChange};
use portcullis_domain::ids::OutboxId;
use portcullis_domain::port::{Backlog, OutboxEntry, OutboxRecord, OutboxState};
use portcullis_domain::secret::Secret;

use super::super::StoreHarness;
use crate::build::{NOON, a_commit, a_message, a_user_id, millis};

async fn due(h: &dyn StoreHarness, now: Timestamp) -> Vec<OutboxEntry> {
    h.outbox().due(now, 100).await.expect("the store answers")
}

async fn due_ids(h: &dyn StoreHarness, now: Timestamp) -> Vec<OutboxId> {
    due(h, now).await.iter().map(|entry| entry.id).collect()
}

async fn waiting(h: &dyn StoreHarness) -> u64 {
    h.outbox().backlog().await.expect("the store answers").waiting
}

async fn queue(h: &dyn StoreHarness, key: &str, at: Timestamp) -> OutboxId {
    let message = OutboxMessage { at, ..a_message(key) };
    let id = message.id;
    a_commit().message(message).put(&*h.events()).await;
    id
}

async fn after(h: &dyn StoreHarness, change: WorkChange) {
    a_commit().work(change).put(&*h.events()).await;
}

/// A message comes back whole, its secret payload, too.
pub async fn a_message_comes_back_whole(h: &dyn StoreHarness) {
    let message = OutboxMessage {
        template: "totp-reset".to_owned(),
        user: Some(a_user_id()),
        payload: Secret::new(r#"{"password":"ünïcode 🔑"}"#.to_owned()),
        at: millis(1_795_000_000_123),
        ..a_message("mail/ada")
    };
    a_commit().message(message.clone()).put(&*h.events()).await;
    let expected = OutboxEntry {
        id: message.id,
        key: message.key,
        template: message.template,
        user: message.user,
        payload: Some(message.payload),
        at: message.at,
        attempts: 0,
    };
    assert_eq!(due(h, NOON).await, [expected]);
    let nobody = queue(h, "webhook", NOON).await;
    let found = due(h, NOON).await.into_iter().find(|entry| entry.id == nobody).expect("due");
    assert_eq!(found.user, None);
}

/// Oldest first, no more than the limit, and of each key only the first.
pub async fn messages_leave_in_order_per_key(h: &dyn StoreHarness) {
    let minute = |number| NOON.plus(Duration::from_mins(number));
    let a1 = queue(h, "a", minute(1)).await;
    let b1 = queue(h, "b", minute(2)).await;
    let a2 = queue(h, "a", minute(3)).await;
    let c1 = queue(h, "c", minute(4)).await;
    let now = minute(9);
    assert_eq!(due_ids(h, now).await, [a1, b1, c1]);
    let two = h.outbox().due(now, 2).await.expect("the store answers");
    assert_eq!(two.iter().map(|entry| entry.id).collect::<Vec<_>>(), [a1, b1]);
    assert!(h.outbox().due(now, 0).await.expect("the store answers").is_empty());
    assert_eq!(waiting(h).await, 4);
    after(h, WorkChange::OutboxDelivered(a1)).await;
    assert_eq!(due_ids(h, now).await, [b1, a2, c1]);
    assert_eq!(waiting(h).await, 3);
}

/// What has not left is counted by what became of it, and the first that waits is told: first queued, whatever its time.
pub async fn what_has_not_left_is_counted(h: &dyn StoreHarness) {
    let backlog = async || h.outbox().backlog().await.expect("the store answers");
    assert_eq!(backlog().await, Backlog { waiting: 0, buried: 0, oldest_waiting: None });
    let later = NOON.plus(Duration::from_mins(5));
    let (first, second) = (queue(h, "a", later).await, queue(h, "a", NOON).await);
    let third = queue(h, "b", later).await;
    assert_eq!(backlog().await, Backlog { waiting: 3, buried: 0, oldest_waiting: Some(later) });
    after(h, WorkChange::OutboxDelayed { id: second, not_before: later, error: None }).await;
    after(h, WorkChange::OutboxDelivered(first)).await;
    assert_eq!(backlog().await, Backlog { waiting: 2, buried: 0, oldest_waiting: Some(NOON) });
    let bury = |id| WorkChange::OutboxBuried { id, reason: "refused".to_owned() };
    after(h, bury(second)).await;
    after(h, bury(third)).await;
    assert_eq!(backlog().await, Backlog { waiting: 0, buried: 2, oldest_waiting: None });
    after(h, WorkChange::OutboxRetried { id: second, not_before: later }).await;
    assert_eq!(backlog().await, Backlog { waiting: 1, buried: 1, oldest_waiting: Some(NOON) });
}

/// Messages of one commit leave in the order they stand in it.
pub async fn messages_of_one_commit_keep_their_order(h: &dyn StoreHarness) {
    let mut messages: Vec<_> = (0..4).map(|_| a_message("a")).collect();
    messages.reverse(); // Their ids fall while their places rise.
    let commit = messages.iter().fold(a_commit(), |commit, message| commit.message(message.clone()));
    commit.put(&*h.events()).await;
    for message in messages {
        assert_eq!(due_ids(h, NOON).await, [message.id]);
        after(h, WorkChange::OutboxDelivered(message.id)).await;
    }
    assert_eq!(waiting(h).await, 0);
}

/// A message queued later never overtakes one of its key, though the clock stepped back between them.
pub async fn a_clock_that_steps_back_changes_no_order(h: &dyn StoreHarness) {
    let first = queue(h, "a", NOON).await;
    let second = queue(h, "a", NOON.minus(Duration::from_hours(1))).await;
    assert_eq!(due_ids(h, NOON).await, [first]);
    after(h, WorkChange::OutboxDelivered(first)).await;
    assert_eq!(due_ids(h, NOON).await, [second]);
}

/// A delayed message is due from its instant on; till then it holds back its key and no other.
pub async fn a_delayed_message_holds_back_its_key(h: &dyn StoreHarness) {
    let a1 = queue(h, "a", NOON).await;
    let a2 = queue(h, "a", NOON).await;
    let b1 = queue(h, "b", NOON).await;
    let not_before = NOON.plus(Duration::from_mins(1));
    after(h, WorkChange::OutboxDelayed { id: a1, not_before, error: Some("no answer".to_owned()) }).await;
    assert_eq!(due_ids(h, NOON).await, [b1]);
    assert_eq!(due_ids(h, not_before.minus(Duration::from_millis(1))).await, [b1]);
    assert_eq!(due_ids(h, not_before).await, [a1, b1]);
    assert_eq!(waiting(h).await, 3, "a delayed message waits");
    after(h, WorkChange::OutboxDelayed { id: a1, not_before: NOON, error: None }).await;
    assert_eq!(due_ids(h, NOON).await, [a1, b1]);
    after(h, WorkChange::OutboxDelivered(a1)).await;
    assert_eq!(due_ids(h, NOON).await, [a2, b1]);
}

/// Messages delivered or buried are gone, and what stood behind them moves up.
pub async fn delivered_and_buried_messages_are_gone(h: &dyn StoreHarness) {
    let first = queue(h, "a", NOON).await;
    let second = queue(h, "a", NOON).await;
    let third = queue(h, "a", NOON).await;
    after(h, WorkChange::OutboxBuried { id: first, reason: "no such template".to_owned() }).await;
    assert_eq!((due_ids(h, NOON).await, waiting(h).await), (vec![second], 2));
    after(h, WorkChange::OutboxDelivered(second)).await;
    assert_eq!((due_ids(h, NOON).await, waiting(h).await), (vec![third], 1));
    after(h, WorkChange::OutboxDelivered(third)).await;
    assert_eq!((due_ids(h, millis(i64::MAX)).await, waiting(h).await), (Vec::new(), 0));
}

/// Of two who take a message for delivery one wins; how often it was taken is told.
pub async fn a_message_is_taken_by_one(h: &dyn StoreHarness) {
    let id = queue(h, "a", NOON).await;
    let lease = NOON.plus(Duration::from_mins(1));
    for attempts in 0..3 {
        assert_eq!(due(h, lease).await[0].attempts, attempts);
        let take = || {
            let delayed = WorkChange::OutboxDelayed { id, not_before: lease, error: None };
            a_commit().guard(Guard::raise(GuardKey::Outbox(id), attempts)).work(delayed)
        };
        take().put(&*h.events()).await;
        take().commit(&*h.events()).await.expect_err("somebody else has it");
        assert!(due(h, NOON).await.is_empty(), "whoever took it has it for a while");
    }
}

async fn record(h: &dyn StoreHarness, id: OutboxId) -> Option<OutboxRecord> {
    h.outbox().record(id).await.expect("the store answers")
}

async fn list(h: &dyn StoreHarness, state: Option<OutboxState>, before: Option<u64>, limit: u32) -> Vec<OutboxId> {
    let records = h.outbox().list(state, before, limit).await.expect("the store answers");
    records.iter().map(|record| record.id).collect()
}

/// Newest first, all or those of a state, on from a place.
pub async fn messages_are_listed_newest_first(h: &dyn StoreHarness) {
    let mut ids = Vec::new();
    for number in 0..6 {
        ids.push(queue(h, &format!("key {number}"), NOON).await);
    }
    after(h, WorkChange::OutboxDelivered(ids[1])).await;
    after(h, WorkChange::OutboxBuried { id: ids[2], reason: "refused".to_owned() }).await;
    after(h, WorkChange::OutboxDelivered(ids[4])).await;
    let newest_first: Vec<_> = ids.iter().rev().copied().collect();
    assert_eq!(list(h, None, None, 100).await, newest_first);
    assert_eq!(list(h, Some(OutboxState::Waiting), None, 100).await, [ids[5], ids[3], ids[0]]);
    assert_eq!(list(h, Some(OutboxState::Buried), None, 100).await, [ids[2]]);
    assert_eq!(list(h, Some(OutboxState::Delivered), None, 100).await, [ids[4], ids[1]]);
    assert_eq!(list(h, None, None, 0).await, []);
    for state in [None, Some(OutboxState::Waiting), Some(OutboxState::Delivered)] {
        let whole = list(h, state, None, 100).await;
        let mut paged = Vec::new();
        let mut before = None;
        loop {
            let page = h.outbox().list(state, before, 2).await.expect("the store answers");
            let Some(last) = page.last() else { break };
            before = Some(last.place);
            paged.extend(page.iter().map(|record| record.id));
        }
        assert_eq!(paged, whole);
    }
}

/// A record says how it went, and nothing of what the message holds.
pub async fn a_message_tells_what_became_of_it(h: &dyn StoreHarness) {
    let user = a_user_id();
    let message = OutboxMessage { user: Some(user), template: "totp-reset".to_owned(), ..a_message("a") };
    let id = message.id;
    a_commit().message(message).put(&*h.events()).await;
    let fresh = record(h, id).await.expect("known");
    let expected = OutboxRecord {
        place: fresh.place,
        id,
        template: "totp-reset".to_owned(),
        user: Some(user),
        state: OutboxState::Waiting,
        attempts: 0,
        at: NOON,
        not_before: Some(NOON),
        done_at: None,
        reason: None,
        has_payload: true,
    };
    assert_eq!(fresh, expected);
    let later = NOON.plus(Duration::from_mins(5));
    let failed = WorkChange::OutboxDelayed { id, not_before: later, error: Some("no answer".to_owned()) };
    a_commit().guard(Guard::raise(GuardKey::Outbox(id), 0)).work(failed).put(&*h.events()).await;
    let failed = record(h, id).await.expect("known");
    let expected =
        OutboxRecord { attempts: 1, not_before: Some(later), reason: Some("no answer".to_owned()), ..expected };
    assert_eq!(failed, expected);
    a_commit().at(later).work(WorkChange::OutboxDelivered(id)).put(&*h.events()).await;
    let state = OutboxState::Delivered;
    let delivered =
        OutboxRecord { state, not_before: None, done_at: Some(later), reason: None, has_payload: false, ..expected };
    assert_eq!(record(h, id).await, Some(delivered));
    assert_eq!(record(h, a_message("b").id).await, None);
}

/// A message given up keeps its payload, and waits again in its old place when told to.
pub async fn a_buried_message_waits_again(h: &dyn StoreHarness) {
    let id = queue(h, "a", NOON).await;
    let next = queue(h, "a", NOON).await;
    let payload = due(h, NOON).await[0].payload.clone();
    let later = NOON.plus(Duration::from_mins(5));
    let bury = || WorkChange::OutboxBuried { id, reason: "refused".to_owned() };
    a_commit().at(later).work(bury()).put(&*h.events()).await;
    let buried = record(h, id).await.expect("known");
    let told = (buried.state, buried.done_at, buried.reason.as_deref(), buried.has_payload);
    assert_eq!(told, (OutboxState::Buried, Some(later), Some("refused"), true));
    assert_eq!(due_ids(h, later).await, [next]);
    after(h, WorkChange::OutboxRetried { id, not_before: later }).await;
    assert_eq!((due_ids(h, NOON).await, waiting(h).await), (Vec::new(), 2), "it holds back its key again");
    let again = due(h, later).await;
    assert_eq!((again.len(), again[0].id, &again[0].payload), (1, id, &payload));
    let waits = record(h, id).await.expect("known");
    assert_eq!((waits.state, waits.not_before, waits.done_at), (OutboxState::Waiting, Some(later), None));
    after(h, bury()).await;
    assert_eq!(record(h, id).await.expect("known").state, OutboxState::Buried);
}

/// One that waits is not put forward, and one that left does not come back.
pub async fn only_a_buried_message_waits_again(h: &dyn StoreHarness) {
    let (left, waits) = (queue(h, "a", NOON).await, queue(h, "b", NOON).await);
    let later = NOON.plus(Duration::from_mins(5));
    after(h, WorkChange::OutboxDelivered(left)).await;
    after(h, WorkChange::OutboxDelayed { id: waits, not_before: later, error: None }).await;
    let before = h.outbox().list(None, None, 10).await.expect("the store answers");
    for id in [left, waits, a_message("c").id] {
        after(h, WorkChange::OutboxRetried { id, not_before: NOON }).await;
    }
    assert_eq!(h.outbox().list(None, None, 10).await.expect("the store answers"), before);
}
