//! What happens to connections: torn down, refused, flooded, kept waiting.

use std::io::ErrorKind;
use std::time::{Duration, Instant};

use reqwest::{Method, StatusCode};
use threedeye_sim::{Fault, Misbehaviour, Operation, RunningSim};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::peer::{new_user, start};

const CREATE: Operation = Operation::CreateUser;

/// Asks for the roles on a connection of its own and reads until the end.
async fn raw_answer(sim: &RunningSim) -> std::io::Result<Vec<u8>> {
    let mut stream = TcpStream::connect(sim.address()).await?;
    stream.write_all(b"GET /v3/roles HTTP/1.1\r\nhost: sim\r\nconnection: close\r\n\r\n").await?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await?;
    Ok(answer)
}

#[tokio::test]
async fn a_reset_is_no_clean_close() {
    let (sim, _) = start().await;
    let state = sim.state();
    let befallen = async |what: Misbehaviour| {
        state.inject(Fault::before(Operation::ListRoles, what).once()).expect("a sound fault");
        raw_answer(&sim).await
    };
    assert!(befallen(Misbehaviour::HangUp).await.expect("a clean close").is_empty());
    assert_eq!(befallen(Misbehaviour::Reset).await.expect_err("a reset").kind(), ErrorKind::ConnectionReset);
    assert!(raw_answer(&sim).await.expect("an answer").starts_with(b"HTTP/1.1 403"));
}

#[tokio::test]
async fn a_reset_comes_before_the_work_or_after_it() {
    let (sim, peer) = start().await;
    let state = sim.state();
    for (fault, users) in
        [(Fault::before(CREATE, Misbehaviour::Reset), 0), (Fault::after(CREATE, Misbehaviour::Reset), 1)]
    {
        state.inject(fault.once()).expect("a sound fault");
        peer.send(Method::POST, "/v3/users", Some(new_user("ann@example.com"))).await.expect_err("no answer");
        assert_eq!(state.users().len(), users);
    }
}

#[tokio::test]
async fn refused_connections_are_accepted_again_on_the_same_port() {
    let (sim, peer) = start().await;
    let state = sim.state();
    for _ in 0..3 {
        state.refuse(true).await.expect("a closed socket");
        state.refuse(true).await.expect("closed already");
        let refused = TcpStream::connect(sim.address()).await.expect_err("nobody listens");
        assert_eq!(refused.kind(), ErrorKind::ConnectionRefused);
        // Also by the connection this client has had.
        peer.send(Method::GET, "/v3/users", None).await.expect_err("no answer");

        state.refuse(false).await.expect("the same port");
        state.refuse(false).await.expect("open already");
        assert_eq!(peer.get("/v3/users").await.0, StatusCode::OK);
    }
    let address = sim.address();
    state.refuse(true).await.expect("a closed socket");
    sim.shutdown().await;
    assert!(TcpStream::connect(address).await.is_err());
    state.refuse(false).await.expect_err("it has ended");
}

#[tokio::test]
async fn a_call_under_way_is_cut_off_when_connections_are_refused_and_does_its_work() {
    let (sim, peer) = start().await;
    let state = sim.state();
    state.inject(Fault::before(CREATE, Misbehaviour::delay(Duration::from_millis(100)))).expect("a sound fault");
    let call =
        tokio::spawn(async move { peer.send(Method::POST, "/v3/users", Some(new_user("ann@example.com"))).await });
    state.until(|state| state.calls(CREATE) == 1).await;
    state.refuse(true).await.expect("a closed socket");
    assert!(call.await.expect("the call").is_err());
    state.until(|state| state.user("ann@example.com").is_some()).await;
}

#[tokio::test]
async fn a_huge_body_is_json_of_the_length_asked_for() {
    let (sim, peer) = start().await;
    let state = sim.state();
    for bytes in [13, 14, 16 * 1024 + 13, 10_000_000] {
        state.inject(Fault::after(CREATE, Misbehaviour::HugeBody { bytes }).once()).expect("a sound fault");
        let body = Some(new_user(&format!("u{bytes}@example.com")));
        let response = peer.send(Method::POST, "/v3/users", body).await.expect("an answer");
        assert_eq!(response.status(), StatusCode::CREATED);
        assert_eq!(response.content_length(), None);
        let text = response.text().await.expect("a body");
        assert_eq!(text.len() as u64, bytes);
        assert!(serde_json::from_str::<serde_json::Value>(&text).expect("JSON").is_object());
    }
    assert_eq!(state.users().len(), 4);
}

#[tokio::test]
async fn a_slow_answer_is_the_true_one() {
    let (sim, peer) = start().await;
    let state = sim.state();
    let drip = Misbehaviour::SlowDrip { millis_per_byte: 5 };
    state.inject(Fault::after(CREATE, drip.clone()).once()).expect("a sound fault");
    let body = Some(new_user("ann@example.com"));
    let started = Instant::now();
    let response = peer.send(Method::POST, "/v3/users", body).await.expect("headers");
    assert!(started.elapsed() < Duration::from_millis(150), "the headers do not wait");
    assert_eq!(response.status(), StatusCode::CREATED);
    let length = response.content_length().expect("an announced length");
    let body: serde_json::Value = response.json().await.expect("the whole answer");
    let user = state.user("ann@example.com").expect("the user");
    assert_eq!(body, serde_json::json!({ "id": user.id }));
    assert!(started.elapsed() >= Duration::from_millis(5 * length));

    // Where there is no true answer, it is an empty object.
    state.inject(Fault::after(Operation::DeleteUser, drip.clone()).once()).expect("a sound fault");
    assert_eq!(peer.delete(&format!("/v3/users/{}", user.id)).await, (StatusCode::OK, serde_json::json!({})));
    state.inject(Fault::before(CREATE, drip).once()).expect("a sound fault");
    assert_eq!(peer.post("/v3/users", new_user("ann@example.com")).await, (StatusCode::CREATED, serde_json::json!({})));
    assert!(state.users().is_empty());
}

#[tokio::test]
async fn shutting_down_does_not_wait_for_a_slow_answer() {
    let (sim, peer) = start().await;
    let drip = Misbehaviour::SlowDrip { millis_per_byte: 60_000 };
    sim.state().inject(Fault::before(Operation::ListRoles, drip)).expect("a sound fault");
    let response = peer.send(Method::GET, "/v3/roles", None).await.expect("headers");
    let started = Instant::now();
    let body = tokio::spawn(response.text());
    sim.shutdown().await;
    assert_eq!(body.await.expect("the call").expect("a body"), "{}");
    assert!(started.elapsed() < Duration::from_secs(4));
}
