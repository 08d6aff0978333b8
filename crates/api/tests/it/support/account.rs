//! Accounts, and being signed in with one.

use std::time::Duration;

use axum::body::Body;
use axum::http::Request;
use portcullis_domain::clock::Clock;
use portcullis_domain::ids::UserId;
use portcullis_domain::totp::TotpSecret;
use portcullis_domain::user::Role;
use portcullis_testkit::build::a_person;
use portcullis_testkit::fake::{FakeHasher, FakeTotpCodes, TestClock};
use serde_json::{Value, json};

use super::{Answer, TestApp, post_json};

/// The code of whoever proved the second factor and then named nobody there is.
pub(crate) const PASSED: &str = "error-invalid-user";

/// Somebody signed in.
#[derive(Debug, Clone)]
pub(crate) struct Account {
    pub(crate) name: &'static str,
    pub(crate) id: String,
    pub(crate) token: String,
}

/// An authenticator app with one entry, and the backup codes on paper.
pub(crate) struct Phone {
    pub(crate) secret: TotpSecret,
    pub(crate) backup: Vec<String>,
}

impl Phone {
    /// The code shown when the next step has begun.
    pub(crate) fn next_code(&self, clock: &TestClock) -> String {
        clock.advance(Duration::from_secs(30));
        self.code(clock)
    }

    /// The code shown now.
    pub(crate) fn code(&self, clock: &TestClock) -> String {
        FakeTotpCodes::code_at(&self.secret, clock.now())
    }
}

impl Account {
    pub(crate) fn headers(&self) -> [(&str, &str); 2] {
        [("X-User-Id", &self.id), ("X-Auth-Token", &self.token)]
    }

    /// The password once more, as a second factor.
    pub(crate) fn password_code(&self) -> String {
        FakeHasher::password_digest(self.name).expose().to_owned()
    }
}

impl TestApp {
    /// Makes an account; its password is its name.
    pub(crate) async fn has_account(&self, name: &str, roles: &[Role]) -> UserId {
        let person = a_person().email(&format!("{name}@example.com")).account(name, roles);
        person.put(self.store.as_ref()).await
    }

    /// Makes an account and signs in with it.
    pub(crate) async fn account(&self, name: &'static str, roles: &[Role]) -> Account {
        self.has_account(name, roles).await;
        self.signs_in(name).await
    }

    /// Signs in once more.
    pub(crate) async fn signs_in(&self, name: &'static str) -> Account {
        let answer = self.rc("login", &[], &json!({"user": name, "password": name})).await.expect(200);
        let text = |pointer| answer.body.pointer(pointer).and_then(Value::as_str).expect("text").to_owned();
        Account { name, id: text("/data/userId"), token: text("/data/authToken") }
    }

    /// Sends JSON to a route under `/api/v1`.
    pub(crate) async fn rc(&self, route: &str, headers: &[(&str, &str)], body: &Value) -> Answer {
        self.send(post_json(&format!("/api/v1/{route}"), headers, body.to_string())).await
    }

    /// The same, as somebody.
    pub(crate) async fn as_rc(&self, who: &Account, route: &str, headers: &[(&str, &str)], body: &Value) -> Answer {
        let headers: Vec<_> = who.headers().into_iter().chain(headers.iter().copied()).collect();
        self.rc(route, &headers, body).await
    }

    /// Asks as an administrator for a reset of somebody unknown: that needs a second factor and has no effect. With
    /// [`PASSED`] the factor was proved.
    pub(crate) async fn asks(&self, who: &Account, headers: &[(&str, &str)]) -> Answer {
        self.as_rc(who, "users.resetTOTP", headers, &json!({"userId": "nobody"})).await
    }

    /// Sends bytes of any kind as somebody.
    pub(crate) async fn raw_rc(&self, who: &Account, route: &str, kind: Option<&str>, body: Vec<u8>) -> Answer {
        let mut request = Request::post(format!("/api/v1/{route}"));
        for (name, value) in who.headers() {
            request = request.header(name, value);
        }
        if let Some(kind) = kind {
            request = request.header("content-type", kind);
        }
        self.send(request.body(Body::from(body)).expect("a request")).await
    }

    /// Is somebody still signed in?
    pub(crate) async fn knows(&self, who: &Account) -> bool {
        self.get("/api/v1/me", &who.headers()).await.status.is_success()
    }

    /// Makes a personal access token, with the password as second factor.
    pub(crate) async fn makes_token(&self, who: &Account, name: &str, bypass: bool) -> Account {
        let body = json!({"tokenName": name, "bypassTwoFactor": bypass});
        let code = who.password_code();
        let made = self.as_rc(who, "users.generatePersonalAccessToken", &[("x-2fa-code", &code)], &body).await;
        let token = made.expect(200).body["token"].as_str().expect("a token").to_owned();
        Account { token, ..who.clone() }
    }

    /// Sets up TOTP.
    pub(crate) async fn enrols(&self, who: &Account) -> Phone {
        let begun = self.as_rc(who, "users.totp.enable", &[], &json!({})).await.expect(200);
        let secret = TotpSecret::new(begun.body["secret"].as_str().expect("a secret"));
        let code = FakeTotpCodes::code_at(&secret, self.clock.now());
        let confirmed = self.as_rc(who, "users.totp.validate", &[], &json!({"code": code})).await.expect(200);
        let backup = confirmed.body["codes"].as_array().expect("codes").iter();
        Phone { secret, backup: backup.map(|code| code.as_str().expect("a code").to_owned()).collect() }
    }

    /// Switches codes by e-mail on.
    pub(crate) async fn has_email_codes(&self, who: &Account) {
        self.as_rc(who, "users.2fa.enableEmail", &[], &json!({})).await.expect(200);
    }

    /// The codes mailed so far, oldest first.
    pub(crate) fn mailed_codes(&self) -> Vec<String> {
        let rows = self.store.outbox_rows().into_iter().map(|row| row.message);
        let payload = |text: &str| serde_json::from_str::<Value>(text).expect("JSON");
        let codes = rows.filter(|message| message.template == "email-code");
        codes.map(|message| payload(message.payload.expose())["code"].as_str().expect("a code").to_owned()).collect()
    }

    /// The code mailed last, as the mail shows it.
    pub(crate) fn mailed_code(&self) -> String {
        let code = self.mailed_codes().pop().expect("a code was mailed");
        format!("{}-{}", &code[..3], &code[3..])
    }

    /// Calls a method and opens what came back.
    pub(crate) async fn method(&self, who: &Account, method: &str, params: Value) -> Value {
        let message = json!({"msg": "method", "id": "7", "method": method, "params": params}).to_string();
        let answer = self.as_rc(who, &format!("method.call/{method}"), &[], &json!({"message": message})).await;
        let answer = answer.expect(200);
        assert_eq!(answer.body["success"], json!(true));
        serde_json::from_str(answer.body["message"].as_str().expect("text")).expect("JSON inside")
    }
}

/// An answer for a snapshot, with what differs between runs under a name.
pub(crate) fn shown(answer: &Answer, names: &[(&str, &str)]) -> Value {
    let text = names.iter().fold(answer.told().to_string(), |text, (value, name)| text.replace(value, name));
    serde_json::from_str(&text).expect("names are no JSON")
}
