//! A 3dEye that answers from a script, and fails the test for every call that is not in it.

use std::time::Duration;

use serde_json::{Value, json};
use threedeye_client::{Client, Config, Error, NewUser, Role, UserId};
use wiremock::matchers::{any, body_json, header, method, path};
use wiremock::{Mock, MockBuilder, MockServer, ResponseTemplate};

pub(crate) const API_KEY: &str = "key-4711-secret";
pub(crate) const LOGIN: &str = "service@example.com";
pub(crate) const PASSWORD: &str = "login-password-secret";
pub(crate) const TOKEN: &str = "token-secret";
pub(crate) const USER_PASSWORD: &str = "new-user-password-secret";

pub(crate) struct Remote {
    pub(crate) server: MockServer,
}

impl Remote {
    /// Knows nothing, not even the sign-in.
    pub(crate) async fn silent() -> Self {
        let server = MockServer::start().await;
        let unforeseen = Mock::given(any()).respond_with(ResponseTemplate::new(418));
        unforeseen.with_priority(u8::MAX).expect(0).named("unforeseen call").mount(&server).await;
        Self { server }
    }

    /// Accepts the sign-in, exactly as 3dEye wants it.
    pub(crate) async fn start() -> Self {
        let remote = Self::silent().await;
        Mock::given(method("POST"))
            .and(path("/v3/auth/token"))
            .and(header("x-api-key", API_KEY))
            .and(body_json(json!({ "username": LOGIN, "password": PASSWORD })))
            .respond_with(json_answer(
                200,
                json!({ "accessToken": TOKEN, "refreshToken": "unused", "expiresIn": 3600 }),
            ))
            .mount(&remote.server)
            .await;
        remote
    }

    pub(crate) fn config(&self) -> Config {
        Config { timeout: Duration::from_secs(5), ..Config::new(self.server.uri(), API_KEY, LOGIN, PASSWORD) }
    }

    pub(crate) fn client(&self) -> Client {
        Client::new(self.config()).expect("a sound configuration")
    }

    /// Answers one kind of call, which must come exactly once and carry both credentials.
    pub(crate) async fn once(&self, verb: &str, route: &str, answer: ResponseTemplate) {
        authorised(verb, route).respond_with(answer).expect(1).mount(&self.server).await;
    }

    /// How many calls of this path arrived.
    pub(crate) async fn calls(&self, route: &str) -> usize {
        let requests = self.server.received_requests().await.expect("recording is on");
        requests.iter().filter(|request| request.url.path() == route).count()
    }
}

/// A call with both credentials.
pub(crate) fn authorised(verb: &str, route: &str) -> MockBuilder {
    Mock::given(method(verb))
        .and(path(route))
        .and(header("x-api-key", API_KEY))
        .and(header("authorization", format!("Bearer {TOKEN}")))
}

pub(crate) fn json_answer(status: u16, body: Value) -> ResponseTemplate {
    ResponseTemplate::new(status).set_body_json(body)
}

pub(crate) fn user_body(id: &str, email: &str) -> Value {
    json!({ "id": id, "email": email, "firstName": "Ann", "lastName": "Example", "roles": [] })
}

pub(crate) fn ann() -> NewUser {
    NewUser {
        email: "ann@example.com".to_owned(),
        first_name: "Ann".to_owned(),
        last_name: "Example".to_owned(),
        password: USER_PASSWORD.into(),
        role_ids: Vec::new(),
    }
}

pub(crate) fn user_id(text: &str) -> UserId {
    text.parse().expect("a sound id")
}

pub(crate) async fn roles(client: &Client) -> Result<Vec<Role>, Error> {
    client.all_roles().await
}

/// Lets time pass at once.
pub(crate) async fn later(duration: Duration) {
    tokio::time::pause();
    tokio::time::advance(duration).await;
    tokio::time::resume();
}
