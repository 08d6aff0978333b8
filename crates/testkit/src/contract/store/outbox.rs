//! Messages that wait to leave: `Outbox`.

use std::time::Duration;

use portcullis_domain::clock::Timestamp;
use portcullis_domain::commit::{Guard, GuardKey, OutboxMessage, WorkChange};
use portcullis_domain::ids::OutboxId;
use portcullis_domain::port::OutboxEntry;
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
    h.outbox().waiting().await.expect("the store answers")
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
