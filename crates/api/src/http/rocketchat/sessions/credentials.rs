//! What a client may send to sign in: the forms grew over the years, and clients use all of them.

use portcullis_domain::port::{Hasher, LoginName};
use portcullis_domain::secret::Secret;
use portcullis_domain::session::AuthToken;
use portcullis_domain::text::{EmailAddress, UserName};
use portcullis_domain::totp::Proof;
use portcullis_domain::usecase::session::SignInOrder;
use portcullis_domain::user::PasswordDigest;
use serde::Deserialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::http::rocketchat::body::{self, Kind, Schema};
use crate::http::rocketchat::failure::Failure;
use crate::http::rocketchat::password;

/// Clients send more than this (`ldap`, `crowd`, …); the peer reads what it knows.
pub(super) const SCHEMA: Schema = Schema {
    required: &[],
    fields: &[
        ("user", Kind::Either),
        ("username", Kind::Text),
        ("email", Kind::Text),
        ("password", Kind::Either),
        ("code", Kind::Text),
        ("resume", Kind::Text),
        ("totp", Kind::Object),
    ],
    open: true,
};

const TOTP: Schema =
    Schema { required: &["login", "code"], fields: &[("login", Kind::Object), ("code", Kind::Text)], open: true };

/// An account by name or address.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[schema(as = LogInNames)]
struct Names {
    #[schema(example = "ada")]
    username: Option<String>,
    #[schema(example = "ada@example.com")]
    email: Option<String>,
}

/// A name (an address if there is an `@` in it), or an object.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(untagged)]
#[schema(as = LogInUser, examples("ada"))]
enum User {
    Text(String),
    Names(Names),
}

/// A password in clear, or its digest.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(untagged)]
#[schema(as = LogInPassword, examples("correct horse battery staple"))]
enum Password {
    Clear(String),
    Digest(Digest),
}

/// The digest of a password.
#[derive(Clone, Deserialize, ToSchema)]
#[schema(as = LogInDigest)]
struct Digest {
    /// SHA-256 of the password in hex.
    #[schema(
        pattern = "^[0-9A-Fa-f]{64}$",
        example = "c4bbcb1fbec99d65bf59d85c8cb62ee2db963f0fe106f483d9afa73bd4e39a8a"
    )]
    digest: String,
    /// Always `sha-256`.
    #[schema(pattern = "^sha-256$", example = "sha-256")]
    algorithm: String,
}

/// Who signs in. One of `user`, `username` and `email` with `password`, or `resume`, or `totp` around either.
#[derive(Clone, Deserialize, ToSchema)]
#[schema(as = LogIn, example = json!({"user": "ada", "password": "correct horse battery staple"}))]
pub(super) struct Credentials {
    #[schema(value_type = User, required = false)]
    user: Option<User>,
    #[schema(value_type = String, required = false, example = "ada")]
    username: Option<String>,
    #[schema(value_type = String, required = false, example = "ada@example.com")]
    email: Option<String>,
    #[schema(value_type = Password, required = false)]
    password: Option<Password>,
    /// A code of the second factor; the header `x-2fa-code` does the same.
    #[schema(value_type = String, required = false, example = "148750")]
    code: Option<String>,
    /// The token of a session, to go on with it.
    #[schema(value_type = String, required = false, example = "RScctEHSmLGZGywfIhWyRpyofhKOiMoUIpimhvheU3f")]
    resume: Option<String>,
    /// `{"login": {…}, "code": "…"}`
    #[schema(value_type = Object, required = false)]
    totp: Option<Map<String, Value>>,
}

/// What is meant by it.
#[derive(Debug)]
pub(super) enum Meant {
    /// A session goes on.
    Resume(AuthToken),
    /// A session begins.
    SignIn(SignInOrder),
}

impl Credentials {
    /// `sent` is the second factor of the headers; a code in the body comes before it.
    pub(super) fn try_into_meant(mut self, hasher: &dyn Hasher, mut sent: Proof) -> Result<Meant, Failure> {
        if let Some(mut totp) = self.totp.take() {
            TOTP.check("totp ", &totp)?;
            let login = totp.remove("login").and_then(into_object).unwrap_or_default();
            SCHEMA.check("totp login ", &login)?;
            let code = totp.remove("code").and_then(into_text);
            // One level is enough: what is nested deeper is nobody's.
            self = Self { code, totp: None, ..body::decode(Value::Object(login))? };
        }
        if let Some(token) = self.resume {
            return Ok(Meant::Resume(AuthToken::received(token)));
        }
        let login = name(self.user, self.username, self.email)?;
        let password = digest(self.password, hasher)?;
        if let Some(code) = self.code.filter(|code| !code.trim().is_empty()) {
            sent.code = Some(Secret::new(code.trim().to_owned()));
        }
        Ok(Meant::SignIn(SignInOrder { login, password, proof: sent }))
    }
}

/// The account meant. A name nobody can have is no failure here: it takes the way, and the time, of a wrong password.
fn name(user: Option<User>, username: Option<String>, email: Option<String>) -> Result<Option<LoginName>, Failure> {
    let by_name = |text: &str| UserName::parse(text).ok().map(LoginName::UserName);
    let by_email = |text: &str| EmailAddress::parse(text).ok().map(LoginName::Email);
    let names = match user {
        Some(User::Text(text)) if text.contains('@') => return Ok(by_email(&text)),
        Some(User::Text(text)) => return Ok(by_name(&text)),
        Some(User::Names(names)) => names,
        None => Names { username, email },
    };
    match names {
        Names { username: Some(text), .. } => Ok(by_name(&text)),
        Names { email: Some(text), .. } => Ok(by_email(&text)),
        Names { username: None, email: None } => Err(Failure::invalid("must have required property 'user'")),
    }
}

fn digest(sent: Option<Password>, hasher: &dyn Hasher) -> Result<PasswordDigest, Failure> {
    match sent {
        None => Err(Failure::invalid("must have required property 'password'")),
        Some(Password::Clear(clear)) => Ok(password::digest(hasher, &clear)),
        Some(Password::Digest(Digest { algorithm, .. })) if algorithm != "sha-256" => {
            Err(Failure::invalid("password algorithm must be sha-256"))
        }
        Some(Password::Digest(Digest { digest, .. })) => {
            PasswordDigest::parse(&digest).map_err(|rule| Failure::invalid(format!("password digest {rule}")))
        }
    }
}

fn into_text(value: Value) -> Option<String> {
    if let Value::String(text) = value { Some(text) } else { None }
}

fn into_object(value: Value) -> Option<Map<String, Value>> {
    if let Value::Object(fields) = value { Some(fields) } else { None }
}
