//! Credentials of every kind.

use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use portcullis_testkit::fake::TestClock;
use serde_json::{Value, json};

pub(crate) const JWT_SECRET: &str = "a secret of more than 32 bytes, for tests";
pub(crate) const ADMIN_KEY: &str = "the-admin-key-of-the-tests";

/// Claims of a valid token.
pub(crate) fn claims(sub: &str, email: &str) -> Value {
    let now = TestClock::START.unix_millis() / 1000;
    json!({
        "sub": sub,
        "email": email,
        "email_verified": true,
        "iss": "https://issuer.example",
        "aud": "portcullis",
        "exp": now + 3600,
    })
}

/// A token with these claims.
pub(crate) fn signed(claims: &Value, algorithm: Algorithm, secret: &str) -> String {
    encode(&Header::new(algorithm), claims, &EncodingKey::from_secret(secret.as_bytes())).unwrap()
}
