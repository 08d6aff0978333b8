//! The service, trusting an issuer's published keys.

use std::time::Duration;

use portcullis_api::http::auth::JwtKeys;
use portcullis_domain::ids::UserId;
use portcullis_testkit::build::a_person;

use super::{Issuer, TestApp, claims, signed_as, signed_with};

/// The service, an issuer it trusts, and a person.
pub(crate) struct Trusting {
    pub(crate) test: TestApp,
    pub(crate) issuer: Issuer,
    pub(crate) ada: UserId,
}

impl Trusting {
    /// The issuer publishes these keys.
    pub(crate) async fn with(ids: &[&str]) -> Self {
        let issuer = Issuer::with(ids).await;
        let test = TestApp::trusting(JwtKeys::Url(issuer.url().parse().unwrap()));
        let ada = a_person().put(test.store.as_ref()).await;
        Self { test, issuer, ada }
    }

    /// The status a token that is right but for its key gets.
    pub(crate) async fn status(&self, key: &str) -> u16 {
        self.status_of(&self.token(key)).await
    }

    /// The same with a key nobody has published.
    pub(crate) async fn status_of_unknown(&self) -> u16 {
        let claims = self.test.good_for_an_hour(claims(&self.ada.to_string(), "ada@example.com"));
        self.status_of(&signed_as("rsa", Some("made-up"), &claims)).await
    }

    /// A token that is right but for its key.
    pub(crate) fn token(&self, key: &str) -> String {
        signed_with(key, &self.test.good_for_an_hour(claims(&self.ada.to_string(), "ada@example.com")))
    }

    /// The status of the person's own profile.
    pub(crate) async fn status_of(&self, token: &str) -> u16 {
        let bearer = format!("Bearer {token}");
        let path = format!("/users/{}/profile", self.ada);
        self.test.get(&path, &[("authorization", &bearer)]).await.status.as_u16()
    }

    /// Lets time pass, and does what a server does every few seconds.
    pub(crate) async fn after(&self, time: Duration) {
        self.test.clock.advance(time);
        self.test.app.credentials.refresh_keys().await;
    }
}
