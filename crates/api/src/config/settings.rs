//! The settings, checked.

use std::collections::BTreeMap;
use std::fmt;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use axum::http::HeaderValue;
use portcullis_adapters::mail::MailServer;
use portcullis_domain::ids::OrgId;
use portcullis_domain::secret::Secret;
use portcullis_domain::session::LockoutPolicy;
use portcullis_domain::text::{EmailAddress, UserName};
use portcullis_domain::threedeye::PasswordPolicy;
use portcullis_domain::totp::TwoFactorPolicy;
use secrecy::SecretString;

use super::SecretsConfig;
use crate::http::auth::AuthSettings;
use crate::http::rate_limit::RatePolicy;

/// The whole configuration.
#[derive(Debug, Clone)]
pub struct Config {
    pub http: HttpConfig,
    /// Where counters are served to whoever asks; none = for staff only.
    pub metrics_listen: Option<SocketAddr>,
    pub database: DatabaseConfig,
    pub auth: AuthSettings,
    pub default_org: OrgId,
    pub secrets: SecretsConfig,
    pub bootstrap: Bootstrap,
    /// None = switched off.
    pub threedeye: Option<ThreeDEyeConfig>,
    /// What passwords of accounts at 3dEye are made like.
    pub camera_passwords: PasswordPolicy,
    pub two_factor: TwoFactorPolicy,
    /// After how long a session ends by itself.
    pub session_lifetime: Duration,
    /// None = failed sign-ins are not counted.
    pub lockout: Option<LockoutPolicy>,
    /// None = no limit.
    pub rate_limit: Option<RatePolicy>,
    pub mail: MailConfig,
    /// Every setting as `check-config` prints it, without secrets.
    pub shown: BTreeMap<String, serde_json::Value>,
}

/// How the service is reached.
#[derive(Debug, Clone)]
pub struct HttpConfig {
    pub listen: SocketAddr,
    pub public_url: Option<String>,
    pub trusted_proxy_hops: usize,
    pub cors_origins: Vec<HeaderValue>,
    pub tls: Option<TlsFiles>,
}

/// Certificate chain and key, PEM.
#[derive(Debug, Clone)]
pub struct TlsFiles {
    pub cert_file: PathBuf,
    pub key_file: PathBuf,
}

/// Where everything is kept. The address may hold a password.
#[derive(Clone)]
pub struct DatabaseConfig {
    pub url: Secret<String>,
    pub kind: DatabaseKind,
    pub prepared: bool,
}

impl fmt::Debug for DatabaseConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DatabaseConfig").field("kind", &self.kind).finish_non_exhaustive()
    }
}

/// Which database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DatabaseKind {
    /// Embedded, in this file.
    Sqlite(PathBuf),
    /// A server.
    Postgres,
}

impl DatabaseKind {
    /// What an address leads to; none when it is of no known form.
    pub fn of(url: &str) -> Option<Self> {
        match url.strip_prefix("sqlite://") {
            Some(path) if !path.is_empty() && !path.contains('?') && !path.starts_with(':') => {
                Some(Self::Sqlite(PathBuf::from(path)))
            }
            None if url.starts_with("postgres://") || url.starts_with("postgresql://") => Some(Self::Postgres),
            _ => None,
        }
    }

    /// A file beside the embedded database.
    pub fn beside(&self, name: &str) -> Option<PathBuf> {
        match self {
            Self::Sqlite(file) => Some(file.parent().unwrap_or(Path::new("")).join(name)),
            Self::Postgres => None,
        }
    }
}

/// The first administrator.
#[derive(Debug, Clone)]
pub struct Bootstrap {
    pub username: UserName,
    pub email: EmailAddress,
    /// None = made up, and written to a file.
    pub password: Option<SecretString>,
}

/// How 3dEye is reached.
#[derive(Debug, Clone)]
pub struct ThreeDEyeConfig {
    pub base_url: String,
    pub api_key: SecretString,
    pub username: String,
    pub password: SecretString,
    pub customer_id: Option<String>,
    /// For an operation as a whole.
    pub timeout: Duration,
    /// For one call of it.
    pub call_timeout: Duration,
    /// Calls at once.
    pub concurrency: usize,
    /// Failures in a row after which nothing is sent for a while.
    pub breaker_failures: u32,
    /// How long the first while is.
    pub breaker_pause: Duration,
}

/// How mail leaves.
#[derive(Debug, Clone)]
pub struct MailConfig {
    pub to: MailTarget,
    pub from: String,
    /// What people are written to in who said no language, or one there are no texts in.
    pub language: &'static str,
}

/// Where mail goes.
#[derive(Debug, Clone)]
pub enum MailTarget {
    /// A server.
    Server {
        server: MailServer,
        /// Certificates it may be trusted by beside those of the public authorities.
        ca_file: Option<PathBuf>,
        /// Longest a conversation with it may take.
        timeout: Duration,
    },
    /// A folder of `.eml` files.
    Folder(PathBuf),
}
