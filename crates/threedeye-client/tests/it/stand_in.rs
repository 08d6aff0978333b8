//! The real client over real HTTP against the stand-in: every operation, every fault.

use std::time::Duration;

use futures_util::TryStreamExt;
use threedeye_client::{Cause, Client, Config, Deletion, Error, NewRole, NewUser, RoleId, UserId};
use threedeye_sim::{Fault, Misbehaviour, Operation, RunningSim, Sim, SimConfig, SimState};

use crate::remote::{USER_PASSWORD, ann, roles};

pub(crate) fn client_of(sim: &RunningSim) -> Client {
    client_with(sim, |_| ())
}

pub(crate) fn client_with(sim: &RunningSim, change: impl FnOnce(&mut Config)) -> Client {
    let known = sim.credentials();
    let mut config = Config::new(sim.base_url(), known.api_key, known.username, known.password);
    config.customer_id = Some(known.customer_id.to_string());
    change(&mut config);
    Client::new(config).expect("a sound configuration")
}

async fn start() -> (RunningSim, SimState, Client) {
    let sim = Sim::start(SimConfig::default()).await.expect("a free port");
    let (state, client) = (sim.state(), client_of(&sim));
    (sim, state, client)
}

fn inject(state: &SimState, fault: Fault) {
    state.inject(fault).expect("a sound fault");
}

#[tokio::test]
async fn an_account_lives_from_creation_to_deletion() {
    let (_sim, state, client) = start().await;
    let guards = NewRole { name: "Guards".to_owned(), description: None };
    let role = client.create_role(&guards).await.expect("a role").expect("an id");
    assert_eq!(roles(&client).await.expect("roles")[0].id, role);

    let user = NewUser { role_ids: vec![role.clone()], ..ann() };
    let id = client.create_user(&user).await.expect("a user").expect("an id");
    assert!(state.password_matches("ann@example.com", USER_PASSWORD));
    let found = client.find_user_by_email(" ANN@example.com ").await.expect("an answer").expect("Ann");
    assert_eq!((found.id, found.roles[0].id.clone()), (id.clone(), role.clone()));

    assert_eq!(client.remove_user_from_role(&role, &id).await, Ok(Deletion::Deleted));
    assert_eq!(client.remove_user_from_role(&role, &id).await, Ok(Deletion::NotFound));
    assert!(client.get_user(&id).await.expect("an answer").expect("Ann").roles.is_empty());
    for _ in 0..2 {
        assert_eq!(client.add_user_to_role(&role, &id).await, Ok(()));
    }
    assert_eq!(client.get_user(&id).await.expect("an answer").expect("Ann").roles.len(), 1);

    assert_eq!(client.delete_user(&id).await, Ok(Deletion::Deleted));
    assert_eq!(client.delete_user(&id).await, Ok(Deletion::NotFound));
    assert_eq!(client.get_user(&id).await, Ok(None));
    let refused = client.add_user_to_role(&role, &id).await;
    assert!(matches!(refused, Err(Error::Rejected { status: 404, .. })));
}

#[tokio::test]
async fn an_address_of_another_customer_is_taken_and_out_of_sight() {
    let (_sim, state, client) = start().await;
    state.add_foreign_user("ann@example.com").expect("a free address");
    assert_eq!(client.find_user_by_email("ann@example.com").await, Ok(None));
    assert_eq!(client.create_user(&ann()).await, Err(Error::EmailTaken));
}

#[tokio::test]
async fn all_users_are_found_whether_or_not_the_total_is_told() {
    for tell_total in [true, false] {
        let sim = Sim::start(SimConfig { tell_total, ..SimConfig::default() }).await.expect("a free port");
        for number in 0..25 {
            let user = threedeye_sim::NewUser::new(format!("u{number}@example.com"), "password");
            sim.state().add_user(user).expect("a free address");
        }
        let client = client_with(&sim, |config| config.page_size = 10);
        assert_eq!(client.users().try_collect::<Vec<_>>().await.expect("users").len(), 25);
        let last = client.find_user_by_email("u24@example.com").await.expect("an answer");
        assert_eq!(last.expect("a user").email, "u24@example.com");
        assert_eq!(client.find_user_by_email("u25@example.com").await, Ok(None));
    }
}

#[tokio::test]
async fn refused_input_is_told_apart_from_failure() {
    let (_sim, _, client) = start().await;
    let user = NewUser { email: "no address".to_owned(), ..ann() };
    assert!(matches!(client.create_user(&user).await, Err(Error::Rejected { status: 400, .. })));
}

#[tokio::test]
async fn wrong_credentials_are_unauthorised() {
    let (sim, state, _) = start().await;
    let impostors = [
        client_with(&sim, |config| config.api_key = "wrong".into()),
        client_with(&sim, |config| config.password = "wrong".into()),
    ];
    for client in impostors {
        let outcome = roles(&client).await;
        assert!(matches!(outcome, Err(Error::Unauthorised { .. })), "{outcome:?}");
    }
    assert_eq!(state.calls(Operation::ListRoles), 0);
}

#[tokio::test]
async fn an_expired_token_goes_unnoticed() {
    let (_sim, state, client) = start().await;
    roles(&client).await.expect("roles");
    state.expire_tokens();
    client.create_user(&ann()).await.expect("a user");
    assert_eq!(state.calls(Operation::CreateUser), 2);
    assert_eq!(state.users().len(), 1);
}

#[tokio::test]
async fn a_creation_that_may_have_happened_is_unknown_and_never_sent_twice() {
    let create = Operation::CreateUser;
    for what in [Misbehaviour::HangUp, Misbehaviour::status(500), Misbehaviour::MalformedJson, Misbehaviour::WrongTypes]
    {
        for (fault, users) in [(Fault::before(create, what.clone()), 0), (Fault::after(create, what.clone()), 1)] {
            let (_sim, state, client) = start().await;
            inject(&state, fault);
            let outcome = client.create_user(&ann()).await;
            assert!(matches!(outcome, Err(Error::Ambiguous { .. })), "{what:?}: {outcome:?}");
            assert_eq!((state.calls(create), state.users().len()), (1, users), "{what:?}");
        }
    }
}

#[tokio::test]
async fn a_creation_too_slow_is_unknown_and_happens_later() {
    let (sim, state, _) = start().await;
    let client = client_with(&sim, |config| config.timeout = Duration::from_secs(1));
    roles(&client).await.expect("the sign-in, ahead of the clock");
    let delay = Misbehaviour::delay(Duration::from_secs(2));
    inject(&state, Fault::before(Operation::CreateUser, delay).once());
    assert_eq!(client.create_user(&ann()).await, Err(Error::Ambiguous { cause: Cause::Deadline }));
    assert!(state.users().is_empty());
    state.until(|state| state.user("ann@example.com").is_some()).await;
}

#[tokio::test]
async fn a_creation_without_an_id_is_found_by_its_address() {
    let (_sim, state, client) = start().await;
    inject(&state, Fault::after(Operation::CreateUser, Misbehaviour::WithoutId));
    assert_eq!(client.create_user(&ann()).await, Ok(None));
    assert!(client.find_user_by_email("ann@example.com").await.expect("an answer").is_some());
}

#[tokio::test]
async fn a_pause_asked_for_is_passed_on() {
    for code in [429, 503] {
        let (_sim, state, client) = start().await;
        inject(&state, Fault::before(Operation::CreateUser, Misbehaviour::status_retry_after(code, 7)).once());
        let pause = Error::Unavailable { retry_after: Some(Duration::from_secs(7)), cause: Cause::Status(code) };
        assert_eq!(client.create_user(&ann()).await, Err(pause));
        assert!(matches!(client.create_user(&ann()).await, Err(Error::CircuitOpen { .. })));
        assert_eq!((state.calls(Operation::CreateUser), state.users().len()), (1, 0));
    }
}

#[tokio::test]
async fn a_sign_in_that_fails_leaves_a_creation_certain() {
    for what in [Misbehaviour::HangUp, Misbehaviour::status(500)] {
        let (_sim, state, client) = start().await;
        inject(&state, Fault::after(Operation::Token, what).once());
        assert!(matches!(client.create_user(&ann()).await, Err(Error::Unavailable { .. })));
        assert_eq!(state.calls(Operation::CreateUser), 0);
        client.create_user(&ann()).await.expect("the next sign-in works");
    }
}

#[tokio::test]
async fn repeatable_calls_never_end_unknown() {
    let (user, role): (UserId, RoleId) = ("u1".parse().expect("an id"), "r1".parse().expect("an id"));
    for what in [Misbehaviour::HangUp, Misbehaviour::status(500), Misbehaviour::status(503)] {
        let (sim, state, _) = start().await;
        let client = client_with(&sim, |config| config.breaker_failures = u32::MAX);
        for operation in [
            Operation::ListUsers,
            Operation::GetUser,
            Operation::DeleteUser,
            Operation::ListRoles,
            Operation::AddUserToRole,
            Operation::RemoveUserFromRole,
        ] {
            inject(&state, Fault::after(operation, what.clone()));
        }
        let outcomes = [
            client.find_user_by_email("ann@example.com").await.map(drop),
            client.get_user(&user).await.map(drop),
            client.delete_user(&user).await.map(drop),
            roles(&client).await.map(drop),
            client.add_user_to_role(&role, &user).await,
            client.remove_user_from_role(&role, &user).await.map(drop),
        ];
        for outcome in outcomes {
            assert!(matches!(outcome, Err(Error::Unavailable { .. })), "{what:?}: {outcome:?}");
        }
    }
}

#[tokio::test]
async fn spoilt_lists_are_an_error_of_their_own() {
    let (_sim, state, client) = start().await;
    for what in [Misbehaviour::MalformedJson, Misbehaviour::WrongTypes, Misbehaviour::WithoutId] {
        inject(&state, Fault::after(Operation::ListUsers, what).once());
        let outcome = client.find_user_by_email("ann@example.com").await;
        assert!(matches!(outcome, Err(Error::Decode { .. })), "{outcome:?}");
    }
}
