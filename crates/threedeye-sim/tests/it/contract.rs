//! Every route, every refusal.

use std::time::Duration;

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use threedeye_sim::{NewUser, Operation, SimConfig};
use uuid::Uuid;

use crate::peer::{Peer, new_user, start, start_with};

#[tokio::test]
async fn a_user_lives_from_creation_to_deletion() {
    let (sim, peer) = start().await;

    let (status, created) = peer.post("/v3/users", new_user("Ann@Example.com")).await;
    assert_eq!(status, StatusCode::CREATED);
    let id = created["id"].as_str().expect("an id").to_owned();
    Uuid::parse_str(&id).expect("a GUID");

    let expected = json!({
        "id": id, "email": "Ann@Example.com", "firstName": "Ann", "lastName": "Example", "roles": [],
    });
    assert_eq!(peer.get(&format!("/v3/users/{id}")).await, (StatusCode::OK, expected.clone()));
    assert_eq!(peer.get("/v3/users").await, (StatusCode::OK, json!({ "data": [expected], "total": 1 })));
    assert!(sim.state().password_matches("ann@example.com", "a long password"));
    assert!(!sim.state().password_matches("ann@example.com", "another password"));

    let path = format!("/v3/users/{id}");
    assert_eq!(peer.delete(&path).await, (StatusCode::NO_CONTENT, Value::Null));
    assert_eq!(peer.delete(&path).await.0, StatusCode::NOT_FOUND);
    assert_eq!(peer.get(&path).await.0, StatusCode::NOT_FOUND);
    assert_eq!(peer.post("/v3/users", new_user("ann@example.com")).await.0, StatusCode::CREATED);
}

#[tokio::test]
async fn users_of_another_customer_are_out_of_sight_and_keep_their_address() {
    let (sim, ours) = start().await;
    let theirs = Peer::sign_in(&sim, &sim.state().add_customer().expect("memory")).await;
    let (_, created) = theirs.post("/v3/users", new_user("bob@example.com")).await;
    let path = format!("/v3/users/{}", created["id"].as_str().expect("an id"));

    assert_eq!(ours.get(&path).await.0, StatusCode::NOT_FOUND);
    assert_eq!(ours.delete(&path).await.0, StatusCode::NOT_FOUND);
    assert_eq!(ours.get("/v3/users").await.1["total"], 0);
    let (status, body) = ours.post("/v3/users", new_user("BOB@example.com")).await;
    assert_eq!(status, StatusCode::CONFLICT);
    assert!(body["message"].is_string());
    assert_eq!(theirs.get(&path).await.0, StatusCode::OK);

    sim.state().add_foreign_user("carol@example.com").expect("a free address");
    assert_eq!(ours.post("/v3/users", new_user("carol@example.com")).await.0, StatusCode::CONFLICT);
    assert!(sim.state().user("carol@example.com").is_none());
}

#[tokio::test]
async fn lists_come_in_pages() {
    let (sim, peer) = start().await;
    for number in 1..=5 {
        sim.state().add_user(NewUser::new(format!("u{number}@example.com"), "password")).expect("a free address");
    }
    let page = async |path: &str| {
        let (status, body) = peer.get(path).await;
        assert_eq!(status, StatusCode::OK);
        assert_eq!(body["total"], 5);
        let emails = body["data"].as_array().expect("a list").iter();
        emails.map(|user| user["email"].as_str().expect("an address").to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(page("/v3/users?page=1&pageSize=2").await, ["u1@example.com", "u2@example.com"]);
    assert_eq!(page("/v3/users?page=3&pageSize=2").await, ["u5@example.com"]);
    assert!(page("/v3/users?page=4&pageSize=2").await.is_empty());
    assert!(page("/v3/users?page=4294967295&pageSize=500").await.is_empty());
    assert_eq!(page("/v3/users").await.len(), 5);

    for query in ["page=0", "page=-1", "page=x", "pageSize=0", "pageSize=501", "page=99999999999"] {
        let (status, body) = peer.get(&format!("/v3/users?{query}")).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{query}");
        assert!(body["message"].is_string());
    }
}

#[tokio::test]
async fn total_and_token_lifetime_can_be_left_out() {
    let config = SimConfig { tell_total: false, tell_token_lifetime: false, ..SimConfig::default() };
    let (sim, peer) = start_with(config).await;
    assert_eq!(peer.get("/v3/users").await.1, json!({ "data": [] }));
    let login = json!({ "username": sim.credentials().username, "password": sim.credentials().password });
    assert!(peer.post("/v3/auth/token", login).await.1.get("expiresIn").is_none());
}

#[tokio::test]
async fn roles_hold_users() {
    let (sim, peer) = start().await;
    let (status, role) = peer.post("/v3/roles", json!({ "name": "Guards", "description": "At night" })).await;
    assert_eq!(status, StatusCode::CREATED);
    let role = role["id"].as_str().expect("an id").to_owned();
    assert_eq!(peer.post("/v3/roles", json!({ "name": "Guards" })).await.0, StatusCode::CONFLICT);
    assert_eq!(peer.post("/v3/roles", json!({ "name": " " })).await.0, StatusCode::BAD_REQUEST);
    let expected = json!({ "data": [{ "id": role, "name": "Guards", "description": "At night" }], "total": 1 });
    assert_eq!(peer.get("/v3/roles").await.1, expected);

    let user = sim.state().add_user(NewUser::new("ann@example.com", "password")).expect("a free address");
    let path = format!("/v3/roles/{role}/users/{user}");
    for _ in 0..2 {
        assert_eq!(peer.call(Method::POST, &path, None).await, (StatusCode::NO_CONTENT, Value::Null));
    }
    let seen = peer.get(&format!("/v3/users/{user}")).await.1;
    assert_eq!(seen["roles"], json!([{ "id": role, "name": "Guards" }]));
    assert_eq!(peer.delete(&path).await.0, StatusCode::NO_CONTENT);
    assert_eq!(peer.delete(&path).await.0, StatusCode::NOT_FOUND);

    let nobody = Uuid::nil();
    for path in [format!("/v3/roles/{role}/users/{nobody}"), format!("/v3/roles/{nobody}/users/{user}")] {
        assert_eq!(peer.call(Method::POST, &path, None).await.0, StatusCode::NOT_FOUND);
    }
}

#[tokio::test]
async fn a_new_user_can_be_in_roles_from_the_start() {
    let (sim, peer) = start().await;
    let role = sim.state().add_role("Guards").expect("a free name");
    let mut user = new_user("ann@example.com");
    user["roleIds"] = json!([role]);
    assert_eq!(peer.post("/v3/users", user).await.0, StatusCode::CREATED);
    assert!(sim.state().user("ann@example.com").expect("Ann").role_ids.contains(&role));

    let mut user = new_user("bob@example.com");
    user["roleIds"] = json!([Uuid::nil()]);
    assert_eq!(peer.post("/v3/users", user).await.0, StatusCode::BAD_REQUEST);
    assert!(sim.state().user("bob@example.com").is_none());
}

#[tokio::test]
async fn credentials_are_looked_at_before_anything_else() {
    let (sim, mut peer) = start().await;
    let calls = [
        (Method::GET, "/v3/users?page=0"),
        (Method::POST, "/v3/users"),
        (Method::GET, "/v3/users/x"),
        (Method::DELETE, "/v3/users/x"),
        (Method::GET, "/v3/roles"),
        (Method::POST, "/v3/roles"),
        (Method::POST, "/v3/roles/x/users/y"),
        (Method::DELETE, "/v3/roles/x/users/y"),
    ];
    peer.token = "unknown".to_owned();
    for (method, path) in &calls {
        assert_eq!(peer.call(method.clone(), path, None).await.0, StatusCode::UNAUTHORIZED, "{path}");
    }
    peer.token = String::new();
    for (method, path) in &calls {
        assert_eq!(peer.call(method.clone(), path, None).await.0, StatusCode::UNAUTHORIZED, "{path}");
    }
    for key in ["", "wrong"] {
        peer.api_key = key.to_owned();
        for (method, path) in calls.iter().chain([&(Method::POST, "/v3/auth/token")]) {
            let (status, body) = peer.call(method.clone(), path, None).await;
            assert_eq!(status, StatusCode::FORBIDDEN, "{path}");
            assert!(body["message"].is_string());
        }
    }
    let guest = Peer::without_token(&sim, &sim.credentials().api_key);
    let wrong = json!({ "username": sim.credentials().username, "password": "wrong" });
    assert_eq!(guest.post("/v3/auth/token", wrong).await.0, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn tokens_run_out() {
    let config = SimConfig { token_lifetime: Duration::from_secs(90), ..SimConfig::default() };
    let (sim, peer) = start_with(config).await;
    assert_eq!(peer.get("/v3/users").await.0, StatusCode::OK);
    tokio::time::pause();
    tokio::time::advance(Duration::from_secs(91)).await;
    tokio::time::resume();
    assert_eq!(peer.get("/v3/users").await.0, StatusCode::UNAUTHORIZED);

    let peer = Peer::sign_in(&sim, &sim.credentials()).await;
    sim.state().expire_tokens();
    assert_eq!(peer.get("/v3/users").await.0, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn bad_input_is_refused_in_the_words_of_3deye() {
    let (sim, peer) = start().await;
    let with = |field: &str, value: Value| {
        let mut user = new_user("ann@example.com");
        user[field] = value;
        user
    };
    let long = "x".repeat(200_000);
    let bodies = [
        with("email", json!("no address")),
        with("email", json!("two@at@example.com")),
        with("email", json!("line\nbreak@example.com")),
        with("email", json!(format!("{long}@example.com"))),
        with("firstName", json!("")),
        with("lastName", json!("  ")),
        with("lastName", json!(long)),
        with("password", json!("short")),
        with("password", Value::Null),
        with("roleIds", json!(["no GUID"])),
        with("email", json!(7)),
        json!([]),
        json!(null),
    ];
    for body in bodies {
        let (status, answer) = peer.post("/v3/users", body).await;
        assert_eq!(status, StatusCode::BAD_REQUEST);
        assert!(answer["message"].is_string());
    }
    assert!(sim.state().users().is_empty());

    let huge = json!({ "email": "x".repeat(2_000_000) });
    assert_eq!(peer.post("/v3/users", huge).await.0, StatusCode::PAYLOAD_TOO_LARGE);
    for (method, path, status) in [
        (Method::POST, "/v3/users", StatusCode::UNSUPPORTED_MEDIA_TYPE),
        (Method::GET, "/v3/users/no-guid", StatusCode::NOT_FOUND),
        (Method::GET, "/v3/users/%FF", StatusCode::NOT_FOUND),
        (Method::DELETE, "/v3/roles/x/users/y", StatusCode::NOT_FOUND),
        (Method::PUT, "/v3/users", StatusCode::METHOD_NOT_ALLOWED),
        (Method::PATCH, "/_sim/faults", StatusCode::METHOD_NOT_ALLOWED),
        (Method::GET, "/v3/cameras", StatusCode::NOT_FOUND),
        (Method::GET, "/nothing", StatusCode::NOT_FOUND),
    ] {
        let (answered, body) = peer.call(method, path, None).await;
        assert_eq!(answered, status, "{path}");
        assert!(body["message"].is_string(), "{path}");
    }
}

#[tokio::test]
async fn the_same_seed_gives_the_same_ids() {
    let ids = async |seed| {
        let (sim, peer) = start_with(SimConfig { seed, ..SimConfig::default() }).await;
        let (_, created) = peer.post("/v3/users", new_user("ann@example.com")).await;
        (sim.credentials().customer_id, created["id"].clone())
    };
    assert_eq!(ids(7).await, ids(7).await);
    assert_ne!(ids(7).await, ids(8).await);
}

#[tokio::test]
async fn calls_are_counted_by_operation() {
    let (sim, peer) = start().await;
    let state = sim.state();
    peer.get("/v3/users").await;
    peer.get("/v3/users?page=0").await;
    peer.get(&format!("/v3/users/{}", Uuid::nil())).await;
    assert_eq!(state.calls(Operation::Token), 1);
    assert_eq!(state.calls(Operation::ListUsers), 2);
    assert_eq!(state.calls(Operation::GetUser), 1);
    assert_eq!(state.calls(Operation::CreateUser), 0);
    state.reset_calls();
    assert_eq!(state.calls(Operation::ListUsers), 0);
}
