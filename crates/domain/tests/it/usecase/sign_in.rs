//! Signing in.

use std::time::Duration;

use portcullis_domain::commit::PrivateChange;
use portcullis_domain::commit::{Effects, WorkChange};
use portcullis_domain::policy::Caller;
use portcullis_domain::port::Hasher;
use portcullis_domain::port::{EventStore, LoginName, Sessions, TotpStore};
use portcullis_domain::session::{SessionKind, SignInRefusal, TokenHash};
use portcullis_domain::totp::Proof;
use portcullis_domain::usecase::UseCaseError;
use portcullis_domain::usecase::session::{SignIn, SignInOrder, SignOut};
use portcullis_domain::user::{Role, UserStatus};
use portcullis_testkit::build::{NOON, a_commit, a_person, email, user_name};
use portcullis_testkit::fake::FakeHasher;

use super::world::{World, operator, request};

pub(super) const LIFETIME: Duration = Duration::from_hours(24);

impl World {
    pub(super) fn signing_in(&self) -> SignIn {
        let (gate, lockout) = (self.gate(), self.lockout());
        SignIn::new(self.commands(), self.store.clone(), self.hasher.clone(), gate, lockout, LIFETIME)
    }

    pub(super) async fn with_password(&self, name: &str, status: UserStatus) -> portcullis_domain::ids::UserId {
        let address = format!("{name}@example.com");
        let person = a_person().email(&address).account(name, &[Role::User]).status(status);
        let user = person.put(self.store.as_ref()).await;
        let change = PrivateChange::Password { user, hash: FakeHasher::password_hash("secret") };
        a_commit().private(change).put(self.store.as_ref() as &dyn EventStore).await;
        user
    }
}

fn order(login: LoginName, password: &str) -> SignInOrder {
    let password = FakeHasher::password_digest(password);
    SignInOrder { login: Some(login), password, proof: Proof::default() }
}

#[tokio::test]
async fn by_name_or_address_and_out_again() {
    let world = World::new();
    let user = world.with_password("ada", UserStatus::Active).await;
    for login in [LoginName::UserName(user_name("ADA")), LoginName::Email(email("ada@example.com"))] {
        let session = world.signing_in().execute(&request(Caller::default()), &order(login, "secret")).await.unwrap();
        let token = TokenHash::new(world.hasher.digest(session.token.expose().as_bytes()));
        let found = Sessions::find(world.store.as_ref(), &token).await.unwrap().unwrap();
        assert_eq!(found.user, user);
        assert_eq!((found.kind, found.expires_at), (SessionKind::SignIn, Some(NOON.plus(LIFETIME))));
        let caller = operator(user, token, Role::User);
        SignOut::new(world.token_ports()).execute(&request(caller)).await.unwrap();
        assert!(Sessions::find(world.store.as_ref(), &token).await.unwrap().is_none());
    }
}

#[tokio::test]
async fn wrong_and_unknown_are_told_alike_and_inactive_apart() {
    let world = World::new();
    world.with_password("ada", UserStatus::Active).await;
    world.with_password("off", UserStatus::Inactive).await;
    let refusal = async |name: &str, password: &str| {
        let order = order(LoginName::UserName(user_name(name)), password);
        match world.signing_in().execute(&request(Caller::default()), &order).await {
            Err(UseCaseError::Refused { refusal, .. }) => refusal,
            other => panic!("not refused: {other:?}"),
        }
    };
    assert_eq!(refusal("ada", "wrong").await, SignInRefusal::WrongCredentials);
    assert_eq!(refusal("nobody", "secret").await, SignInRefusal::WrongCredentials);
    assert_eq!(refusal("off", "wrong").await, SignInRefusal::WrongCredentials);
    assert_eq!(refusal("off", "secret").await, SignInRefusal::NotActivated);
}

#[tokio::test]
async fn a_reset_in_between_lets_no_old_epoch_through() {
    let world = World::new();
    let user = world.with_password("ada", UserStatus::Active).await;
    let before = TotpStore::find(world.store.as_ref(), user).await.unwrap().epoch;
    let mut effects = Effects::default();
    effects.end_sessions(user, before);
    a_commit().effects(effects).put(world.store.as_ref() as &dyn EventStore).await;
    let session = portcullis_domain::session::Session {
        token: TokenHash::new([9; 32]),
        user,
        started_at: NOON,
        expires_at: None,
        kind: SessionKind::SignIn,
    };
    let guard =
        portcullis_domain::commit::Guard::still(portcullis_domain::commit::GuardKey::CredentialEpoch(user), before);
    let late = a_commit().work(WorkChange::SessionStarted(session)).guard(guard);
    assert!(late.commit(world.store.as_ref() as &dyn EventStore).await.is_err());
    assert!(world.store.sessions_of(user).is_empty());
}
