//! So many calls at once, and the others in their turn.

use std::time::{Duration, Instant};

use futures_util::future::join_all;
use threedeye_client::{Cause, Client, Error, Load, NewUser};
use threedeye_sim::{Fault, Misbehaviour, Operation, RunningSim, Sim, SimConfig, SimState};
use tokio::task::JoinSet;

use crate::remote::{ann, user_id};
use crate::stand_in::client_with;

const SLOW: Duration = Duration::from_millis(300);

async fn start(concurrency: usize, timeout: Duration) -> (RunningSim, SimState, Client) {
    let sim = Sim::start(SimConfig::default()).await.expect("a free port");
    let client = client_with(&sim, |config| {
        config.concurrency = concurrency;
        config.timeout = timeout;
    });
    client.get_user(&user_id("u1")).await.expect("the sign-in");
    let state = sim.state();
    (sim, state, client)
}

fn slow(state: &SimState, operation: Operation, millis: Duration) {
    state.inject(Fault::before(operation, Misbehaviour::delay(millis))).expect("a sound fault");
}

#[tokio::test]
async fn no_more_calls_than_allowed_are_under_way() {
    let (_sim, state, client) = start(2, Duration::from_secs(20)).await;
    slow(&state, Operation::GetUser, SLOW);
    let mut calls = JoinSet::new();
    let started = Instant::now();
    for _ in 0..6 {
        let client = client.clone();
        calls.spawn(async move { client.get_user(&user_id("u1")).await });
    }
    state.until(|state| state.calls(Operation::GetUser) == 3).await;
    assert_eq!(client.load(), load(2, 4));
    assert!(calls.join_all().await.iter().all(Result::is_ok));
    assert!(started.elapsed() >= 3 * SLOW);
    assert_eq!(client.load(), load(0, 0));
}

fn load(in_flight: usize, waiting: usize) -> Load {
    let mut load = Load::default();
    (load.in_flight, load.waiting) = (in_flight, waiting);
    load
}

#[tokio::test]
async fn who_waited_longest_is_next() {
    let (_sim, state, client) = start(1, Duration::from_secs(20)).await;
    slow(&state, Operation::CreateUser, Duration::from_millis(20));
    let people: Vec<_> = (0..6).map(|n| NewUser { email: format!("p{n}@example.com"), ..ann() }).collect();
    // Polled in this order, so they queue in this order.
    join_all(people.iter().map(|person| client.create_user(person))).await;
    let made: Vec<_> = state.users().into_iter().map(|user| user.email).collect();
    assert_eq!(made, people.into_iter().map(|person| person.email).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_creation_that_waited_in_vain_was_not_sent() {
    let timeout = Duration::from_secs(1);
    let (_sim, state, client) = start(1, timeout).await;
    slow(&state, Operation::GetUser, Duration::from_secs(20));
    let started = Instant::now();
    let person = ann();
    let id = user_id("u1");
    let holds = client.get_user(&id);
    let waits = async {
        let outcome = client.create_user(&person).await;
        (outcome, started.elapsed())
    };
    let (missed, (kept_back, after)) = tokio::join!(holds, waits);
    assert_eq!(missed, Err(Error::Unavailable { retry_after: None, cause: Cause::Deadline }));
    assert_eq!(kept_back, Err(Error::Unavailable { retry_after: None, cause: Cause::Crowded }));
    // It gave up while there was no longer enough time to do it, not when there was none.
    assert!((timeout / 2..timeout).contains(&after), "{after:?}");
    assert_eq!((state.calls(Operation::CreateUser), state.users().len()), (0, 0));
    // Waiting in vain is no failure of 3dEye; silence is.
    assert_eq!(client.circuit().failures, 1);
}

#[tokio::test]
async fn whoever_goes_away_leaves_the_place() {
    let (_sim, state, client) = start(1, Duration::from_secs(20)).await;
    slow(&state, Operation::GetUser, Duration::from_mins(1));
    let holds = tokio::spawn({
        let client = client.clone();
        async move { client.get_user(&user_id("u1")).await }
    });
    state.until(|state| state.calls(Operation::GetUser) == 2).await;
    let waits = tokio::spawn({
        let client = client.clone();
        async move { client.get_user(&user_id("u1")).await }
    });
    while client.load().waiting == 0 {
        tokio::task::yield_now().await;
    }
    for task in [waits, holds] {
        task.abort();
        task.await.expect_err("given up");
    }
    assert_eq!(client.load(), load(0, 0));
    client.create_user(&ann()).await.expect("a place");
}
