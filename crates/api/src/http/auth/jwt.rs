//! Tokens (JWT, RFC 7519) signed with HS256.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, encode};
use portcullis_domain::clock::{Clock, Timestamp};
use portcullis_domain::ids::UserId;
use portcullis_domain::text::EmailAddress;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use thiserror::Error;

use super::AuthError;

/// Bytes an HS256 secret must have at least (RFC 7518, 3.2).
pub const LEAST_SECRET: usize = 32;

/// Clocks of issuers may be off by this much.
const LEEWAY: Duration = Duration::from_secs(30);

pub(super) const REFUSED: &str = "The token is not valid";

/// How tokens are checked.
#[derive(Debug, Clone)]
pub struct JwtSettings {
    /// The secret shared with the issuer, at least [`LEAST_SECRET`] bytes.
    pub hs256_secret: SecretString,
    /// The only issuer accepted, where one is named.
    pub issuer: Option<String>,
    /// The audience a token must be for, where one is named.
    pub audience: Option<String>,
    /// The claim that holds the person's id.
    pub user_claim: String,
}

/// What a valid token says.
#[derive(Debug)]
pub(super) struct Token {
    /// Whom the issuer means.
    pub(super) subject: String,
    /// The person, if the user claim holds an id a person can have.
    pub(super) user: Option<UserId>,
    /// The address, if the issuer verified it.
    pub(super) verified_email: Option<EmailAddress>,
}

#[derive(Deserialize)]
struct Claims {
    sub: String,
    exp: f64,
    #[serde(default)]
    nbf: Option<f64>,
    #[serde(flatten)]
    others: Map<String, Value>,
}

/// Verifies tokens.
pub(super) struct Tokens {
    key: DecodingKey,
    validation: Validation,
    user_claim: String,
    clock: Arc<dyn Clock>,
}

impl fmt::Debug for Tokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Tokens(…)")
    }
}

impl Tokens {
    pub(super) fn new(settings: &JwtSettings, clock: Arc<dyn Clock>) -> Self {
        let mut validation = Validation::new(Algorithm::HS256);
        let mut required = vec!["exp", "sub"];
        // The library accepts a token that lacks the claim it was told to compare; so it is required as well.
        if let Some(issuer) = &settings.issuer {
            validation.set_issuer(&[issuer]);
            required.push("iss");
        }
        match &settings.audience {
            Some(audience) => {
                validation.set_audience(&[audience]);
                required.push("aud");
            }
            None => validation.validate_aud = false,
        }
        validation.set_required_spec_claims(&required);
        // Times are compared here, with our own clock.
        validation.validate_exp = false;
        validation.validate_nbf = false;
        let key = DecodingKey::from_secret(settings.hs256_secret.expose_secret().as_bytes());
        Self { key, validation, user_claim: settings.user_claim.clone(), clock }
    }

    pub(super) fn verify(&self, text: &str) -> Result<Token, AuthError> {
        let refused = || AuthError::Invalid(REFUSED);
        let decoded = decode::<Claims>(text, &self.key, &self.validation).map_err(|_| refused())?;
        let typ = decoded.header.typ.as_deref();
        let is_jwt = typ.is_none_or(|typ| typ.eq_ignore_ascii_case("jwt") || typ.eq_ignore_ascii_case("at+jwt"));
        // RFC 7515, 4.1.11: what an issuer marks as critical and we do not know makes the token worthless.
        if !is_jwt || decoded.header.crit.is_some() {
            return Err(refused());
        }
        let claims = decoded.claims;
        // The subject becomes an actor's id, which is kept for good.
        if claims.sub.is_empty() || claims.sub.chars().count() > 255 || claims.sub.chars().any(char::is_control) {
            return Err(refused());
        }
        let now = self.clock.now();
        if !times_hold(&claims, now) {
            return Err(AuthError::Invalid("The token has expired or is not valid yet"));
        }
        let claimed = match self.user_claim.as_str() {
            "sub" => Some(claims.sub.as_str()),
            other => claims.others.get(other).and_then(Value::as_str),
        };
        let verified = claims.others.get("email_verified") == Some(&Value::Bool(true));
        let email = claims.others.get("email").and_then(Value::as_str).filter(|_| verified);
        Ok(Token {
            user: claimed.and_then(|id| UserId::parse(id).ok()),
            verified_email: email.and_then(|email| EmailAddress::parse(email).ok()),
            subject: claims.sub,
        })
    }
}

#[expect(clippy::cast_precision_loss, reason = "milliseconds of this millennium fit an f64 exactly")]
fn times_hold(claims: &Claims, now: Timestamp) -> bool {
    let seconds = |at: Timestamp| at.unix_millis() as f64 / 1000.0;
    seconds(now.minus(LEEWAY)) < claims.exp && claims.nbf.is_none_or(|nbf| nbf <= seconds(now.plus(LEEWAY)))
}

/// Why no token could be made.
#[derive(Debug, Error)]
#[error("the token could not be signed")]
pub struct MintError(#[source] jsonwebtoken::errors::Error);

/// Makes a token this service accepts, for trying things out and for tests.
pub fn mint(
    settings: &JwtSettings,
    subject: UserId,
    email: &EmailAddress,
    now: Timestamp,
    ttl: Duration,
) -> Result<SecretString, MintError> {
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
    let key = EncodingKey::from_secret(settings.hs256_secret.expose_secret().as_bytes());
    encode(&Header::new(Algorithm::HS256), &claims, &key).map(SecretString::from).map_err(MintError)
}
