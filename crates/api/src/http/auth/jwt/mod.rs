//! Tokens (JWT, RFC 7519): signed with a shared secret, or by an issuer who publishes its keys as a set.
//!
//! Whichever it is, [`claims`] checks what a token says. A key comes with the one algorithm it is for, so the header of a
//! token never chooses how it is verified.

mod claims;
mod endpoint;
mod file;
mod key_ring;
mod key_set;
mod mint;

use std::path::PathBuf;
use std::sync::Arc;

use jsonwebtoken::{Algorithm, DecodingKey, decode_header};
use portcullis_domain::clock::Clock;
use portcullis_domain::ids::UserId;
use portcullis_domain::text::EmailAddress;
use secrecy::{ExposeSecret, SecretString};

pub use self::endpoint::{KeysUrl, KeysUrlFault, NoClient};
pub use self::file::check as check_keys_file;
pub use self::key_ring::LoadFault;
pub use self::key_set::{KeySet, SetFault, VerifyingKey};
pub use self::mint::{MintError, mint};

use self::claims::ClaimRules;
use self::endpoint::Endpoint;
use self::key_ring::{KeyRing, KeySource, Wanted};
use super::AuthError;

/// Bytes an HS256 secret must have at least (RFC 7518, 3.2).
pub const LEAST_SECRET: usize = 32;

pub(super) const REFUSED: &str = "The token is not valid";

fn refused() -> AuthError {
    AuthError::Invalid(REFUSED)
}

/// How tokens are checked.
#[derive(Debug, Clone)]
pub struct JwtSettings {
    /// What they are signed with.
    pub keys: JwtKeys,
    /// The only issuer accepted, where one is named.
    pub issuer: Option<String>,
    /// The audience a token must be for, where one is named.
    pub audience: Option<String>,
    /// The claim that holds the person's id.
    pub user_claim: String,
}

/// What tokens are signed with.
#[derive(Debug, Clone)]
pub enum JwtKeys {
    /// HS256 and a secret shared with the issuer, at least [`LEAST_SECRET`] bytes.
    Hs256(SecretString),
    /// RS256, ES256 or `EdDSA`; the issuer's keys are in this file.
    File(PathBuf),
    /// RS256, ES256 or `EdDSA`; the issuer publishes its keys here.
    Url(KeysUrl),
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

/// Verifies tokens.
pub(super) struct Tokens {
    keys: Keys,
    rules: ClaimRules,
}

enum Keys {
    Shared(VerifyingKey),
    Published(KeyRing),
}

impl Tokens {
    pub(super) fn new(settings: &JwtSettings, clock: Arc<dyn Clock>) -> Result<Self, NoClient> {
        let published = |source| Keys::Published(KeyRing::new(source, Arc::clone(&clock)));
        let keys = match &settings.keys {
            JwtKeys::Hs256(secret) => Keys::Shared(VerifyingKey {
                id: None,
                algorithm: Algorithm::HS256,
                key: DecodingKey::from_secret(secret.expose_secret().as_bytes()),
            }),
            JwtKeys::File(path) => published(KeySource::File(path.clone())),
            JwtKeys::Url(url) => published(KeySource::Url(Endpoint::new(url)?)),
        };
        Ok(Self { keys, rules: ClaimRules::new(settings, clock) })
    }

    pub(super) async fn verify(&self, text: &str) -> Result<Token, AuthError> {
        match &self.keys {
            Keys::Shared(key) => self.rules.check(text, key),
            Keys::Published(ring) => {
                let header = decode_header(text).map_err(|_| refused())?;
                let wanted = Wanted::of(&header).ok_or_else(refused)?;
                let key = ring.find(wanted).await.ok_or_else(refused)?;
                self.rules.check(text, &key)
            }
        }
    }

    /// Loads published keys again when it is time to. Says whether the last load went well.
    pub(super) async fn refresh(&self) -> bool {
        if let Keys::Published(ring) = &self.keys { ring.refresh().await } else { true }
    }
}
