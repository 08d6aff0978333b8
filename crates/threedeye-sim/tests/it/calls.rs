//! Which calls a fault picks, and what is remembered of them.

use std::time::Duration;

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use threedeye_sim::{Fault, Misbehaviour, NewUser, Operation, SimState};

use crate::peer::{Peer, new_user, start};

fn refusing(operation: Operation, code: u16) -> Fault {
    Fault::before(operation, Misbehaviour::status(code))
}

fn seeded(state: &SimState) -> (String, String, String) {
    let role = state.add_role("Guards").expect("a free name");
    let ann = state.add_user(NewUser::new("Ann@Example.com", "a long password")).expect("a free address");
    let bob = state.add_user(NewUser::new("bob@example.com", "a long password")).expect("a free address");
    (role.to_string(), ann.to_string(), bob.to_string())
}

#[tokio::test]
async fn a_fault_can_be_about_one_person_or_role() {
    let (sim, peer) = start().await;
    let state = sim.state();
    let (role, ann, bob) = seeded(&state);

    // By the known address of the user in the path, by the user's id, and by the role's.
    state.inject(refusing(Operation::GetUser, 503).about("ann@example.com")).expect("a sound fault");
    assert_eq!(peer.get(&format!("/v3/users/{bob}")).await.0, StatusCode::OK);
    assert_eq!(peer.get(&format!("/v3/users/{ann}")).await.0, StatusCode::SERVICE_UNAVAILABLE);

    state.inject(refusing(Operation::AddUserToRole, 503).about(bob.to_uppercase())).expect("a sound fault");
    assert_eq!(peer.post(&format!("/v3/roles/{role}/users/{ann}"), json!({})).await.0, StatusCode::NO_CONTENT);
    assert_eq!(peer.post(&format!("/v3/roles/{role}/users/{bob}"), json!({})).await.0, StatusCode::SERVICE_UNAVAILABLE);

    state.inject(refusing(Operation::RemoveUserFromRole, 503).about(&role)).expect("a sound fault");
    assert_eq!(peer.delete(&format!("/v3/roles/{role}/users/{ann}")).await.0, StatusCode::SERVICE_UNAVAILABLE);

    // By the address and the roles in the body.
    state.inject(refusing(Operation::CreateUser, 503).about("CAROL@example.com")).expect("a sound fault");
    state.inject(refusing(Operation::CreateUser, 500).about(&role)).expect("a sound fault");
    assert_eq!(peer.post("/v3/users", new_user("dan@example.com")).await.0, StatusCode::CREATED);
    assert_eq!(peer.post("/v3/users", new_user("carol@example.com")).await.0, StatusCode::SERVICE_UNAVAILABLE);
    let mut guard = new_user("eve@example.com");
    guard["roleIds"] = json!([role]);
    assert_eq!(peer.post("/v3/users", guard).await.0, StatusCode::INTERNAL_SERVER_ERROR);
}

#[tokio::test]
async fn a_fault_can_let_calls_go_by_first() {
    let (sim, peer) = start().await;
    let state = sim.state();
    let (_, ann, bob) = seeded(&state);
    let fault = refusing(Operation::GetUser, 503).about(&ann).skip(1).once();
    state.inject(fault).expect("a sound fault");
    state.inject(refusing(Operation::GetUser, 429).skip(3)).expect("a sound fault");
    let mut statuses = Vec::new();
    for id in [&bob, &ann, &bob, &ann, &ann] {
        statuses.push(peer.get(&format!("/v3/users/{id}")).await.0.as_u16());
    }
    // The second fault saw all calls but the one that the first befell.
    assert_eq!(statuses, [200, 200, 200, 503, 429]);
}

#[tokio::test]
async fn faults_say_in_json_whom_they_are_about_and_how_many_calls_go_by() {
    let (sim, _) = start().await;
    let operator = Peer::without_token(&sim, "");
    let fault = json!({
        "operation": "deleteUser", "when": "after", "what": "reset", "about": "ann@example.com", "skip": 2, "times": 1,
    });
    assert_eq!(operator.post("/_sim/faults", fault.clone()).await.1, json!({ "data": [fault] }));
    let expected = Fault::after(Operation::DeleteUser, Misbehaviour::Reset).about("ann@example.com").skip(2).once();
    assert_eq!(sim.state().faults(), [expected]);
    for what in [json!({ "hugeBody": { "bytes": 100 } }), json!({ "slowDrip": { "millisPerByte": 100 } })] {
        let fault = json!({ "operation": "listUsers", "when": "before", "what": what });
        let (status, body) = operator.post("/_sim/faults", fault.clone()).await;
        assert_eq!((status, body["data"].as_array().and_then(|list| list.last())), (StatusCode::CREATED, Some(&fault)));
    }
}

#[tokio::test]
async fn calls_are_remembered_without_secrets() {
    let (sim, peer) = start().await;
    let state = sim.state();
    let (_, ann, _) = seeded(&state);
    let credentials = sim.credentials();
    peer.post("/v3/users", new_user("carol@example.com")).await;
    peer.get(&format!("/v3/users/{ann}")).await;
    state.inject(Fault::before(Operation::ListRoles, Misbehaviour::HangUp).once()).expect("a sound fault");
    peer.send(Method::GET, "/v3/roles", None).await.expect_err("no answer");
    Peer::without_token(&sim, "").get("/v3/roles").await;

    let (status, body) = Peer::without_token(&sim, "").get("/_sim/calls").await;
    assert_eq!(status, StatusCode::OK);
    let told: Vec<Value> = body["data"].as_array().expect("a list").clone();
    let brief = |call: &Value| json!([call["number"], call["operation"], call["about"], call["ended"], call["status"]]);
    assert_eq!(
        told.iter().map(brief).collect::<Vec<_>>(),
        [
            json!([1, "token", [], true, 200]),
            json!([2, "createUser", ["carol@example.com"], true, 201]),
            json!([3, "getUser", [ann, "Ann@Example.com"], true, 200]),
            json!([4, "listRoles", [], true, null]),
            json!([5, "listRoles", [], true, 403]),
        ]
    );
    assert!(told.iter().all(|call| call["at"].as_str().is_some_and(|at| at.ends_with('Z'))));
    let text = body.to_string();
    for secret in [&credentials.api_key, &credentials.password, &peer.token, "a long password"] {
        assert!(!text.contains(secret), "{secret}");
    }
    assert_eq!(state.log().len(), 5);
    state.reset_calls();
    assert!(state.log().is_empty());
}

#[tokio::test]
async fn a_call_under_way_has_not_ended_and_old_ones_are_forgotten() {
    let (sim, peer) = start().await;
    let state = sim.state();
    let delay = Misbehaviour::delay(Duration::from_mins(1));
    state.inject(Fault::before(Operation::ListUsers, delay).once()).expect("a sound fault");
    let other = Peer::sign_in(&sim, &sim.credentials()).await;
    let call = tokio::spawn(async move { other.get("/v3/users").await });
    state.until(|state| state.calls(Operation::ListUsers) == 1).await;
    let last = state.log().pop().expect("the call");
    assert_eq!((last.operation, last.ended, last.status), (Operation::ListUsers, false, None));
    call.abort();

    for _ in 0..1_000 {
        peer.get("/v3/roles").await;
    }
    let log = state.log();
    assert_eq!((log.len(), log[0].number, log[999].number), (1_000, 4, 1_003));
}
