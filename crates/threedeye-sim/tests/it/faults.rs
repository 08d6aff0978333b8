//! Each fault does what it says, before and after the work.

use std::time::{Duration, Instant};

use reqwest::{Method, StatusCode};
use serde_json::json;
use threedeye_sim::{Fault, Misbehaviour, Operation, When};

use crate::peer::{Peer, new_user, start};

const CREATE: Operation = Operation::CreateUser;

#[tokio::test]
async fn a_status_comes_instead_of_the_work_or_after_it() {
    let (sim, peer) = start().await;
    let state = sim.state();

    state.inject(Fault::before(CREATE, Misbehaviour::status_retry_after(503, 2)).once()).expect("a sound fault");
    let body = Some(new_user("ann@example.com"));
    let response = peer.send(Method::POST, "/v3/users", body).await.expect("an answer");
    assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(response.headers()["retry-after"], "2");
    assert!(state.users().is_empty());

    state.inject(Fault::after(CREATE, Misbehaviour::status(500)).once()).expect("a sound fault");
    assert_eq!(peer.post("/v3/users", new_user("ann@example.com")).await.0, StatusCode::INTERNAL_SERVER_ERROR);
    assert_eq!(state.users().len(), 1);
}

#[tokio::test]
async fn hanging_up_leaves_no_byte_of_answer() {
    let (sim, peer) = start().await;
    let state = sim.state();
    for (fault, users) in
        [(Fault::before(CREATE, Misbehaviour::HangUp), 0), (Fault::after(CREATE, Misbehaviour::HangUp), 1)]
    {
        state.inject(fault.once()).expect("a sound fault");
        peer.send(Method::POST, "/v3/users", Some(new_user("ann@example.com"))).await.expect_err("no answer");
        assert_eq!(state.users().len(), users);
    }
}

#[tokio::test]
async fn a_delayed_call_does_its_work_although_its_client_has_gone() {
    let (sim, peer) = start().await;
    let state = sim.state();
    let delay = Misbehaviour::delay(Duration::from_millis(150));
    state.inject(Fault::before(CREATE, delay).once()).expect("a sound fault");
    {
        let call = peer.send(Method::POST, "/v3/users", Some(new_user("ann@example.com")));
        tokio::select! {
            _ = call => panic!("the answer is delayed"),
            () = state.until(|state| state.calls(CREATE) == 1) => {}
        }
    }
    assert!(state.users().is_empty());
    drop(peer);
    state.until(|state| state.user("ann@example.com").is_some()).await;
}

#[tokio::test]
async fn a_delay_after_the_work_holds_the_answer_back() {
    let (sim, peer) = start().await;
    let state = sim.state();
    state.inject(Fault::after(CREATE, Misbehaviour::delay(Duration::from_millis(100))).once()).expect("a sound fault");
    let started = Instant::now();
    let call = tokio::spawn(async move { peer.post("/v3/users", new_user("ann@example.com")).await });
    state.until(|state| state.users().len() == 1).await;
    assert!(!call.is_finished());
    assert_eq!(call.await.expect("the call").0, StatusCode::CREATED);
    assert!(started.elapsed() >= Duration::from_millis(100));
}

#[tokio::test]
async fn answers_can_be_spoilt() {
    let (sim, peer) = start().await;
    let state = sim.state();
    let spoilt = async |when: When, what: Misbehaviour| {
        let fault = if when == When::Before { Fault::before(CREATE, what) } else { Fault::after(CREATE, what) };
        state.inject(fault.once()).expect("a sound fault");
        let count = state.users().len();
        let body = Some(new_user(&format!("user{count}@example.com")));
        let response = peer.send(Method::POST, "/v3/users", body).await.expect("an answer");
        assert_eq!(response.status(), StatusCode::CREATED);
        assert_eq!(state.users().len(), count + usize::from(when == When::After));
        response.text().await.expect("a body")
    };
    for when in [When::Before, When::After] {
        let text = spoilt(when, Misbehaviour::MalformedJson).await;
        serde_json::from_str::<serde_json::Value>(&text).expect_err("malformed");
        assert!(spoilt(when, Misbehaviour::WrongTypes).await.contains(r#""id":7"#));
        assert_eq!(spoilt(when, Misbehaviour::WithoutId).await, "{}");
    }
    // A refusal is no answer to spoil.
    state.inject(Fault::after(CREATE, Misbehaviour::WithoutId).once()).expect("a sound fault");
    assert_eq!(peer.post("/v3/users", new_user("user0@example.com")).await.0, StatusCode::CONFLICT);
}

#[tokio::test]
async fn faults_befall_their_operation_in_order_and_as_often_as_told() {
    let (sim, peer) = start().await;
    let state = sim.state();
    let list = Operation::ListUsers;
    state.inject(Fault::before(list, Misbehaviour::status(429)).times(2)).expect("a sound fault");
    state.inject(Fault::before(list, Misbehaviour::status(503))).expect("a sound fault");

    assert_eq!(peer.get("/v3/roles").await.0, StatusCode::OK);
    for status in [429, 429, 503, 503] {
        assert_eq!(peer.get("/v3/users").await.0.as_u16(), status);
    }
    state.clear_faults();
    assert_eq!(peer.get("/v3/users").await.0, StatusCode::OK);
}

#[tokio::test]
async fn faults_can_be_switched_over_http_without_credentials() {
    let (sim, peer) = start().await;
    let operator = Peer::without_token(&sim, "");
    let fault = json!({
        "operation": "listUsers", "when": "before", "what": { "status": { "code": 503, "retryAfter": 2 } }, "times": 2,
    });
    assert_eq!(operator.post("/_sim/faults", fault).await.0, StatusCode::CREATED);
    assert_eq!(peer.get("/v3/users").await.0, StatusCode::SERVICE_UNAVAILABLE);
    let left = json!({ "data": [{
        "operation": "listUsers", "when": "before", "what": { "status": { "code": 503, "retryAfter": 2 } }, "times": 1,
    }] });
    assert_eq!(operator.get("/_sim/faults").await, (StatusCode::OK, left));
    let fault = json!({ "operation": "getUser", "when": "after", "what": "hangUp" });
    assert_eq!(operator.post("/_sim/faults", fault).await.1["data"].as_array().expect("a list").len(), 2);
    assert_eq!(operator.delete("/_sim/faults").await.0, StatusCode::NO_CONTENT);
    assert!(sim.state().faults().is_empty());

    for fault in [
        json!({ "operation": "fly", "when": "before", "what": "hangUp" }),
        json!({ "operation": "getUser", "when": "before", "what": { "status": { "code": 200 } } }),
        json!({ "operation": "getUser", "when": "before", "what": { "delay": { "millis": 600_001 } } }),
        json!({ "operation": "getUser", "when": "before", "what": { "slowDrip": { "millisPerByte": 600_001 } } }),
        json!({ "operation": "getUser", "when": "before", "what": { "hugeBody": { "bytes": 12 } } }),
        json!({ "operation": "getUser", "when": "before", "what": "hangUp", "times": 0 }),
        json!({ "operation": "getUser", "when": "before", "what": "hangUp", "typo": 1 }),
    ] {
        assert_eq!(operator.post("/_sim/faults", fault).await.0, StatusCode::BAD_REQUEST);
    }
}
