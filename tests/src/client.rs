//! Clients of the three contracts.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use reqwest::{Method, StatusCode};
use serde_json::Value;
use sha2::{Digest, Sha256};

/// Longer than the server takes for any answer, however slow the machine is.
const PATIENCE: Duration = Duration::from_mins(2);
/// How long a connection is kept for another request.
const IDLE: Duration = Duration::from_secs(4);

/// What a client shows.
#[derive(Debug, Clone)]
pub enum Credentials {
    /// Nothing.
    None,
    /// A person's own token.
    Token(String),
    /// An organisation's key.
    ApiKey(String),
    /// Admin key and staff token.
    Staff {
        /// The admin key.
        key: String,
        /// The token.
        token: String,
    },
    /// An account session.
    Session {
        /// The account's id.
        user: String,
        /// The session's token.
        token: String,
    },
}

/// An answer.
#[derive(Debug, Clone)]
pub struct Answer {
    /// Its status.
    pub status: StatusCode,
    /// Its headers.
    pub headers: reqwest::header::HeaderMap,
    /// Its body; null when there is none.
    pub body: Value,
}

impl Answer {
    /// The body, if the status is this one.
    pub fn expect(self, status: u16) -> Result<Value> {
        ensure!(self.status.as_u16() == status, "{} instead of {status}: {}", self.status, self.body);
        Ok(self.body)
    }

    /// The request's id, under which its event is on record.
    pub fn request(&self) -> Result<String> {
        Ok(self.headers.get("x-request-id").context("a request id")?.to_str()?.to_owned())
    }
}

/// A client.
#[derive(Debug, Clone)]
pub struct Api {
    http: reqwest::Client,
    base: String,
    credentials: Credentials,
}

impl Api {
    /// A client of the server at `base`.
    pub fn new(base: &str, credentials: Credentials) -> Result<Self> {
        // The server closes what is idle for 8 seconds; a request sent at that very moment would get no answer.
        let client = reqwest::Client::builder().timeout(PATIENCE).pool_idle_timeout(IDLE);
        let http = client.build()?;
        Ok(Self { http, base: base.to_owned(), credentials })
    }

    /// The same client with other credentials.
    #[must_use]
    pub fn with(&self, credentials: Credentials) -> Self {
        Self { credentials, ..self.clone() }
    }

    /// The same client, of the server at `base`.
    #[must_use]
    pub fn at(&self, base: &str) -> Self {
        Self { base: base.to_owned(), ..self.clone() }
    }

    /// The same client, of the server the other one asks.
    #[must_use]
    pub fn with_base_of(&self, other: &Self) -> Self {
        self.at(&other.base)
    }

    /// Reads.
    pub async fn get(&self, path: &str) -> Result<Answer> {
        self.send(Method::GET, path, None, &[]).await
    }

    /// Commands.
    pub async fn post(&self, path: &str, body: Value) -> Result<Answer> {
        self.send(Method::POST, path, Some(body), &[]).await
    }

    /// Commands with further headers.
    pub async fn post_with(&self, path: &str, body: Value, headers: &[(&str, &str)]) -> Result<Answer> {
        self.send(Method::POST, path, Some(body), headers).await
    }

    async fn send(&self, method: Method, path: &str, body: Option<Value>, headers: &[(&str, &str)]) -> Result<Answer> {
        let mut request = self.http.request(method, format!("{}{path}", self.base));
        request = match &self.credentials {
            Credentials::None => request,
            Credentials::Token(token) => request.bearer_auth(token),
            Credentials::ApiKey(key) => request.header("X-API-Key", key),
            Credentials::Staff { key, token } => request.header("X-Admin-API-Key", key).bearer_auth(token),
            Credentials::Session { user, token } => request.header("X-User-Id", user).header("X-Auth-Token", token),
        };
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if let Some(body) = body {
            request = request.json(&body);
        }
        let response = request.send().await?;
        let (status, headers) = (response.status(), response.headers().clone());
        let bytes = response.bytes().await?;
        let body = if bytes.is_empty() {
            Value::Null
        } else {
            serde_json::from_slice(&bytes).with_context(|| format!("{path}: the body is no JSON"))?
        };
        Ok(Answer { status, headers, body })
    }

    /// Signs in with name and password, with a code where one is needed.
    pub async fn sign_in(&self, user: &str, password: &str, code: Option<&str>) -> Result<Self> {
        let mut body = serde_json::json!({"user": user, "password": password});
        if let Some(code) = code {
            body["code"] = code.into();
        }
        let answer = self.with(Credentials::None).post("/api/v1/login", body).await?.expect(200)?;
        let text = |key: &str| Ok::<_, anyhow::Error>(answer["data"][key].as_str().context("login data")?.to_owned());
        Ok(self.with(Credentials::Session { user: text("userId")?, token: text("authToken")? }))
    }

    /// Calls a method and answers its inner message.
    pub async fn method(&self, name: &str, params: Value) -> Result<Value> {
        let message = serde_json::json!({"msg": "method", "id": "1", "method": name, "params": params});
        let path = format!("/api/v1/method.call/{name}");
        let body = serde_json::json!({"message": message.to_string()});
        let answer = self.post(&path, body).await?.expect(200)?;
        Ok(serde_json::from_str(answer["message"].as_str().context("a message")?)?)
    }
}

/// The key in what `api-key create` printed: 40 letters and digits.
pub fn api_key_in(printed: &str) -> Result<String> {
    let is_key = |word: &&str| word.len() == 40 && word.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let words = || printed.split(|c: char| !c.is_ascii_alphanumeric());
    words().find(is_key).map(str::to_owned).with_context(|| format!("no key in: {printed}"))
}

/// The SHA-256 of a text in hex: how a password is proved as a second factor.
pub fn sha256(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"))
}

/// The code of a base32 secret, `steps` steps of 30 s from now.
pub fn totp(secret: &str, steps: i64) -> Result<String> {
    let secret = totp_rs::Secret::try_from_base32(secret).context("a base32 secret")?;
    let totp = totp_rs::Builder::new().with_secret(secret).with_skew(1).build()?;
    Ok(totp.generate(now_seconds(steps)).to_string())
}

#[expect(clippy::disallowed_methods, reason = "an authenticator app goes by the time of day")]
fn now_seconds(steps: i64) -> u64 {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default().as_secs();
    now.saturating_add_signed(steps * 30)
}
