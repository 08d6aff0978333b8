//! A plain HTTP client, signed in.

use reqwest::{Method, Response, StatusCode};
use serde_json::{Value, json};
use threedeye_sim::{Credentials, RunningSim, Sim, SimConfig};

pub(crate) struct Peer {
    http: reqwest::Client,
    base_url: String,
    pub(crate) api_key: String,
    pub(crate) token: String,
}

pub(crate) async fn start() -> (RunningSim, Peer) {
    start_with(SimConfig::default()).await
}

pub(crate) async fn start_with(config: SimConfig) -> (RunningSim, Peer) {
    let sim = Sim::start(config).await.expect("a free port");
    let peer = Peer::sign_in(&sim, &sim.credentials()).await;
    (sim, peer)
}

impl Peer {
    pub(crate) fn without_token(sim: &RunningSim, api_key: &str) -> Self {
        let http = reqwest::Client::builder().no_proxy().build().expect("a client");
        Self { http, base_url: sim.base_url(), api_key: api_key.to_owned(), token: String::new() }
    }

    pub(crate) async fn sign_in(sim: &RunningSim, credentials: &Credentials) -> Self {
        let mut peer = Self::without_token(sim, &credentials.api_key);
        let login = json!({ "username": credentials.username, "password": credentials.password });
        let (status, body) = peer.call(Method::POST, "/v3/auth/token", Some(login)).await;
        assert_eq!(status, StatusCode::OK);
        peer.token = body["accessToken"].as_str().expect("a token").into();
        peer
    }

    pub(crate) async fn send(&self, method: Method, path: &str, body: Option<Value>) -> reqwest::Result<Response> {
        let mut call = self.http.request(method, format!("{}{path}", self.base_url));
        if !self.api_key.is_empty() {
            call = call.header("x-api-key", &self.api_key);
        }
        if !self.token.is_empty() {
            call = call.bearer_auth(&self.token);
        }
        if let Some(body) = body {
            call = call.json(&body);
        }
        call.send().await
    }

    /// The status and the body, which is `null` if there is none.
    pub(crate) async fn call(&self, method: Method, path: &str, body: Option<Value>) -> (StatusCode, Value) {
        let response = self.send(method, path, body).await.expect("an answer");
        let status = response.status();
        let text = response.text().await.expect("a body");
        let body = if text.is_empty() { Value::Null } else { serde_json::from_str(&text).expect("JSON") };
        (status, body)
    }

    pub(crate) async fn get(&self, path: &str) -> (StatusCode, Value) {
        self.call(Method::GET, path, None).await
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> (StatusCode, Value) {
        self.call(Method::POST, path, Some(body)).await
    }

    pub(crate) async fn delete(&self, path: &str) -> (StatusCode, Value) {
        self.call(Method::DELETE, path, None).await
    }
}

pub(crate) fn new_user(email: &str) -> Value {
    json!({
        "email": email,
        "firstName": "Ann",
        "lastName": "Example",
        "password": "a long password",
        "roleIds": [],
    })
}
