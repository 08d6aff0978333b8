//! Accounts that turn up after they were looked for: creates that take effect late, and those of others.

use std::sync::Arc;

use portcullis_domain::ids::UserId;
use portcullis_domain::port::GatewayError;
use portcullis_domain::secret::Secret;
use portcullis_domain::threedeye::{CredentialsRefusal, MappingState};
use portcullis_domain::usecase::UseCaseError;
use portcullis_domain::usecase::threedeye::{CameraCredentials, ReadCredentials};
use portcullis_domain::user::Voucher;
use portcullis_testkit::build::a_person;
use portcullis_testkit::fake::{FakeGateway, Fault, Operation};

use super::camera::role;
use super::meddling::Meddling;
use super::world::{World, person, request, staff};

const EMAIL: &str = "ada@example.com";

type Fetched = Result<CameraCredentials, UseCaseError<CredentialsRefusal>>;

/// Somebody for whose address nobody stands.
async fn unvouched(world: &World) -> UserId {
    let user = a_person().email(EMAIL).put(world.store.as_ref()).await;
    world.vouched_by(user, Voucher::Nobody).await;
    user
}

/// A create that times out and has not taken effect so far.
async fn unconfirmed(world: &World, user: UserId) {
    world.gateway.fail_next(Operation::Create, Fault::Before(GatewayError::Ambiguous));
    let failed = world.credentials().execute(&request(person(user)), user).await;
    assert!(matches!(
        failed,
        Err(UseCaseError::Refused { refusal: CredentialsRefusal::Gateway(GatewayError::Ambiguous), .. })
    ));
    assert_eq!(world.rows(user).await.mapping.unwrap().state, MappingState::Creating);
}

impl World {
    async fn fetch_through(&self, gateway: Meddling, user: UserId) -> Fetched {
        let credentials = ReadCredentials::new(self.camera_through(Arc::new(gateway)));
        credentials.execute(&request(person(user)), user).await
    }

    /// Somebody or something else makes the account just before the nth call of an operation from now on.
    fn turns_up(&self, operation: Operation, nth: usize) -> Meddling {
        let (there, made) = (self.gateway.clone(), self.count(operation));
        Meddling::with(self.gateway.clone()).before(operation, made + nth, async move {
            there.seed(EMAIL, true, &[role("lobby")]);
        })
    }

    fn count(&self, operation: Operation) -> usize {
        self.gateway.calls().into_iter().filter(|made| *made == operation).count()
    }
}

fn is_orphan(fetched: &Fetched) -> bool {
    matches!(fetched, Err(UseCaseError::Refused { refusal: CredentialsRefusal::Orphan, .. }))
}

#[tokio::test]
async fn a_create_that_takes_effect_late_is_still_ours() {
    // Before the next call looks, after it looked, and after it wrote that it makes one.
    for operation in [Operation::Find, Operation::Create] {
        let world = World::new();
        let user = unvouched(&world).await;
        unconfirmed(&world, user).await;
        let gateway = world.turns_up(operation, 1);
        world.fetch_through(gateway, user).await.unwrap();
        world.assert_password_opens(user).await;
        assert_eq!(world.gateway.accounts()[0].roles, [role("lobby")], "{operation:?}");
    }
}

#[tokio::test]
async fn a_refusal_in_between_does_not_take_the_sign_away() {
    let refusals = [
        GatewayError::Unavailable { retry_after: None },
        GatewayError::Rejected("status 400".to_owned()),
        GatewayError::Unauthorised,
        GatewayError::EmailTaken,
    ];
    for refusal in refusals {
        let world = World::new();
        let user = unvouched(&world).await;
        unconfirmed(&world, user).await;
        let sign = world.rows(user).await.mapping;
        world.gateway.fail_next(Operation::Create, Fault::Before(refusal.clone()));
        assert!(world.credentials().execute(&request(person(user)), user).await.is_err());
        assert_eq!(world.rows(user).await.mapping, sign, "{refusal:?}");
        world.gateway.seed(EMAIL, true, &[role("lobby")]);
        world.assert_password_opens(user).await;
    }
}

#[tokio::test]
async fn what_stays_invisible_is_an_orphan_until_it_shows() {
    let world = World::new();
    let user = unvouched(&world).await;
    unconfirmed(&world, user).await;
    let elsewhere = world.gateway.seed(EMAIL, false, &[]);
    for _ in 0..2 {
        assert!(is_orphan(&world.credentials().execute(&request(person(user)), user).await));
        assert!(world.rows(user).await.mapping.is_some());
    }
    world.gateway.show(&elsewhere);
    world.assert_password_opens(user).await;
}

#[tokio::test]
async fn an_account_that_a_walk_missed_is_found_by_the_next() {
    let world = World::new();
    let user = a_person().email(EMAIL).put(world.store.as_ref()).await;
    let missed = world.gateway.seed(EMAIL, false, &[role("lobby")]);
    let there = world.gateway.clone();
    let gateway = Meddling::with(world.gateway.clone()).before(Operation::Find, 2, async move { there.show(&missed) });
    world.fetch_through(gateway, user).await.unwrap();
    world.assert_password_opens(user).await;
    assert_eq!(world.gateway.accounts()[0].roles, [role("lobby")]);
}

#[tokio::test]
async fn who_is_vouched_for_gets_what_turns_up_between_look_and_create() {
    let world = World::new();
    let user = a_person().email(EMAIL).put(world.store.as_ref()).await;
    let gateway = world.turns_up(Operation::Create, 1);
    world.fetch_through(gateway, user).await.unwrap();
    world.assert_password_opens(user).await;
    assert_eq!(world.gateway.accounts()[0].roles, [role("lobby")]);
}

#[tokio::test]
async fn who_is_not_vouched_for_does_not() {
    let world = World::new();
    let user = unvouched(&world).await;
    let gateway = world.turns_up(Operation::Create, 1);
    assert!(is_orphan(&world.fetch_through(gateway, user).await));
    assert!(is_orphan(&world.credentials().execute(&request(person(user)), user).await));
    assert_eq!(world.gateway.accounts()[0].password, None);
    assert_eq!(world.rows(user).await.mapping, None);
}

/// The password of an account that was found, not made, is nobody's to know.
#[tokio::test]
async fn an_account_found_after_a_create_is_not_taken_for_the_one_asked_for() {
    let world = World::new();
    let user = unvouched(&world).await;
    world.gateway.fail_next(Operation::Create, Fault::Before(GatewayError::Ambiguous));
    let gateway = world.turns_up(Operation::Find, 2);
    world.fetch_through(gateway, user).await.unwrap();
    world.assert_password_opens(user).await;
    assert_eq!(world.gateway.accounts()[0].roles, [role("lobby")]);
}

#[tokio::test]
async fn accounts_that_turn_up_for_ever_are_not_chased_for_ever() {
    let world = World::new();
    let user = a_person().email(EMAIL).put(world.store.as_ref()).await;
    let mut gateway = Meddling::with(world.gateway.clone());
    for nth in 1..=20 {
        let there: Arc<FakeGateway> = world.gateway.clone();
        gateway = gateway.before(Operation::Create, nth, async move {
            there.seed(EMAIL, true, &[role(&format!("role-{nth}"))]);
        });
    }
    let given_up = world.fetch_through(gateway, user).await;
    assert!(matches!(given_up, Err(UseCaseError::Refused { refusal: CredentialsRefusal::Gateway(_), .. })));
    assert_eq!(world.count(Operation::Create), 4);
    world.assert_password_opens(user).await;
    let mut roles = world.gateway.accounts()[0].roles.clone();
    roles.sort();
    assert_eq!(roles, ["role-1", "role-2", "role-3", "role-4"].map(role));
}

/// What was asked for may also have been made by a process that lost its lease, with another password.
#[tokio::test]
async fn an_account_of_a_process_taken_for_dead_is_replaced() {
    let world = World::new();
    let user = unvouched(&world).await;
    unconfirmed(&world, user).await;
    let theirs = Secret::new("theirs".to_owned());
    world.gateway.fail_next(Operation::Create, Fault::After(GatewayError::Ambiguous));
    let told = world.credentials().execute(&request(person(user)), user).await.unwrap();
    assert_ne!(told.password, theirs);
    world.assert_password_opens(user).await;
}

#[tokio::test]
async fn the_list_is_walked_only_where_it_must_be() {
    for (voucher, looks) in [(Voucher::Token, 0), (Voucher::Nobody, 1)] {
        let world = World::new();
        let user = a_person().email(EMAIL).put(world.store.as_ref()).await;
        world.vouched_by(user, voucher).await;
        world.credentials().execute(&request(staff()), user).await.unwrap();
        assert_eq!((world.count(Operation::Find), world.count(Operation::Create)), (looks, 1));
    }
}
