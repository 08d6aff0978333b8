//! The settings, checked.

use std::collections::BTreeMap;
use std::fmt;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use axum::http::HeaderValue;
use portcullis_domain::ids::OrgId;
use portcullis_domain::secret::Secret;
use portcullis_domain::text::{EmailAddress, UserName};
use portcullis_domain::totp::TwoFactorPolicy;
use secrecy::SecretString;

use crate::http::auth::AuthSettings;

/// The whole configuration.
#[derive(Debug, Clone)]
pub struct Config {
    pub http: HttpConfig,
    pub database: DatabaseConfig,
    pub auth: AuthSettings,
    pub default_org: OrgId,
    pub master_key: MasterKeyConfig,
    pub bootstrap: Bootstrap,
    /// None = switched off.
    pub threedeye: Option<ThreeDEyeConfig>,
    pub two_factor: TwoFactorPolicy,
    /// After how long a session ends by itself.
    pub session_lifetime: Duration,
    pub mail: MailConfig,
    /// Every setting as `check-config` prints it, without secrets.
    pub shown: BTreeMap<String, String>,
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
    /// A file beside the embedded database.
    pub fn beside(&self, name: &str) -> Option<PathBuf> {
        match self {
            Self::Sqlite(file) => Some(file.parent().unwrap_or(Path::new("")).join(name)),
            Self::Postgres => None,
        }
    }
}

/// Where the master key comes from.
#[derive(Debug, Clone)]
pub enum MasterKeyConfig {
    /// From the configuration.
    Given(Secret<[u8; 32]>),
    /// From a file, which is made on the first start of an embedded database.
    File(PathBuf),
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
    pub timeout: Duration,
}

/// How mail leaves.
#[derive(Debug, Clone)]
pub struct MailConfig {
    pub to: MailTarget,
    pub from: String,
}

/// Where mail goes.
#[derive(Debug, Clone)]
pub enum MailTarget {
    /// What `smtp.url` says; it may hold a password.
    Url(SecretString),
    /// No server is configured: a folder of `.eml` files.
    Folder(PathBuf),
}
