//! People as this wire shows them.

use std::fmt::Write;

use portcullis_domain::text::Language;
use portcullis_domain::user::{OwnRecord, Person, UserStatus};
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::App;

/// An address of a person.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = RocketChatEmail)]
pub(super) struct Email {
    #[schema(example = "ada@example.com")]
    address: String,
    /// Was it confirmed?
    #[schema(example = true)]
    verified: bool,
}

/// A person with an account.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = RocketChatUser)]
pub(super) struct User {
    #[serde(rename = "_id")]
    #[schema(example = "0190163d-8694-739b-aea5-5966c26f8ad2")]
    id: String,
    #[schema(example = "ada")]
    username: String,
    #[schema(example = "Ada Lovelace")]
    name: String,
    emails: Vec<Email>,
    #[schema(value_type = Vec<String>, example = json!(["user"]))]
    roles: Vec<&'static str>,
    /// May the person sign in?
    #[schema(example = true)]
    active: bool,
    /// Always `user`.
    #[serde(rename = "type")]
    #[schema(value_type = String, example = "user")]
    kind: &'static str,
    #[schema(format = DateTime, example = "2026-11-21T10:15:00.000Z")]
    created_at: String,
}

impl From<&Person> for User {
    fn from(person: &Person) -> Self {
        let profile = &person.profile;
        let email = profile.email.as_ref();
        let emails = email.map(|email| Email { address: email.as_str().to_owned(), verified: profile.email_verified });
        let account = person.account.as_ref();
        Self {
            id: person.id.to_string(),
            username: account.map(|(account, _)| account.username.as_str().to_owned()).unwrap_or_default(),
            name: account.map(|(account, _)| account.name.clone()).unwrap_or_default(),
            emails: emails.into_iter().collect(),
            roles: account.map(|(_, roles)| roles.iter().map(|role| role.as_str()).collect()).unwrap_or_default(),
            active: person.status == UserStatus::Active,
            kind: "user",
            created_at: account.map_or(person.created_at, |(account, _)| account.created_at).to_string(),
        }
    }
}

/// A person with an account, as much as the caller may see.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = RocketChatShownUser)]
pub(super) struct ShownUser {
    #[serde(rename = "_id")]
    #[schema(example = "0190163d-8694-739b-aea5-5966c26f8ad2")]
    id: String,
    #[schema(example = "ada")]
    username: String,
    #[schema(example = "Ada Lovelace")]
    name: String,
    /// May the person sign in?
    #[schema(example = true)]
    active: bool,
    /// Always `user`.
    #[serde(rename = "type")]
    #[schema(value_type = String, example = "user")]
    kind: &'static str,
    /// Only for those who may see all of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    emails: Option<Vec<Email>>,
    /// Only for those who may see all of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Vec<String>, required = false, example = json!(["user"]))]
    roles: Option<Vec<&'static str>>,
    /// Only for those who may see all of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, format = DateTime, example = "2026-11-21T10:15:00.000Z")]
    created_at: Option<String>,
}

impl ShownUser {
    pub(super) fn new(person: &Person, full: bool) -> Self {
        let User { id, username, name, emails, roles, active, kind, created_at } = person.into();
        Self {
            id,
            username,
            name,
            active,
            kind,
            emails: full.then_some(emails),
            roles: full.then_some(roles),
            created_at: full.then_some(created_at),
        }
    }
}

/// Is there a password?
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = RocketChatPasswordService)]
struct Password {
    #[schema(example = true)]
    exists: bool,
}

/// TOTP is in use, or codes by e-mail are switched on.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = RocketChatFactorService)]
struct Factor {
    /// Always `true`.
    #[schema(example = true)]
    enabled: bool,
}

/// How a person can prove who it is.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = RocketChatServices)]
pub(super) struct Services {
    password: Password,
    /// Only when TOTP is in use.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false, nullable = false)]
    totp: Option<Factor>,
    /// Only when codes by e-mail are switched on.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false, nullable = false)]
    email2fa: Option<Factor>,
}

impl Services {
    pub(super) fn new(own: &OwnRecord) -> Self {
        Self {
            password: Password { exists: own.has_password },
            totp: own.has_totp.then_some(Factor { enabled: true }),
            email2fa: own.has_email_factor.then_some(Factor { enabled: true }),
        }
    }
}

/// What a person prefers.
#[derive(Debug, Clone, Default, Serialize, ToSchema)]
#[schema(as = RocketChatPreferences)]
struct Preferences {
    /// The language of notices, if the person said one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false, nullable = false, example = "de")]
    language: Option<String>,
}

/// Settings of a person.
#[derive(Debug, Clone, Default, Serialize, ToSchema)]
#[schema(as = RocketChatSettings)]
pub(super) struct Settings {
    preferences: Preferences,
}

impl Settings {
    pub(super) fn new(language: Option<&Language>) -> Self {
        Self { preferences: Preferences { language: language.map(|language| language.as_str().to_owned()) } }
    }
}

/// Whoever is signed in.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = RocketChatMe)]
pub(super) struct Me {
    #[serde(flatten)]
    user: User,
    /// The confirmed address, if there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false, nullable = false, example = "ada@example.com")]
    email: Option<String>,
    /// Where the peer has a picture; there is none here.
    #[schema(example = "/avatar/ada")]
    avatar_url: String,
    settings: Settings,
    /// Always `false`.
    #[serde(rename = "isOAuthUser")]
    #[schema(example = false)]
    is_oauth_user: bool,
    services: Services,
}

impl Me {
    pub(super) fn new(own: &OwnRecord, app: &App) -> Self {
        let user = User::from(&own.person);
        let origin = app.settings.public_url.as_deref().unwrap_or_default().trim_end_matches('/');
        Self {
            email: user.emails.iter().find(|email| email.verified).map(|email| email.address.clone()),
            avatar_url: format!("{origin}/avatar/{}", percent_encoded(&user.username)),
            settings: Settings::new(own.person.language.as_ref()),
            is_oauth_user: false,
            services: Services::new(own),
            user,
        }
    }
}

fn percent_encoded(name: &str) -> String {
    let mut text = String::with_capacity(name.len());
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_') {
            text.push(char::from(byte));
        } else {
            // Writing to text cannot fail.
            let _ = write!(text, "%{byte:02X}");
        }
    }
    text
}

/// It is done, and there is nothing more to say.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Succeeded {
    /// Always `true`.
    #[schema(example = true)]
    success: bool,
}

impl Succeeded {
    pub(super) const NOW: Self = Self { success: true };
}
