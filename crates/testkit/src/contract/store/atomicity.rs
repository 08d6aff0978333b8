//! Everything or nothing.

use portcullis_domain::commit::{
    Claim, ClaimChange, Guard, GuardKey, IdempotencyRecord, OutboxMessage, PrivateChange, WorkChange,
};
use portcullis_domain::event::Version;
use portcullis_domain::ids::{ThreeDEyeRoleId, UserId};
use portcullis_domain::org::KeptKey;
use portcullis_domain::port::CommitError;
use portcullis_domain::session::{Session, SessionKind, TokenHash};
use portcullis_domain::totp::Failures;
use portcullis_domain::user::{Account, PasswordHash, Profile, Voucher};

use super::super::StoreHarness;
use super::picture::Picture;
use super::{assert_conflict, assert_unavailable, everything, stream};
use crate::build::{
    CommitBuilder, NOON, a_commit, a_key_prefix, a_lock_id, a_mapping, a_message, a_person, a_session, a_totp,
    an_answer, email, granted, millis, org, phone_number, user_name, version_of,
};

/// A person with one row of everything, and a commit that would change them all.
struct Scene {
    ada: UserId,
    token: TokenHash,
    message: OutboxMessage,
}

impl Scene {
    async fn set(h: &dyn StoreHarness) -> Self {
        let events = h.events();
        let ada = a_person().named("Ada", "Lovelace").email("ada@example.com").account("ada", &[]).put(&*events).await;
        let token = a_session(&*events, ada, 0).await;
        let message = a_message("first");
        a_commit()
            .private(PrivateChange::Totp(a_totp(ada)))
            .private(PrivateChange::ThreeDEye(a_mapping(ada)))
            .private(PrivateChange::Recovery { user: ada, roles: vec![role("guard")] })
            .message(message.clone())
            .put(&*events)
            .await;
        Self { ada, token, message }
    }

    /// Touches every kind of row there is.
    fn everything(&self) -> CommitBuilder {
        let ada = self.ada;
        let (epoch, factor) = (GuardKey::CredentialEpoch(ada), GuardKey::SecondFactor(ada));
        let token = TokenHash::new([0xAB; 32]);
        a_commit()
            .on(ada, Version::new(2))
            .event(granted(ada, &a_lock_id()).event())
            .claim(ClaimChange::Release { claim: Claim::Email(email("ada@example.com")), owner: ada })
            .claim(ClaimChange::Take { claim: Claim::Email(email("countess@example.com")), owner: ada })
            .guard(Guard::raise(epoch, 0))
            .guard(Guard::raise(factor, 0))
            .guard(Guard::raise(GuardKey::ThreeDEye(ada), 0))
            .guard(Guard::raise(GuardKey::Outbox(self.message.id), 0))
            .private(PrivateChange::Profile(Profile {
                user: ada,
                email: Some(email("countess@example.com")),
                email_verified: false,
                email_voucher: Voucher::Nobody,
                first_name: None,
                last_name: Some("King".to_owned()),
                phone_number: Some(phone_number("+48600100200")),
            }))
            .private(PrivateChange::Account(Account {
                user: ada,
                username: user_name("countess"),
                name: "The Countess".to_owned(),
                created_at: NOON,
            }))
            .private(PrivateChange::Password { user: ada, hash: PasswordHash::new("$other") })
            .private(PrivateChange::TotpGone(ada))
            .private(PrivateChange::ThreeDEyeGone(ada))
            .private(PrivateChange::RecoveryGone(ada))
            .private(PrivateChange::TenantOwner { org: org("acme"), email: email("owner@example.com") })
            .private(PrivateChange::ApiKey(KeptKey {
                prefix: a_key_prefix(),
                hash: [3; 32],
                last_four: "Wxyz".to_owned(),
            }))
            .work(WorkChange::ApiKeyUsed { prefix: a_key_prefix(), at: NOON })
            .work(WorkChange::SessionsEnded { user: ada })
            .work(WorkChange::SessionStarted(Session {
                token,
                user: ada,
                started_at: NOON,
                expires_at: None,
                kind: SessionKind::SignIn,
            }))
            .work(WorkChange::Failures { user: ada, failures: Failures { count: 3, since: Some(NOON) } })
            .work(WorkChange::Lease { user: ada, until: millis(5) })
            .work(WorkChange::OutboxDelivered(self.message.id))
            .message(a_message("second"))
            .answer(answer("done"))
    }

    async fn picture(&self, h: &dyn StoreHarness) -> Picture {
        Picture::of(h, self.ada, &self.token).await
    }
}

fn role(text: &str) -> ThreeDEyeRoleId {
    ThreeDEyeRoleId::parse(text).expect("a short id")
}

fn answer(outcome: &str) -> IdempotencyRecord {
    an_answer(1, 1, outcome, millis(i64::MAX))
}

/// Hands in a commit that must fail, and looks for any trace of it.
async fn fails_without_trace(h: &dyn StoreHarness, scene: &Scene, commit: CommitBuilder) -> Result<(), CommitError> {
    let before = scene.picture(h).await;
    let answer = commit.commit(&*h.events()).await;
    assert!(answer.is_err(), "this commit cannot be written");
    assert_eq!(scene.picture(h).await, before, "a failed commit leaves no trace");
    answer
}

/// The very commit the other cases let fail does change every kind of row when nothing is in its way.
pub async fn a_commit_takes_effect_whole(h: &dyn StoreHarness) {
    let scene = Scene::set(h).await;
    scene.everything().put(&*h.events()).await;

    let person = h.users().find(scene.ada).await.expect("the store answers").expect("known");
    assert_eq!((person.version, person.profile.email), (Version::new(3), Some(email("countess@example.com"))));
    assert_eq!(person.account.expect("an account").0.username, user_name("countess"));
    let factor = h.totp().find(scene.ada).await.expect("the store answers");
    assert_eq!((factor.totp, factor.failures.count, factor.revision, factor.epoch), (None, 3, 1, 1));
    assert_eq!(factor.sessions, 1, "the old session ended, the new one began");
    let camera = h.threedeye().find(scene.ada).await.expect("the store answers");
    assert_eq!((camera.mapping, camera.recovery), (None, None));
    assert_eq!((camera.lease.fence, camera.lease.until), (1, Some(millis(5))));
    assert!(h.sessions().find(&scene.token).await.expect("the store answers").is_none());
    let due = h.outbox().due(NOON, 10).await.expect("the store answers");
    assert_eq!(due.iter().map(|entry| entry.key.as_str()).collect::<Vec<_>>(), ["second"]);
    assert_eq!(stream(h, scene.ada).await.len(), 3);
    let recalled = h.events().recall(&[1; 32]).await.expect("the store answers").expect("remembered");
    assert_eq!(recalled.outcome.expose(), "done");
    let other = a_person().email("ada@example.com").put(&*h.events()).await;
    assert_ne!(other, scene.ada, "the address was let go");
}

/// A lost race leaves nothing.
pub async fn a_conflict_leaves_nothing(h: &dyn StoreHarness) {
    let scene = Scene::set(h).await;
    let stale = scene.everything().on(scene.ada, Version::new(1));
    assert_conflict(&fails_without_trace(h, &scene, stale).await, scene.ada);
    let ahead = scene.everything().on(scene.ada, Version::new(3));
    assert_conflict(&fails_without_trace(h, &scene, ahead).await, scene.ada);
    assert!(h.events().recall(&[1; 32]).await.expect("the store answers").is_none());
}

/// A stream that moved leaves nothing.
pub async fn a_moved_stream_leaves_nothing(h: &dyn StoreHarness) {
    let scene = Scene::set(h).await;
    let door = a_lock_id();
    let commit = scene.everything().unchanged(&door, Version::new(1));
    assert_conflict(&fails_without_trace(h, &scene, commit).await, &door);
}

/// A lost compare-and-set leaves nothing.
pub async fn a_lost_guard_leaves_nothing(h: &dyn StoreHarness) {
    let scene = Scene::set(h).await;
    let commit = scene.everything().guard(Guard::still(GuardKey::ThreeDEye(crate::build::a_user_id()), 1));
    let answer = fails_without_trace(h, &scene, commit).await;
    assert!(matches!(answer, Err(CommitError::Lost { .. })), "{answer:?}");
}

/// A taken name leaves nothing.
pub async fn a_taken_name_leaves_nothing(h: &dyn StoreHarness) {
    let scene = Scene::set(h).await;
    a_person().email("bob@example.com").put(&*h.events()).await;
    let claim = Claim::Email(email("bob@example.com"));
    let commit = scene.everything().claim(ClaimChange::Take { claim, owner: scene.ada });
    let answer = fails_without_trace(h, &scene, commit).await;
    assert!(matches!(answer, Err(CommitError::Taken { .. })), "{answer:?}");
}

/// A repeated request leaves nothing but its first answer.
pub async fn a_repeated_request_leaves_nothing(h: &dyn StoreHarness) {
    let scene = Scene::set(h).await;
    a_commit().answer(answer("first")).put(&*h.events()).await;
    let answer = fails_without_trace(h, &scene, scene.everything()).await;
    assert!(matches!(answer, Err(CommitError::AlreadyDone(_))), "{answer:?}");
    let recalled = h.events().recall(&[1; 32]).await.expect("the store answers").expect("remembered");
    assert_eq!(recalled.outcome.expose(), "first");
}

/// A failure nobody foresaw leaves nothing, and the store goes on.
pub async fn an_unforeseen_failure_leaves_nothing(h: &dyn StoreHarness) {
    let scene = Scene::set(h).await;
    h.poison("hemlock").await;
    let commit = scene.everything().event(granted(scene.ada, &a_lock_id()).lock_name("hemlock").event());
    assert_unavailable(&fails_without_trace(h, &scene, commit).await);
    scene.everything().put(&*h.events()).await;
    assert_eq!(version_of(&*h.events(), &scene.ada.into()).await, Version::new(3));
}

/// A commit without events changes rows and no stream.
pub async fn a_commit_without_events_needs_no_stream(h: &dyn StoreHarness) {
    let events = h.events();
    let ada = a_person().put(&*events).await;
    let before = everything(h).await;
    a_commit()
        .private(PrivateChange::Totp(a_totp(ada)))
        .guard(Guard::raise(GuardKey::SecondFactor(ada), 0))
        .message(a_message("k"))
        .put(&*events)
        .await;
    assert_eq!(everything(h).await, before);
    let factor = h.totp().find(ada).await.expect("the store answers");
    assert_eq!((factor.totp, factor.revision), (Some(a_totp(ada)), 1));
    assert_eq!(h.outbox().backlog().await.expect("the store answers").waiting, 1);
    a_commit().on(ada, Version::new(1)).event(granted(ada, &a_lock_id()).event()).put(&*events).await;
}
