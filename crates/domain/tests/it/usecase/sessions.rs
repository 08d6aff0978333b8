//! Ending sessions: one's others, one's own everywhere, somebody else's.

use std::time::Duration;

use portcullis_domain::commit::{Effects, Guard, GuardKey, WorkChange};
use portcullis_domain::ids::UserId;
use portcullis_domain::policy::{Caller, Denied};
use portcullis_domain::port::EventStore;
use portcullis_domain::session::{LogOutRefusal, PersonalAccessToken, Session, SessionKind, TokenHash, TokenName};
use portcullis_domain::usecase::UseCaseError;
use portcullis_domain::usecase::session::{EndOtherSessions, LogOutUser};
use portcullis_domain::user::Role;
use portcullis_testkit::build::{NOON, a_commit, a_person, a_session};

use super::world::{OvertakenStore, World, request};

fn session_of(caller: &Caller) -> TokenHash {
    caller.operator.as_ref().unwrap().session
}

impl World {
    async fn signs_in(&self, user: UserId) -> TokenHash {
        a_session(self.store.as_ref(), user, self.epoch(user).await).await
    }

    /// Gives somebody a token.
    async fn has_token(&self, user: UserId, digest: u8) -> TokenHash {
        let token = TokenHash::new([digest; 32]);
        let name = TokenName::parse("program").unwrap();
        let about = PersonalAccessToken { name, last_part: "abc123".to_owned(), bypass_two_factor: false };
        let kind = SessionKind::PersonalAccessToken(about);
        let session = Session { token, user, started_at: NOON, expires_at: None, kind };
        let guard = Guard::still(GuardKey::CredentialEpoch(user), self.epoch(user).await);
        let commit = a_commit().guard(guard).work(WorkChange::SessionStarted(session));
        commit.put(self.store.as_ref() as &dyn EventStore).await;
        token
    }

    fn ending_others(&self) -> EndOtherSessions {
        EndOtherSessions::new(self.commands(), self.store.clone())
    }

    fn logging_out(&self) -> LogOutUser {
        LogOutUser::new(self.commands(), self.store.clone(), self.store.clone())
    }
}

#[tokio::test]
async fn ones_other_sessions_end_and_tokens_stay() {
    let world = World::new();
    let (user, caller) = world.account("ada", Role::User).await;
    let (other, token) = (world.signs_in(user).await, world.has_token(user, 1).await);
    let (bob, _) = world.account("bob", Role::User).await;
    let bobs = world.signs_in(bob).await;
    let kept = world.ending_others().execute(&request(caller.clone())).await.unwrap();
    assert_eq!((kept.user, kept.token), (user, session_of(&caller)));
    assert!(world.finds(&kept.token).await && world.finds(&token).await && world.finds(&bobs).await);
    assert!(!world.finds(&other).await);
    assert_eq!(world.told(user), ["UserCreated", "AccountAdded"], "who signs in where is no history");
}

#[tokio::test]
async fn a_token_ends_all_sessions_and_stays() {
    let world = World::new();
    let (user, caller) = world.account("ada", Role::User).await;
    let token = world.has_token(user, 1).await;
    let program = super::world::operator(user, token, Role::User);
    assert_eq!(world.ending_others().execute(&request(program)).await.unwrap().expires_at, None);
    assert!(world.finds(&token).await && !world.finds(&session_of(&caller)).await);
}

#[tokio::test]
async fn of_two_sessions_that_end_each_other_one_stays() {
    let world = World::new();
    let (user, caller) = world.account("ada", Role::User).await;
    let other = world.signs_in(user).await;
    let mut theirs = Effects::default();
    theirs.end_sign_ins(user, Some(other), world.epoch(user).await);
    let events = OvertakenStore::by(world.store.clone(), theirs);
    let ending = EndOtherSessions::new(world.commands_on(events), world.store.clone());
    let answer = ending.execute(&request(caller.clone())).await;
    assert!(matches!(answer, Err(UseCaseError::Denied(Denied))));
    assert!(world.finds(&other).await && !world.finds(&session_of(&caller)).await);
}

#[tokio::test]
async fn a_sign_in_that_overlaps_does_not_survive() {
    let world = World::new();
    let (user, caller) = world.account("ada", Role::User).await;
    let before = world.epoch(user).await;
    world.ending_others().execute(&request(caller)).await.unwrap();
    let token = TokenHash::new([7; 32]);
    let expires_at = Some(NOON.plus(Duration::from_hours(1)));
    let session = Session { token, user, started_at: NOON, expires_at, kind: SessionKind::SignIn };
    let guard = Guard::still(GuardKey::CredentialEpoch(user), before);
    let late = a_commit().guard(guard).work(WorkChange::SessionStarted(session));
    late.commit(world.store.as_ref() as &dyn EventStore).await.unwrap_err();
}

#[tokio::test]
async fn one_signs_out_everywhere_without_a_record() {
    let world = World::new();
    let (user, _) = world.account("ada", Role::User).await;
    for id in [None, Some(String::new()), Some(user.to_string()), Some(user.to_string().to_uppercase())] {
        let (other, token) = (world.signs_in(user).await, world.has_token(user, 1).await);
        let session = world.signs_in(user).await;
        let caller = world.again(&super::world::operator(user, session, Role::User)).await;
        assert_eq!(world.logging_out().execute(&request(caller.clone()), id.as_deref()).await.unwrap(), user);
        assert!(!world.finds(&other).await && !world.finds(&session_of(&caller)).await);
        assert!(world.finds(&token).await);
    }
    assert_eq!(world.told(user), ["UserCreated", "AccountAdded"]);
}

#[tokio::test]
async fn somebody_else_is_signed_out_by_who_may_and_it_is_recorded() {
    let world = World::new();
    let (root, admin) = world.account("root", Role::Admin).await;
    let (ada, caller) = world.account("ada", Role::User).await;
    let token = world.has_token(ada, 1).await;
    let id = ada.to_string();
    assert_eq!(world.logging_out().execute(&request(admin.clone()), Some(&id)).await.unwrap(), ada);
    assert!(!world.finds(&session_of(&caller)).await);
    assert!(world.finds(&token).await && world.finds(&session_of(&admin)).await);
    assert_eq!(world.told(ada).last().unwrap(), "UserLoggedOut");
    let last = world.store.envelopes().pop().unwrap();
    assert_eq!(last.actor.id, root.to_string());

    let bare = a_person().put(world.store.as_ref()).await.to_string();
    for nobody in ["nobody", "0190a3c2-7b5e-7d11-9f00-0123456789ab", " ", &bare] {
        let answer = world.logging_out().execute(&request(admin.clone()), Some(nobody)).await;
        let unknown = LogOutRefusal::UnknownUser;
        assert!(matches!(answer, Err(UseCaseError::Refused { refusal, .. }) if refusal == unknown), "{nobody}");
    }
}

#[tokio::test]
async fn who_may_not_learns_nothing_of_others() {
    let world = World::new();
    let (root, _) = world.account("root", Role::Admin).await;
    let (_, caller) = world.account("ada", Role::User).await;
    let root = root.to_string();
    for id in ["nobody", &root] {
        let answer = world.logging_out().execute(&request(caller.clone()), Some(id)).await;
        assert!(matches!(answer, Err(UseCaseError::Denied(Denied))), "{id}");
    }
    let nobody = world.logging_out().execute(&request(Caller::default()), None).await;
    assert!(matches!(nobody, Err(UseCaseError::Denied(Denied))));
}
