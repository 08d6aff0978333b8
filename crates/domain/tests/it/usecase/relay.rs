//! Letting messages leave, with a notifier that fails on demand.

use std::sync::Arc;
use std::time::Duration;

use portcullis_domain::clock::Clock;
use portcullis_domain::commit::OutboxMessage;
use portcullis_domain::ids::OutboxId;
use portcullis_domain::policy::Caller;
use portcullis_domain::port::{NotifyError, Outbox, OutboxEntry, OutboxRecord, OutboxState};
use portcullis_domain::secret::Secret;
use portcullis_domain::usecase::outbox::RetryMessage;
use portcullis_domain::usecase::relay::{Delivery, RelayOutbox};
use portcullis_testkit::build::{a_commit, a_message, a_user_id};
use portcullis_testkit::fake::RecordingNotifier;

use super::world::{World, request, staff};

/// Tries before a message is given up.
const TRIES: u64 = 60;

struct Post {
    world: World,
    notifier: Arc<RecordingNotifier>,
    relay: RelayOutbox,
}

impl Post {
    fn new() -> Self {
        let (world, notifier) = (World::new(), Arc::new(RecordingNotifier::new()));
        let relay = Self::another(&world, &notifier);
        Self { world, notifier, relay }
    }

    /// The relay of one more process.
    fn another(world: &World, notifier: &Arc<RecordingNotifier>) -> RelayOutbox {
        RelayOutbox::new(world.commands(), world.store.clone(), notifier.clone())
    }

    async fn queue(&self, key: &str, payload: String) -> OutboxId {
        let message = OutboxMessage { user: Some(a_user_id()), payload: Secret::new(payload), ..a_message(key) };
        let id = message.id;
        a_commit().message(message).put(self.world.store.as_ref()).await;
        id
    }

    async fn deliver_all(&self) -> usize {
        let mut settled = 0;
        for entry in self.relay.due(100).await.unwrap() {
            settled += usize::from(self.deliver(&self.relay, entry).await.is_settled());
        }
        settled
    }

    async fn deliver(&self, relay: &RelayOutbox, entry: OutboxEntry) -> Delivery {
        relay.deliver(entry, &request(Caller::default()).id).await.unwrap()
    }

    async fn record(&self, id: OutboxId) -> OutboxRecord {
        self.world.store.record(id).await.unwrap().unwrap()
    }

    fn told(&self) -> Vec<OutboxId> {
        self.notifier.told().iter().map(|notice| notice.id).collect()
    }

    fn fails(&self) {
        self.notifier.fail_next(NotifyError::Transient("the mail server answered 451".into()));
    }

    fn refuses(&self) {
        self.notifier.fail_next(NotifyError::Permanent("the mail server refuses the recipient (550)".to_owned()));
    }
}

#[tokio::test]
async fn a_failure_delays_the_message_and_its_key_but_no_other() {
    let post = Post::new();
    let first = post.queue("ada", "{}".to_owned()).await;
    let second = post.queue("ada", "{}".to_owned()).await;
    let other = post.queue("bob", "{}".to_owned()).await;
    post.fails();
    assert_eq!(post.deliver_all().await, 1);
    assert_eq!(post.told(), [other]);
    let failed = post.record(first).await;
    assert_eq!((failed.state, failed.attempts), (OutboxState::Waiting, 1));
    let reason = failed.reason.unwrap();
    assert!(reason.contains("451"), "{reason}");
    assert_eq!(failed.not_before, Some(post.world.clock.now().plus(Duration::from_secs(5))));
    assert_eq!(post.deliver_all().await, 0);
    post.world.clock.advance(Duration::from_secs(5));
    assert_eq!(post.deliver_all().await, 1);
    assert_eq!(post.deliver_all().await, 1);
    assert_eq!(post.told(), [other, first, second]);
}

#[tokio::test]
async fn pauses_double_up_to_half_an_hour_until_the_message_is_given_up() {
    let post = Post::new();
    let id = post.queue("ada", "{}".to_owned()).await;
    let begun = post.world.clock.now();
    let mut pauses = Vec::new();
    for _ in 1..TRIES {
        post.fails();
        assert_eq!(post.deliver_all().await, 0);
        let pause = post.record(id).await.not_before.unwrap().unix_millis() - post.world.clock.now().unix_millis();
        pauses.push(pause / 1000);
        post.world.clock.advance(Duration::from_millis(pause.unsigned_abs()));
    }
    assert_eq!(pauses[..10], [5, 10, 20, 40, 80, 160, 320, 640, 1280, 1800]);
    assert!(pauses[10..].iter().all(|pause| *pause == 1800));
    let day = begun.plus(Duration::from_hours(24));
    assert!(post.world.clock.now() > day, "a mail server may be away for a day");
    post.fails();
    assert_eq!(post.deliver_all().await, 1);
    let buried = post.record(id).await;
    assert_eq!((buried.state, buried.attempts, buried.has_payload), (OutboxState::Buried, TRIES, true));
    let reason = buried.reason.unwrap();
    assert!(reason.starts_with("60 failed tries") && reason.contains("451"), "{reason}");

    // Somebody mended the server: as many tries once more, from the shortest pause on.
    let retry = RetryMessage::new(post.world.commands(), post.world.store.clone());
    retry.execute(&request(staff()), id).await.unwrap();
    post.fails();
    assert_eq!(post.deliver_all().await, 0);
    let again = post.record(id).await;
    assert_eq!((again.state, again.attempts), (OutboxState::Waiting, TRIES + 1));
    assert_eq!(again.not_before, Some(post.world.clock.now().plus(Duration::from_secs(5))));
}

#[tokio::test]
async fn a_refused_recipient_is_given_up_at_once_and_the_next_message_goes() {
    let post = Post::new();
    let first = post.queue("ada", "{}".to_owned()).await;
    let second = post.queue("ada", "{}".to_owned()).await;
    post.refuses();
    assert_eq!(post.deliver_all().await, 1);
    let buried = post.record(first).await;
    assert_eq!((buried.state, buried.done_at), (OutboxState::Buried, Some(post.world.clock.now())));
    assert_eq!(buried.reason.as_deref(), Some("the mail server refuses the recipient (550)"));
    assert_eq!(post.deliver_all().await, 1);
    assert_eq!(post.told(), [second]);
}

#[tokio::test]
async fn a_code_that_expired_is_not_sent_any_more() {
    let post = Post::new();
    let expires_at = post.world.clock.now().plus(Duration::from_secs(5));
    let id = post.queue("ada", format!(r#"{{"code":"123456","expiresAt":"{expires_at}"}}"#)).await;
    post.fails();
    assert_eq!(post.deliver_all().await, 0, "it is good for five seconds");
    post.world.clock.advance(Duration::from_secs(5));
    assert_eq!(post.deliver_all().await, 1);
    assert_eq!(post.told(), []);
    let buried = post.record(id).await;
    assert_eq!((buried.state, buried.reason.as_deref()), (OutboxState::Buried, Some("expired")));
}

#[tokio::test]
async fn of_two_processes_one_delivers() {
    let post = Post::new();
    let id = post.queue("ada", "{}".to_owned()).await;
    let other = Post::another(&post.world, &post.notifier);
    let (ours, theirs) = (post.relay.due(1).await.unwrap().remove(0), other.due(1).await.unwrap().remove(0));
    assert_eq!(post.deliver(&other, theirs).await, Delivery::Delivered);
    assert_eq!(post.deliver(&post.relay, ours).await, Delivery::Elsewhere);
    assert_eq!(post.told(), [id]);
}
