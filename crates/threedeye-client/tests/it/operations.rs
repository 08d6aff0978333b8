//! Each operation sends what the wire says and reads what it says.

use serde_json::json;
use threedeye_client::{Client, Config, Deletion, Error, NewRole, NewUser, Role, User};
use wiremock::matchers::{body_json, header, method, path, query_param};
use wiremock::{Mock, ResponseTemplate};

use crate::remote::{Remote, USER_PASSWORD, ann, authorised, json_answer, roles, user_body, user_id};

#[tokio::test]
async fn get_user_reads_everything() {
    let remote = Remote::start().await;
    let body = json!({
        "id": "u1", "email": "Ann@Example.com", "firstName": "Ann", "lastName": null,
        "roles": [{ "id": "r1", "name": "Guards" }, { "id": "r2" }], "somethingNew": { "a": 1 },
    });
    remote.once("GET", "/v3/users/u1", json_answer(200, body)).await;

    let expected = User {
        id: user_id("u1"),
        email: "Ann@Example.com".to_owned(),
        first_name: Some("Ann".to_owned()),
        last_name: None,
        roles: vec![
            Role { id: "r1".parse().expect("an id"), name: Some("Guards".to_owned()) },
            Role { id: "r2".parse().expect("an id"), name: None },
        ],
    };
    assert_eq!(remote.client().get_user(&user_id("u1")).await, Ok(Some(expected)));
}

#[tokio::test]
async fn get_user_knows_absence() {
    let remote = Remote::start().await;
    remote.once("GET", "/v3/users/u1", json_answer(404, json!({ "message": "Not found." }))).await;
    assert_eq!(remote.client().get_user(&user_id("u1")).await, Ok(None));
}

#[tokio::test]
async fn create_user_sends_all_fields() {
    let remote = Remote::start().await;
    Mock::given(method("POST"))
        .and(path("/v3/users"))
        .and(body_json(json!({
            "email": "ann@example.com", "firstName": "Ann", "lastName": "Example",
            "password": USER_PASSWORD, "roleIds": ["r1", "r2"],
        })))
        .respond_with(json_answer(201, json!({ "id": "u1" })))
        .expect(1)
        .mount(&remote.server)
        .await;
    let role_ids = ["r1", "r2"].map(|id| id.parse().expect("an id")).to_vec();
    let user = NewUser { role_ids, ..ann() };
    assert_eq!(remote.client().create_user(&user).await, Ok(Some(user_id("u1"))));
}

#[tokio::test]
async fn create_user_lives_without_an_id_in_the_answer() {
    for answer in [
        json_answer(201, json!({})),
        json_answer(200, json!({ "id": null })),
        ResponseTemplate::new(201),
        ResponseTemplate::new(204),
    ] {
        let remote = Remote::start().await;
        remote.once("POST", "/v3/users", answer).await;
        assert_eq!(remote.client().create_user(&ann()).await, Ok(None));
    }
}

#[tokio::test]
async fn create_user_knows_that_the_address_is_taken() {
    let remote = Remote::start().await;
    remote.once("POST", "/v3/users", json_answer(409, json!({ "message": "taken" }))).await;
    assert_eq!(remote.client().create_user(&ann()).await, Err(Error::EmailTaken));
}

#[tokio::test]
async fn deletions_tell_what_was_there() {
    for (status, outcome) in [(204, Deletion::Deleted), (200, Deletion::Deleted), (404, Deletion::NotFound)] {
        let remote = Remote::start().await;
        remote.once("DELETE", "/v3/users/u1", ResponseTemplate::new(status)).await;
        remote.once("DELETE", "/v3/roles/r1/users/u1", ResponseTemplate::new(status)).await;
        let client = remote.client();
        assert_eq!(client.delete_user(&user_id("u1")).await, Ok(outcome));
        let role = "r1".parse().expect("an id");
        assert_eq!(client.remove_user_from_role(&role, &user_id("u1")).await, Ok(outcome));
    }
}

#[tokio::test]
async fn roles_are_made_and_given() {
    let remote = Remote::start().await;
    Mock::given(method("POST"))
        .and(path("/v3/roles"))
        .and(body_json(json!({ "name": "Guards", "description": "At night" })))
        .respond_with(json_answer(201, json!({ "id": "r1" })))
        .expect(1)
        .mount(&remote.server)
        .await;
    remote.once("POST", "/v3/roles/r1/users/u1", ResponseTemplate::new(204)).await;
    let client = remote.client();
    let guards = NewRole { name: "Guards".to_owned(), description: Some("At night".to_owned()) };
    let role = client.create_role(&guards).await.expect("a role").expect("an id");
    assert_eq!(client.add_user_to_role(&role, &user_id("u1")).await, Ok(()));
}

#[tokio::test]
async fn a_name_in_use_is_no_taken_address() {
    let remote = Remote::start().await;
    remote.once("POST", "/v3/roles", json_answer(409, json!({ "message": "in use" }))).await;
    let guards = NewRole { name: "Guards".to_owned(), description: None };
    let refused = Error::Rejected { status: 409, message: "in use".to_owned() };
    assert_eq!(remote.client().create_role(&guards).await, Err(refused));
}

#[tokio::test]
async fn roles_are_listed_to_the_end() {
    let remote = Remote::start().await;
    for (page, id) in [("1", "r1"), ("2", "r2")] {
        let body = json!({ "data": [{ "id": id, "name": id }], "total": 2 });
        authorised("GET", "/v3/roles")
            .and(query_param("page", page))
            .respond_with(json_answer(200, body))
            .expect(1)
            .mount(&remote.server)
            .await;
    }
    let roles = roles(&remote.client()).await.expect("roles");
    assert_eq!(roles.iter().map(|role| role.id.as_str()).collect::<Vec<_>>(), ["r1", "r2"]);
}

#[tokio::test]
async fn the_customer_is_named_only_where_configured() {
    let remote = Remote::silent().await;
    Mock::given(path("/v3/auth/token"))
        .and(header("x-customer-id", "c1"))
        .respond_with(json_answer(200, json!({ "accessToken": "t" })))
        .expect(1)
        .mount(&remote.server)
        .await;
    Mock::given(path("/v3/users/u1"))
        .and(header("x-customer-id", "c1"))
        .respond_with(json_answer(200, user_body("u1", "ann@example.com")))
        .expect(1)
        .mount(&remote.server)
        .await;
    let config = Config { customer_id: Some("c1".to_owned()), ..remote.config() };
    let client = Client::new(config).expect("a sound configuration");
    assert!(client.get_user(&user_id("u1")).await.expect("an answer").is_some());

    let remote = Remote::start().await;
    remote.once("GET", "/v3/users/u1", json_answer(200, user_body("u1", "ann@example.com"))).await;
    assert!(remote.client().get_user(&user_id("u1")).await.expect("an answer").is_some());
    let requests = remote.server.received_requests().await.expect("recording is on");
    assert!(requests.iter().all(|request| !request.headers.contains_key("x-customer-id")));
}

#[tokio::test]
async fn a_prefix_in_the_base_address_stays() {
    let remote = Remote::silent().await;
    Mock::given(path("/eu/v3/auth/token"))
        .respond_with(json_answer(200, json!({ "accessToken": "t" })))
        .mount(&remote.server)
        .await;
    Mock::given(path("/eu/v3/users/u1")).respond_with(ResponseTemplate::new(404)).expect(2).mount(&remote.server).await;
    for base_url in [format!("{}/eu", remote.server.uri()), format!("{}/eu/", remote.server.uri())] {
        let client = Client::new(Config { base_url, ..remote.config() }).expect("a sound configuration");
        assert_eq!(client.get_user(&user_id("u1")).await, Ok(None));
    }
}
