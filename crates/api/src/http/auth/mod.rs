//! Who calls: credentials of a request, all verified, become one [`Caller`].
//!
//! A person's token (JWT), an organisation's key, and staff (admin key and a token with an address in an allowed
//! domain). Each one that is sent must be valid, even where another would do: a wrong one is a mistake to be told.

mod admin;
mod api_key;
mod jwt;

use std::sync::Arc;

use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use portcullis_domain::policy::{Caller, OrganisationCaller, StaffCaller, UserCaller};
use portcullis_domain::port::{Unavailable, UserRepository};
use portcullis_domain::secret::Secret;
use portcullis_domain::usecase::org::RecordKeyUse;
use portcullis_domain::user::UserStatus;
use thiserror::Error;

pub use admin::AdminSettings;
pub use jwt::{
    JwtKeys, JwtSettings, KeySet, KeysUrl, KeysUrlFault, LEAST_SECRET, LoadFault, MintError, NoClient, SetFault,
    VerifyingKey, check_keys_file, mint,
};

use self::admin::Admins;
use self::api_key::OrganisationKeys;
use self::jwt::{Token, Tokens};
use crate::app::{Ports, Settings};
use crate::http::keyed::keyed;

/// Headers a gateway in front of the peer sets after it authenticated; from a client they are an attempt to be
/// somebody else.
const SERVER_ONLY: [&str; 6] =
    ["x-org-id", "x-user-id", "x-user-email", "x-is-admin", "x-super-access", "x-admin-delete"];

/// The same as a parameter, of a query or a body.
pub(crate) const SERVER_ONLY_PARAMETER: &str = "_callerOrgId";

/// Which kinds of credentials count; one that is not configured is off.
#[derive(Debug, Clone, Default)]
pub struct AuthSettings {
    /// Tokens of people and staff.
    pub jwt: Option<JwtSettings>,
    /// Staff.
    pub admin: Option<AdminSettings>,
}

/// Why a request is not let in.
#[derive(Debug, Error)]
pub(crate) enum AuthError {
    #[error("Authentication required. Please provide a valid API token")]
    Missing,
    #[error("{0}")]
    Invalid(&'static str),
    #[error("The admin key and a token of staff are needed")]
    StaffOnly,
    #[error("{0}")]
    Forbidden(&'static str),
    #[error("The {kind} {name} is set by the server and must not be sent")]
    ServerOnly { kind: &'static str, name: &'static str },
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

/// Verifies credentials.
pub struct Credentials {
    tokens: Option<Tokens>,
    admins: Option<Admins>,
    keys: OrganisationKeys,
    users: Arc<dyn UserRepository>,
    /// Key of the hashes that stand for addresses.
    subject_key: Secret<[u8; 32]>,
}

impl std::fmt::Debug for Credentials {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Credentials(…)")
    }
}

impl Credentials {
    /// Takes the settings, the ports credentials are looked up in, and who is told that a key was used.
    pub fn new(settings: &Settings, ports: &Ports, key_use: Arc<RecordKeyUse>) -> Result<Self, NoClient> {
        let Settings { auth, repeat_key, .. } = settings;
        let tokens = auth.jwt.as_ref().map(|jwt| Tokens::new(jwt, Arc::clone(&ports.clock)));
        Ok(Self {
            tokens: tokens.transpose()?,
            admins: auth.admin.as_ref().map(|admin| Admins::new(admin, Arc::clone(&ports.hasher))),
            keys: OrganisationKeys::new(ports, key_use),
            users: Arc::clone(&ports.users),
            subject_key: repeat_key.clone(),
        })
    }

    /// Loads an issuer's published keys when it is time to. Whoever serves calls it every few seconds, so that keys are
    /// there before somebody needs them. Says whether they could be loaded the last time.
    pub async fn refresh_keys(&self) -> bool {
        match &self.tokens {
            Some(tokens) => tokens.refresh().await,
            None => true,
        }
    }

    /// Verifies everything a request brought.
    pub(crate) async fn verify(&self, headers: &HeaderMap, query: Option<&str>) -> Result<Caller, AuthError> {
        if let Some(name) = SERVER_ONLY.into_iter().find(|name| headers.contains_key(*name)) {
            return Err(AuthError::ServerOnly { kind: "header", name });
        }
        if names_server_only(query.unwrap_or_default()) {
            return Err(AuthError::ServerOnly { kind: "parameter", name: SERVER_ONLY_PARAMETER });
        }
        let bearer = bearer(headers)?;
        let admin_key = single(headers, "x-admin-api-key")?;
        let api_key = single(headers, "x-api-key")?;
        if bearer.is_none() && admin_key.is_none() && api_key.is_none() {
            return Err(AuthError::Missing);
        }
        // The key tells whether somebody claims to be staff, so it is looked at first; nothing is answered before the
        // token is verified too.
        let is_admin = |key: &str| self.admins.as_ref().is_some_and(|admins| admins.has_key(key));
        let claims_staff = match admin_key {
            Some(key) if is_admin(key) => true,
            Some(_) => return Err(AuthError::Invalid("The admin key is not valid")),
            None => api_key.is_some_and(is_admin),
        };
        let token = match bearer {
            Some(text) => Some(self.tokens.as_ref().ok_or(AuthError::Invalid(jwt::REFUSED))?.verify(text).await?),
            None => None,
        };
        let mut caller = Caller::default();
        if let Some(key) = api_key
            && !is_admin(key)
        {
            caller.organisation = Some(self.keys.verify(key).await?);
        }
        if let Some(token) = &token {
            caller.user = self.person(token).await?;
        }
        if claims_staff {
            caller.staff = Some(self.staff(token)?);
        }
        Ok(caller)
    }

    /// The person a token names. A person who may not act, or was deleted, has no valid token; one who does not exist yet
    /// has.
    async fn person(&self, token: &Token) -> Result<Option<UserCaller>, AuthError> {
        let Some(id) = token.user else { return Ok(None) };
        match self.users.find(id).await? {
            Some(person) if person.status != UserStatus::Active => {
                Err(AuthError::Invalid("The account of this token is not active"))
            }
            None if self.users.is_deleted(id).await? => {
                Err(AuthError::Invalid("The account of this token is not active"))
            }
            _ => Ok(Some(UserCaller { id, verified_email: token.verified_email.clone() })),
        }
    }

    fn staff(&self, token: Option<Token>) -> Result<StaffCaller, AuthError> {
        let token = token.ok_or(AuthError::Invalid("The admin key needs a token beside it"))?;
        let allowed = self.admins.as_ref().is_some_and(|admins| admins.has_domain(token.verified_email.as_ref()));
        if allowed {
            Ok(StaffCaller { subject: self.lasting(token.subject) })
        } else {
            Err(AuthError::Forbidden("The token's e-mail address is not verified or not in an allowed domain"))
        }
    }

    /// The subject as it may stand in events, which nobody can erase: an address, or a text with one in it, is told by a
    /// hash.
    fn lasting(&self, subject: String) -> String {
        if !subject.contains('@') {
            return subject;
        }
        let hash = keyed(&self.subject_key, &[b"subject", subject.as_bytes()]);
        hash.iter().take(16).fold("sub:".to_owned(), |text, byte| text + &format!("{byte:02x}"))
    }
}

/// What identifies a caller to the memory of repeated requests. Credentials never share a text: each part is tagged.
pub(crate) fn identity(caller: &Caller) -> String {
    let Caller { user, organisation, staff, operator, system } = caller;
    let parts = [
        staff.as_ref().map(|StaffCaller { subject }| format!("staff {subject}")),
        organisation.as_ref().map(|OrganisationCaller { key, .. }| format!("organisation {key}")),
        user.as_ref().map(|user| format!("user {}", user.id)),
        operator.as_ref().map(|operator| format!("operator {}", operator.id)),
        system.map(|job| format!("system {job}")),
    ];
    parts.map(Option::unwrap_or_default).join("\n")
}

fn bearer(headers: &HeaderMap) -> Result<Option<&str>, AuthError> {
    let Some(value) = single(headers, AUTHORIZATION.as_str())? else { return Ok(None) };
    match value.split_once(' ') {
        Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") => Ok(Some(token.trim())),
        _ => Err(AuthError::Invalid("The Authorization header must be a bearer token")),
    }
}

/// A credential sent twice is refused: which one counts must not depend on who reads.
fn single<'h>(headers: &'h HeaderMap, name: &str) -> Result<Option<&'h str>, AuthError> {
    let mut values = headers.get_all(name).iter();
    let Some(value) = values.next() else { return Ok(None) };
    if values.next().is_some() {
        return Err(AuthError::Invalid("A credential must be sent once"));
    }
    value.to_str().map(Some).map_err(|_| AuthError::Invalid("A credential must be plain text"))
}

/// Does a query have the parameter only the server sets?
fn names_server_only(query: &str) -> bool {
    let pairs = serde_urlencoded::from_str::<Vec<(String, String)>>(query).unwrap_or_default();
    pairs.iter().any(|(name, _)| name == SERVER_ONLY_PARAMETER)
}
