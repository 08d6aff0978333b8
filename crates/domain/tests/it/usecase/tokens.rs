//! Personal access tokens.

use std::sync::Arc;

use portcullis_domain::commit::{Effects, WorkChange};
use portcullis_domain::ids::UserId;
use portcullis_domain::policy::{Caller, Denied};
use portcullis_domain::port::{EventStore, Hasher, Sessions, TotpStore};
use portcullis_domain::secret::Secret;
use portcullis_domain::session::{AuthToken, SessionKind, TokenHash, TokenName, TokenRefusal};
use portcullis_domain::totp::{Proof, TwoFactorPolicy};
use portcullis_domain::usecase::UseCaseError;
use portcullis_domain::usecase::session::{
    CreatePersonalAccessToken, ListPersonalAccessTokens, RegeneratePersonalAccessToken, RemovePersonalAccessToken,
    SignOut, TokenOrder, TokenOrderRefusal,
};
use portcullis_domain::user::Role;
use portcullis_testkit::build::{NOON, a_commit, a_session};
use portcullis_testkit::fake::FakeHasher;

use super::world::{OvertakenStore, World, keyed, operator, request};

fn name(text: &str) -> TokenName {
    TokenName::parse(text).unwrap()
}

fn order(text: &str) -> TokenOrder {
    TokenOrder { name: name(text), bypass_two_factor: false }
}

/// The password once more; an account's is its name.
fn password(of: &str) -> Proof {
    Proof { code: Some(Secret::new(FakeHasher::password_digest(of).expose().to_owned())), forced: None }
}

fn refusal<T: std::fmt::Debug>(result: Result<T, UseCaseError<TokenOrderRefusal>>) -> TokenOrderRefusal {
    match result {
        Err(UseCaseError::Refused { refusal, .. }) => refusal,
        other => panic!("not refused: {other:?}"),
    }
}

impl World {
    fn creating_tokens(&self) -> CreatePersonalAccessToken {
        CreatePersonalAccessToken::new(self.token_ports(), self.gate())
    }

    fn regenerating_tokens(&self) -> RegeneratePersonalAccessToken {
        RegeneratePersonalAccessToken::new(self.token_ports(), self.gate())
    }

    fn removing_tokens(&self) -> RemovePersonalAccessToken {
        RemovePersonalAccessToken::new(self.token_ports(), self.gate())
    }

    async fn makes(&self, caller: &Caller, text: &str) -> AuthToken {
        let made = self.creating_tokens().execute(&request(caller.clone()), &order(text), &password("ada")).await;
        made.unwrap()
    }

    pub(super) fn hash(&self, token: &AuthToken) -> TokenHash {
        TokenHash::new(self.hasher.digest(token.expose().as_bytes()))
    }

    pub(super) async fn finds(&self, token: &TokenHash) -> bool {
        Sessions::find(self.store.as_ref(), token).await.unwrap().is_some()
    }

    /// The names of a person's tokens, oldest first.
    async fn names(&self, user: UserId) -> Vec<String> {
        let held = self.store.tokens_of(user).await.unwrap();
        held.tokens.iter().map(|held| held.about.name.as_str().to_owned()).collect()
    }

    pub(super) async fn epoch(&self, user: UserId) -> u64 {
        TotpStore::find(self.store.as_ref(), user).await.unwrap().epoch
    }
}

#[tokio::test]
async fn a_token_stands_for_its_owner_and_nothing_secret_is_recorded() {
    let world = World::new();
    let (user, caller) = world.account("ada", Role::User).await;
    let bypassing = TokenOrder { name: name("my secret hobby"), bypass_two_factor: true };
    let made = world.creating_tokens().execute(&request(caller.clone()), &bypassing, &password("ada")).await.unwrap();

    let found = Sessions::find(world.store.as_ref(), &world.hash(&made)).await.unwrap().unwrap();
    assert_eq!((found.user, found.expires_at), (user, None));
    let SessionKind::PersonalAccessToken(about) = found.kind else { panic!("a token") };
    assert_eq!(about.name, bypassing.name);
    assert!(about.bypass_two_factor && made.expose().ends_with(&about.last_part) && about.last_part.len() == 6);
    assert_eq!(world.told(user), ["UserCreated", "AccountAdded", "PersonalAccessTokenCreated"]);
    let recorded = format!("{:?}", world.store.envelopes());
    for secret in ["hobby", made.expose(), &about.last_part] {
        assert!(!recorded.contains(secret), "{secret} is in an event");
    }

    let listed = ListPersonalAccessTokens::new(world.store.clone()).execute(&request(caller)).await.unwrap();
    assert_eq!(listed.len(), 1);
    assert_eq!((listed[0].created_at, &listed[0].about), (NOON, &about));
}

#[tokio::test]
async fn the_second_factor_comes_first_then_the_permission_then_the_rules() {
    let world = World::new();
    let (user, caller) = world.account("ada", Role::Bot).await;
    // A new account is not asked at first.
    world.clock.advance(TwoFactorPolicy::default().remember_for);
    let ask = request(caller);
    let none = Proof::default();
    assert!(matches!(
        refusal(world.creating_tokens().execute(&ask, &order("new"), &none).await),
        TokenOrderRefusal::SecondFactor(_)
    ));
    assert!(matches!(
        refusal(world.regenerating_tokens().execute(&ask, &name("none"), &none).await),
        TokenOrderRefusal::SecondFactor(_)
    ));
    assert!(matches!(
        refusal(world.removing_tokens().execute(&ask, &name("none"), &none).await),
        TokenOrderRefusal::SecondFactor(_)
    ));
    let proof = password("ada");
    let denied = TokenOrderRefusal::NotAllowed;
    assert_eq!(refusal(world.creating_tokens().execute(&ask, &order("new"), &proof).await), denied);
    assert_eq!(refusal(world.regenerating_tokens().execute(&ask, &name("none"), &proof).await), denied);
    assert_eq!(refusal(world.removing_tokens().execute(&ask, &name("none"), &proof).await), denied);
    assert_eq!(refusal(ListPersonalAccessTokens::new(world.store.clone()).execute(&ask).await), denied);
    assert!(world.names(user).await.is_empty());
    let (_, human) = world.account("bob", Role::User).await;
    let unknown = TokenOrderRefusal::Rule(TokenRefusal::Unknown);
    assert_eq!(
        refusal(world.removing_tokens().execute(&request(human), &name("none"), &password("bob")).await),
        unknown
    );
}

#[tokio::test]
async fn a_token_is_replaced_and_removed_by_name() {
    let world = World::new();
    let (user, caller) = world.account("ada", Role::Admin).await;
    let (old, other) = (world.makes(&caller, "mine").await, world.makes(&caller, "other").await);
    let ask = request(caller.clone());
    let taken = world.creating_tokens().execute(&ask, &order("mine"), &password("ada")).await;
    assert_eq!(refusal(taken), TokenOrderRefusal::Rule(TokenRefusal::NameTaken));

    let new = world.regenerating_tokens().execute(&ask, &name("mine"), &password("ada")).await.unwrap();
    let ask = request(world.again(&caller).await);
    assert!(!world.finds(&world.hash(&old)).await && world.finds(&world.hash(&new)).await);
    assert!(world.finds(&world.hash(&other)).await);

    world.removing_tokens().execute(&ask, &name("mine"), &password("ada")).await.unwrap();
    assert!(!world.finds(&world.hash(&new)).await);
    assert_eq!(world.names(user).await, ["other"]);
    let caller = world.again(&caller).await;
    let ask = request(caller.clone());
    let gone = world.removing_tokens().execute(&ask, &name("mine"), &password("ada")).await;
    assert_eq!(refusal(gone), TokenOrderRefusal::Rule(TokenRefusal::Unknown));
    assert_eq!(
        world.told(user)[2..],
        [
            "PersonalAccessTokenCreated",
            "PersonalAccessTokenCreated",
            "PersonalAccessTokenRegenerated",
            "PersonalAccessTokenRemoved"
        ]
    );
    world.makes(&caller, "mine").await;
}

#[tokio::test]
async fn a_repeat_of_the_request_is_shown_the_same_token() {
    let world = World::new();
    let (user, caller) = world.account("ada", Role::User).await;
    let ask = keyed(&request(caller), 1, 1);
    let first = world.creating_tokens().execute(&ask, &order("mine"), &password("ada")).await.unwrap();
    let again = world.creating_tokens().execute(&ask, &order("mine"), &password("ada")).await.unwrap();
    assert_eq!(first.expose(), again.expose());
    assert_eq!(world.names(user).await, ["mine"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_who_want_a_name_at_once_one_gets_it() {
    let world = Arc::new(World::new());
    let (user, caller) = world.account("ada", Role::User).await;
    // Fewer than the rounds the gate takes: each spends a proof.
    let tasks: Vec<_> = (0..6)
        .map(|_| {
            let (world, ask) = (Arc::clone(&world), request(caller.clone()));
            tokio::spawn(async move { world.creating_tokens().execute(&ask, &order("mine"), &password("ada")).await })
        })
        .collect();
    let mut made = 0;
    for task in tasks {
        match task.await.unwrap() {
            Ok(_) => made += 1,
            other => assert_eq!(refusal(other), TokenOrderRefusal::Rule(TokenRefusal::NameTaken)),
        }
    }
    assert_eq!((made, world.names(user).await.len()), (1, 1));
}

#[tokio::test]
async fn no_token_is_made_by_a_session_that_ends_meanwhile() {
    let world = World::new();
    let (user, caller) = world.account("ada", Role::User).await;
    let Some(operator_of_ada) = caller.operator.clone() else { panic!("signed in") };
    let epoch = world.epoch(user).await;
    let mut reset = Effects::default();
    reset.end_sessions(user, epoch);
    let mut others_ended = Effects::default();
    others_ended.end_sign_ins(user, Some(a_session(world.store.as_ref(), user, epoch).await), epoch + 1);

    let overtaken = async |theirs: Effects, caller: &Caller| {
        let ports = world.token_ports_on(OvertakenStore::by(world.store.clone(), theirs));
        let creating = CreatePersonalAccessToken::new(ports, world.gate());
        creating.execute(&request(caller.clone()), &order("mine"), &password("ada")).await
    };
    assert!(matches!(overtaken(reset, &caller).await, Err(UseCaseError::Denied(Denied))));
    assert!(!world.finds(&operator_of_ada.session).await && world.names(user).await.is_empty());

    let session = a_session(world.store.as_ref(), user, epoch + 1).await;
    let caller = world.again(&operator(user, session, Role::User)).await;
    assert!(matches!(overtaken(others_ended, &caller).await, Err(UseCaseError::Denied(Denied))));
    assert!(world.names(user).await.is_empty());

    // Nor by one that had ended before, though the request was let in.
    let late = world.creating_tokens().execute(&request(caller), &order("mine"), &password("ada")).await;
    assert!(matches!(late, Err(UseCaseError::Denied(Denied))));
}

#[tokio::test]
async fn whatever_else_overtakes_a_token_is_still_made() {
    let world = World::new();
    let (user, caller) = world.account("ada", Role::User).await;
    world.store.conflict_next_commits(2);
    let first =
        world.creating_tokens().execute(&request(caller.clone()), &order("mine"), &password("ada")).await.unwrap();
    assert!(world.finds(&world.hash(&first)).await);
    // Somebody signed in meanwhile: that moves nothing.
    let session = a_session(world.store.as_ref(), user, world.epoch(user).await).await;
    let theirs = Effects { work: vec![WorkChange::SessionEnded(session)], ..Effects::default() };
    let ports = world.token_ports_on(OvertakenStore::by(world.store.clone(), theirs));
    let creating = CreatePersonalAccessToken::new(ports, world.gate());
    creating.execute(&request(caller), &order("second"), &password("ada")).await.unwrap();
    assert_eq!(world.names(user).await.len(), 2);
}

#[tokio::test]
async fn a_token_signs_itself_out_and_no_other() {
    let world = World::new();
    let (user, caller) = world.account("ada", Role::User).await;
    let (mine, other) = (world.makes(&caller, "mine").await, world.makes(&caller, "other").await);
    let program = operator(user, world.hash(&mine), Role::Bot);
    SignOut::new(world.token_ports()).execute(&request(program.clone())).await.unwrap();
    assert!(!world.finds(&world.hash(&mine)).await && world.finds(&world.hash(&other)).await);
    assert_eq!(world.told(user).last().unwrap(), "PersonalAccessTokenRemoved");
    let again = SignOut::new(world.token_ports()).execute(&request(program)).await;
    assert!(matches!(again, Err(UseCaseError::Denied(Denied))));
}

#[tokio::test]
async fn what_ends_every_session_ends_tokens_too() {
    let world = World::new();
    let (user, caller) = world.account("ada", Role::User).await;
    let token = world.makes(&caller, "mine").await;
    let mut effects = Effects::default();
    effects.end_sessions(user, world.epoch(user).await);
    a_commit().effects(effects).put(world.store.as_ref() as &dyn EventStore).await;
    assert!(!world.finds(&world.hash(&token)).await);
}
