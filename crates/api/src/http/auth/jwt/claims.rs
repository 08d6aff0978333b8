//! What a token must say, whatever it is signed with.

use std::sync::Arc;
use std::time::Duration;

use jsonwebtoken::{Algorithm, Validation, decode};
use portcullis_domain::clock::{Clock, Timestamp};
use portcullis_domain::ids::UserId;
use portcullis_domain::text::EmailAddress;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::{AuthError, JwtSettings, Token, VerifyingKey, refused};

/// Clocks of issuers may be off by this much.
const LEEWAY: Duration = Duration::from_secs(30);

#[derive(Deserialize)]
struct Claims {
    sub: String,
    exp: f64,
    #[serde(default)]
    nbf: Option<f64>,
    #[serde(flatten)]
    others: Map<String, Value>,
}

/// The rules of claims.
pub(super) struct ClaimRules {
    /// Its algorithm is that of the key a token is checked with.
    validation: Validation,
    user_claim: String,
    clock: Arc<dyn Clock>,
}

impl ClaimRules {
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
        Self { validation, user_claim: settings.user_claim.clone(), clock }
    }

    /// Checks signature and claims. The algorithm is the key's; a token that names another one is refused.
    pub(super) fn check(&self, text: &str, key: &VerifyingKey) -> Result<Token, AuthError> {
        let mut validation = self.validation.clone();
        validation.algorithms = vec![key.algorithm];
        let decoded = decode::<Claims>(text, &key.key, &validation).map_err(|_| refused())?;
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
