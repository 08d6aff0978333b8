//! What the fakes promise beyond the suites.

use std::sync::Arc;
use std::time::Duration;

use portcullis_domain::clock::Clock;
use portcullis_domain::entropy::Entropy;
use portcullis_domain::ids::UserId;
use portcullis_domain::port::{
    CommitError, EventStore, GatewayError, Hasher, NewRemoteAccount, Notice, Notifier, NotifyError, ThreeDEyeGateway,
    Timer, TotpCodes, UserRepository,
};
use portcullis_domain::secret::Secret;
use portcullis_domain::totp::{TotpSecret, generate_backup_codes};
use portcullis_testkit::build::{NOON, a_message, a_person, a_user_id, an_outbox_id, email, user_name};
use portcullis_testkit::fake::{
    FakeGateway, FakeHasher, FakeTotpCodes, Fault, InstantTimer, Operation, RecordingNotifier, SeededEntropy, TestClock,
};
use portcullis_testkit::memory::{Delivery, MemoryStore};

#[tokio::test]
async fn a_clock_moves_when_told_and_a_timer_moves_it() {
    let clock = Arc::new(TestClock::default());
    assert_eq!(clock.now().to_string(), "2026-11-21T10:15:00.000Z");
    clock.advance(Duration::from_millis(1));
    clock.step_back(Duration::from_secs(1));
    assert_eq!(clock.now().to_string(), "2026-11-21T10:14:59.001Z");
    let timer = InstantTimer::new(clock.clone());
    timer.sleep(Duration::from_mins(1)).await;
    assert_eq!(clock.now().to_string(), "2026-11-21T10:15:59.001Z");
    assert_eq!(timer.slept(), [Duration::from_mins(1)]);
}

#[test]
fn entropy_repeats_by_seed_and_does_not_repeat_itself() {
    let draw = |seed| {
        let (entropy, mut bytes) = (SeededEntropy::new(seed), [0_u8; 21]);
        entropy.fill(&mut bytes);
        let id = UserId::new(NOON, &entropy);
        (bytes, id, UserId::new(NOON, &entropy))
    };
    assert_eq!(draw(1), draw(1));
    assert_ne!(draw(1).0, draw(2).0);
    assert_ne!(draw(1).1, draw(1).2);
}

#[tokio::test]
async fn a_hasher_tells_right_from_wrong() {
    let hasher = FakeHasher::new();
    let digest = FakeHasher::password_digest("secret");
    assert_eq!(digest.expose(), "2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b", "it is SHA-256");
    let hash = hasher.hash_password(&digest).await.unwrap();
    assert!(hasher.verify_password(&digest, Some(hash.clone())).await.unwrap());
    assert!(!hasher.verify_password(&digest, None).await.unwrap());
    assert!(!hasher.verify_password(&FakeHasher::password_digest("other"), Some(hash)).await.unwrap());

    let codes = generate_backup_codes(&SeededEntropy::new(1));
    let (one, two) = (hasher.hash_backup_codes(&codes).await.unwrap(), hasher.hash_backup_codes(&codes).await.unwrap());
    assert_ne!(one, two, "each set has a salt of its own");
    let found = hasher.find_backup_code(&codes[3], &one).await.unwrap();
    assert_eq!(found, Some(one.hashes[3]));
    assert_eq!(hasher.find_backup_code(&Secret::new("wrong".to_owned()), &one).await.unwrap(), None);
    hasher.set_busy(true);
    assert!(hasher.hash_password(&digest).await.is_err());
}

#[test]
fn codes_match_their_step_within_the_delta() {
    let codes = FakeTotpCodes;
    let secret = codes.new_secret(&SeededEntropy::new(7));
    let step = FakeTotpCodes::step_at(NOON);
    let code = FakeTotpCodes::code_at(&secret, NOON);
    assert_eq!(codes.matched_step(&secret, &code, NOON, 0), Some(step));
    let later = NOON.plus(Duration::from_secs(30));
    assert_eq!(codes.matched_step(&secret, &code, later, 0), None);
    assert_eq!(codes.matched_step(&secret, &code, later, 1), Some(step));
    assert_eq!(codes.matched_step(&secret, &code, later.plus(Duration::from_secs(30)), 1), None);
    assert_eq!(codes.matched_step(&TotpSecret::new("OTHER"), &code, NOON, 0), None);
    let url = codes.provisioning_url(&secret, &user_name("ada"));
    assert!(url.starts_with("otpauth://totp/") && url.contains(secret.expose()), "{url}");
}

#[tokio::test]
async fn a_gateway_fails_before_or_after_the_effect() {
    let gateway = FakeGateway::new();
    let account = NewRemoteAccount {
        email: email("ada@example.com"),
        first_name: "Ada".to_owned(),
        last_name: "Lovelace".to_owned(),
        password: Secret::new("secret".to_owned()),
        roles: Vec::new(),
    };
    gateway.fail_next(Operation::Create, Fault::Before(GatewayError::Ambiguous));
    gateway.fail_next(Operation::Create, Fault::After(GatewayError::Ambiguous));
    assert_eq!(gateway.create(&account).await, Err(GatewayError::Ambiguous));
    assert_eq!(gateway.accounts().len(), 0);
    assert_eq!(gateway.create(&account).await, Err(GatewayError::Ambiguous));
    assert_eq!(gateway.accounts()[0].password.as_deref(), Some("secret"));
    assert_eq!(gateway.create(&account).await, Err(GatewayError::EmailTaken));
    gateway.set_down(Some(GatewayError::NotConfigured));
    assert_eq!(gateway.find_by_email(&account.email).await, Err(GatewayError::NotConfigured));
    gateway.set_down(None);
    let found = gateway.find_by_email(&account.email).await.unwrap().unwrap();
    gateway.delete(&found.id).await.unwrap();
    gateway.hide_ids(true);
    assert_eq!(gateway.create(&account).await.unwrap().id, None);
    let (create, find, delete) = (Operation::Create, Operation::Find, Operation::Delete);
    assert_eq!(gateway.calls(), [create, create, create, find, find, delete, create]);
}

#[tokio::test]
async fn a_notifier_writes_down_what_it_delivered() {
    let notifier = RecordingNotifier::new();
    let notice = Notice {
        id: an_outbox_id(),
        template: "totp-reset".to_owned(),
        user: a_user_id(),
        payload: Secret::new("{}".to_owned()),
    };
    notifier.fail_next(NotifyError::Permanent("no such template".to_owned()));
    notifier.notify(&notice).await.unwrap_err();
    assert_eq!(notifier.told(), []);
    notifier.notify(&notice).await.unwrap();
    assert_eq!(notifier.told(), [notice]);
}

#[tokio::test]
async fn a_store_fails_as_often_as_told() {
    let store = MemoryStore::new(Arc::new(TestClock::default()));
    let commit = a_person().commit().message(a_message("k"));
    store.fail_next_commits(1);
    assert!(matches!(commit.clone().commit(&store).await, Err(CommitError::Unavailable(_))));
    store.conflict_next_commits(1);
    assert!(matches!(commit.clone().commit(&store).await, Err(CommitError::Conflict { .. })));
    assert!(store.envelopes().is_empty());
    let commit = commit.build();
    store.commit(commit.clone()).await.unwrap();
    assert_eq!(store.envelopes().len(), 1);
    assert_eq!(store.client_of(commit.id), commit.meta.client);
    let rows = store.outbox_rows();
    assert_eq!((rows.len(), &rows[0].delivery), (1, &Delivery::Waiting));
    store.fail_reads(true);
    assert!(UserRepository::find(&store, a_user_id()).await.is_err());
    store.fail_reads(false);
    assert!(UserRepository::find(&store, a_user_id()).await.unwrap().is_none());
}
