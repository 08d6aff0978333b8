//! `/_sim/…` for tests in other languages.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use threedeye_sim::{Fault, Misbehaviour, NewUser, Operation};

use crate::peer::{Peer, start};

#[tokio::test]
async fn people_and_roles_can_be_made_and_looked_at() {
    let (sim, peer) = start().await;
    let operator = Peer::without_token(&sim, "");
    let (status, role) = operator.post("/_sim/roles", json!({ "name": "Guards", "description": "At night" })).await;
    assert_eq!(status, StatusCode::CREATED);
    let ann = json!({
        "email": "ann@example.com", "firstName": "Ann", "lastName": "Example", "password": "a long password",
        "roleIds": [role["id"]],
    });
    let (status, ann) = operator.post("/_sim/users", ann).await;
    assert_eq!(status, StatusCode::CREATED);
    let (_, bob) = operator.post("/_sim/users", json!({ "email": "bob@example.com", "foreign": true })).await;
    peer.get("/v3/users").await;
    sim.state().inject(Fault::before(Operation::GetUser, Misbehaviour::HangUp)).expect("a sound fault");

    let (status, state) = operator.get("/_sim/state").await;
    assert_eq!(status, StatusCode::OK);
    let ours = json!({
        "id": sim.credentials().customer_id,
        "ours": true,
        "users": [{
            "id": ann["id"], "email": "ann@example.com", "firstName": "Ann", "lastName": "Example",
            "roleIds": [role["id"]],
        }],
        "roles": [{ "id": role["id"], "name": "Guards", "description": "At night", "members": 1 }],
    });
    assert_eq!(state["customers"][0], ours);
    assert_eq!(state["customers"][1]["users"][0]["id"], bob["id"]);
    assert_eq!(state["customers"][1]["ours"], false);
    assert_eq!(state["faults"], json!([{ "operation": "getUser", "when": "before", "what": "hangUp" }]));
    assert_eq!(state["calls"], json!({ "token": 1, "listUsers": 1 }));
    assert_eq!(state["stateFile"], Value::Null);
    let credentials = sim.credentials();
    for secret in ["a long password", NewUser::USUAL_PASSWORD, &credentials.password, &credentials.api_key] {
        assert!(!state.to_string().contains(secret), "{secret}");
    }

    for user in [&ann, &bob] {
        let path = format!("/_sim/users/{}", user["id"].as_str().expect("an id"));
        assert_eq!(operator.delete(&path).await.0, StatusCode::NO_CONTENT);
        assert_eq!(operator.delete(&path).await.0, StatusCode::NOT_FOUND);
    }
    assert!(sim.state().users().is_empty());
}

#[tokio::test]
async fn passwords_can_be_checked_and_are_not_told() {
    let (sim, _) = start().await;
    let operator = Peer::without_token(&sim, "");
    operator.post("/_sim/users", json!({ "email": "ann@example.com", "password": "a long password" })).await;
    operator.post("/_sim/users", json!({ "email": "bob@example.com" })).await;
    for (email, password, matches) in [
        ("Ann@Example.com", "a long password", true),
        ("ann@example.com", "another password", false),
        ("bob@example.com", NewUser::USUAL_PASSWORD, true),
        ("carol@example.com", "a long password", false),
    ] {
        let (status, answer) =
            operator.post("/_sim/passwords/check", json!({ "email": email, "password": password })).await;
        assert_eq!((status, answer), (StatusCode::OK, json!({ "matches": matches })), "{email}");
    }
}

#[tokio::test]
async fn a_reset_empties_everything_but_the_customers() {
    let (sim, peer) = start().await;
    let operator = Peer::without_token(&sim, "");
    let credentials = sim.credentials();
    operator.post("/_sim/roles", json!({ "name": "Guards" })).await;
    operator.post("/_sim/users", json!({ "email": "ann@example.com" })).await;
    operator.post("/_sim/users", json!({ "email": "bob@example.com", "foreign": true })).await;
    sim.state().inject(Fault::before(Operation::Token, Misbehaviour::HangUp)).expect("a sound fault");

    assert_eq!(operator.call(Method::POST, "/_sim/reset", None).await, (StatusCode::NO_CONTENT, Value::Null));
    let (_, state) = operator.get("/_sim/state").await;
    for customer in state["customers"].as_array().expect("customers") {
        assert_eq!((&customer["users"], &customer["roles"]), (&json!([]), &json!([])));
    }
    assert_eq!((&state["faults"], &state["calls"]), (&json!([]), &json!({})));
    assert_eq!(operator.get("/_sim/calls").await.1, json!({ "data": [] }));
    assert_eq!(peer.get("/v3/users").await.0, StatusCode::UNAUTHORIZED);
    let peer = Peer::sign_in(&sim, &credentials).await;
    assert_eq!(peer.get("/v3/users").await.1["total"], 0);
    for email in ["ann@example.com", "bob@example.com"] {
        assert_eq!(operator.post("/_sim/users", json!({ "email": email })).await.0, StatusCode::CREATED);
    }
}

#[tokio::test]
async fn bad_input_is_refused_and_says_why() {
    let (sim, _) = start().await;
    let operator = Peer::without_token(&sim, "");
    operator.post("/_sim/users", json!({ "email": "ann@example.com" })).await;
    operator.post("/_sim/roles", json!({ "name": "Guards" })).await;
    let nobody = "00000000-0000-4000-8000-000000000000";
    for (path, body, status, why) in [
        ("/_sim/users", json!({}), 400, "missing field `email`"),
        ("/_sim/users", json!({ "email": "x" }), 400, "email is no e-mail address"),
        ("/_sim/users", json!({ "email": "x@example.com", "pasword": "x" }), 400, "unknown field `pasword`"),
        ("/_sim/users", json!({ "email": "x@example.com", "password": "short" }), 400, "password must have"),
        ("/_sim/users", json!({ "email": "x@example.com", "firstName": " " }), 400, "firstName must have"),
        ("/_sim/users", json!({ "email": "x@example.com", "roleIds": [nobody] }), 400, "A role does not exist"),
        ("/_sim/users", json!({ "email": "x@example.com", "roleIds": ["x"] }), 400, "UUID"),
        ("/_sim/users", json!({ "email": "ANN@example.com" }), 409, "already exists"),
        ("/_sim/roles", json!({ "name": "" }), 400, "name must have"),
        ("/_sim/roles", json!({ "name": "Guards" }), 409, "already exists"),
        ("/_sim/passwords/check", json!({ "email": "ann@example.com" }), 400, "missing field `password`"),
        ("/_sim/faults", json!({ "operation": "fly" }), 400, "unknown variant `fly`"),
    ] {
        let (found, answer) = operator.post(path, body.clone()).await;
        assert_eq!(found.as_u16(), status, "{path} {body}: {answer}");
        let message = answer["message"].as_str().unwrap_or_default();
        assert!(message.contains(why), "{path} {body}: {message}");
    }
    for (method, path, status) in [
        (Method::POST, "/_sim/users", 415),
        (Method::DELETE, "/_sim/users/x", 404),
        (Method::GET, "/_sim/users", 405),
        (Method::GET, "/_sim/reset", 405),
        (Method::GET, "/_sim/nothing", 404),
    ] {
        assert_eq!(operator.call(method.clone(), path, None).await.0.as_u16(), status, "{method} {path}");
    }
    assert_eq!(sim.state().users().len(), 1);
}

#[tokio::test]
async fn pages_elsewhere_cannot_use_it() {
    let (sim, _) = start().await;
    let url = format!("{}/_sim/reset", sim.base_url());
    let http = reqwest::Client::builder().no_proxy().build().expect("a client");
    let port = sim.address().port();
    let own = format!("http://127.0.0.1:{port}");
    let answered = async |headers: &[(&str, &str)]| {
        let call = headers.iter().fold(http.post(&url), |call, (name, value)| call.header(*name, *value));
        call.send().await.expect("an answer").status().as_u16()
    };
    for (headers, status) in [
        (vec![], 204),
        (vec![("origin", own.as_str())], 204),
        (vec![("sec-fetch-site", "same-origin")], 204),
        (vec![("sec-fetch-site", "none")], 204),
        (vec![("sec-fetch-site", "cross-site")], 403),
        (vec![("sec-fetch-site", "same-site")], 403),
        (vec![("origin", "http://evil.example")], 403),
        (vec![("origin", "http://127.0.0.1:1")], 403),
        (vec![("origin", "null")], 403),
        (vec![("host", "localhost:9000")], 204),
        (vec![("host", "[::1]:9000")], 204),
        (vec![("host", "evil.example:9000")], 403),
        (vec![("host", "localhost.evil.example")], 403),
        (vec![("host", "evil.example"), ("origin", "http://evil.example")], 403),
    ] {
        assert_eq!(answered(&headers).await, status, "{headers:?}");
    }
    // What is read is as little for others.
    for path in ["/", "/_sim/state"] {
        let call = http.get(format!("{}{path}", sim.base_url())).header("host", "evil.example");
        assert_eq!(call.send().await.expect("an answer").status(), StatusCode::FORBIDDEN, "{path}");
    }
}

#[tokio::test]
async fn a_name_of_its_own_can_be_told_to_it() {
    let config = threedeye_sim::SimConfig { hosts: vec!["sim".to_owned()], ..threedeye_sim::SimConfig::default() };
    let (sim, _) = crate::peer::start_with(config).await;
    let http = reqwest::Client::builder().no_proxy().build().expect("a client");
    let call = http.get(format!("{}/_sim/state", sim.base_url())).header("host", "sim:9000");
    assert_eq!(call.send().await.expect("an answer").status(), StatusCode::OK);
}
