//! Making tokens.

use std::time::Duration;

use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use portcullis_domain::clock::Timestamp;
use portcullis_domain::ids::UserId;
use portcullis_domain::text::EmailAddress;
use secrecy::{ExposeSecret, SecretString};
use serde_json::json;
use thiserror::Error;

use super::{JwtKeys, JwtSettings};

/// Why no token could be made.
#[derive(Debug, Error)]
pub enum MintError {
    /// Only the issuer can sign.
    #[error("tokens are signed by the issuer whose keys are configured; making them here needs auth.jwt.hs256_secret")]
    NoSecret,
    /// The library refused.
    #[error("the token could not be signed")]
    Sign(#[source] jsonwebtoken::errors::Error),
}

/// Makes a token this service accepts, for trying things out and for tests.
pub fn mint(
    settings: &JwtSettings,
    subject: UserId,
    email: &EmailAddress,
    now: Timestamp,
    ttl: Duration,
) -> Result<SecretString, MintError> {
    let JwtKeys::Hs256(secret) = &settings.keys else { return Err(MintError::NoSecret) };
    let mut claims = json!({
        "sub": subject.to_string(),
        "email": email.as_str(),
        "email_verified": true,
        "iat": now.unix_millis() / 1000,
        "exp": now.plus(ttl).unix_millis() / 1000,
    });
    for (name, value) in [("iss", &settings.issuer), ("aud", &settings.audience)] {
        if let Some(value) = value {
            claims[name] = json!(value);
        }
    }
    if settings.user_claim != "sub" {
        claims[settings.user_claim.as_str()] = json!(subject.to_string());
    }
    let key = EncodingKey::from_secret(secret.expose_secret().as_bytes());
    encode(&Header::new(Algorithm::HS256), &claims, &key).map(SecretString::from).map_err(MintError::Sign)
}
