//! Accounts with a second factor, as people have them: signing in, setting up an authenticator app.

use anyhow::Context;
use portcullis_adapters::clock::SystemClock;
use portcullis_domain::clock::Clock;
use reqwest::Method;
use serde_json::{Value, json};
use totp_rs::{Algorithm, Builder, Secret};

use super::http::{Ask, Telling};

/// Somebody signed in, with an authenticator app.
pub(super) struct Account {
    pub(super) user: String,
    pub(super) token: String,
    /// What the app was set up with.
    pub(super) secret: String,
    /// Codes for when the app cannot be used; each works once.
    pub(super) backup: Vec<String>,
}

impl Account {
    /// Signs in and sets an authenticator app up.
    pub(super) async fn with_second_factor(http: &Telling, name: &str, password: &str) -> anyhow::Result<Self> {
        let sign_in = json!({"user": name, "password": password});
        let signed_in = post(http, "/api/v1/login", &[], sign_in).await?;
        let mut account = Self {
            user: text(&signed_in["data"]["userId"])?,
            token: text(&signed_in["data"]["authToken"])?,
            secret: String::new(),
            backup: Vec::new(),
        };
        let begun = post(http, "/api/v1/users.totp.enable", &account.session(), json!({})).await?;
        account.secret = text(&begun["secret"])?;
        let code = json!({"code": account.code()?});
        let confirmed = post(http, "/api/v1/users.totp.validate", &account.session(), code).await?;
        account.backup = confirmed["codes"].as_array().into_iter().flatten().flat_map(text).collect();
        Ok(account)
    }

    /// The headers of the session.
    pub(super) fn session(&self) -> [(&str, &str); 2] {
        [("X-User-Id", self.user.as_str()), ("X-Auth-Token", self.token.as_str())]
    }

    /// The code the app shows now.
    fn code(&self) -> anyhow::Result<String> {
        let secret = Secret::try_from_base32(&self.secret).ok().context("the secret is base32")?;
        let totp = Builder::new().with_algorithm(Algorithm::SHA1).with_digits(6).with_step_duration(30);
        let totp = totp.with_secret(secret).build().ok().context("the secret is long enough")?;
        let seconds = u64::try_from(SystemClock.now().unix_millis() / 1000)?;
        Ok(totp.generate(seconds).to_string())
    }
}

fn text(value: &Value) -> anyhow::Result<String> {
    Ok(value.as_str().context("the answer has the text it should have")?.to_owned())
}

async fn post(http: &Telling, path: &str, headers: &[(&str, &str)], body: Value) -> anyhow::Result<Value> {
    http.set_up(&Ask { method: Method::POST, path, headers, body: Some(body) }).await
}
