//! Starting, stopping, embedding.

use std::net::TcpListener;
use std::time::{Duration, Instant};

use reqwest::{Method, StatusCode};
use threedeye_sim::{Fault, Misbehaviour, Operation, Sim, SimConfig};
use tokio::net::TcpStream;

use crate::peer::{new_user, start};

#[tokio::test]
async fn it_listens_where_told_and_says_when_it_cannot() {
    let taken = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let listen = taken.local_addr().expect("an address");
    let config = SimConfig { listen, ..SimConfig::default() };
    assert!(Sim::start(config.clone()).await.is_err());
    drop(taken);
    let sim = Sim::start(config).await.expect("the port is free again");
    assert_eq!(sim.base_url(), format!("http://{listen}"));
}

#[tokio::test]
async fn shutting_down_finishes_delayed_calls_and_closes_idle_connections() {
    let (sim, peer) = start().await;
    let state = sim.state();
    let address = sim.address();
    let delay = Misbehaviour::delay(Duration::from_mins(5));
    state.inject(Fault::before(Operation::CreateUser, delay)).expect("a sound fault");
    // One connection that never sends a byte, and one call under way.
    let _silent = TcpStream::connect(address).await.expect("a connection");
    let call = tokio::spawn(async move { peer.post("/v3/users", new_user("ann@example.com")).await });
    state.until(|state| state.calls(Operation::CreateUser) == 1).await;

    let started = Instant::now();
    sim.shutdown().await;
    assert!(started.elapsed() < Duration::from_secs(10));
    assert_eq!(call.await.expect("the call").0, StatusCode::CREATED);
    assert_eq!(state.users().len(), 1);
    assert!(TcpStream::connect(address).await.is_err());
}

#[tokio::test]
async fn dropping_it_stops_it() {
    let (sim, peer) = start().await;
    drop(sim);
    // The server is stopped by another task; until that ran, calls may still be answered.
    while peer.send(Method::GET, "/v3/users", None).await.is_ok() {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn the_router_can_be_served_by_others() {
    let sim = Sim::new(SimConfig::default()).expect("no file");
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let url = format!("http://{}/v3/roles", listener.local_addr().expect("an address"));
    tokio::spawn(axum::serve(listener, sim.router()).into_future());

    let http = reqwest::Client::builder().no_proxy().build().expect("a client");
    assert_eq!(http.get(&url).send().await.expect("an answer").status(), StatusCode::FORBIDDEN);
    sim.state().inject(Fault::before(Operation::ListRoles, Misbehaviour::HangUp)).expect("a sound fault");
    assert_eq!(http.get(&url).send().await.expect("an answer").status(), StatusCode::BAD_GATEWAY);
}

#[test]
fn secrets_do_not_show() {
    let sim = Sim::new(SimConfig::default()).expect("no file");
    let credentials = sim.state().credentials();
    let shown = format!("{:?} {credentials:?}", SimConfig::default());
    assert!(!shown.contains(&credentials.password) && !shown.contains(&credentials.api_key));
}
