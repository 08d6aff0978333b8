//! The address of a mail server, and how it is spoken to.

use std::fmt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use lettre::transport::smtp::AsyncSmtpTransportBuilder;
use lettre::transport::smtp::client::{Certificate, Tls, TlsParameters};
use lettre::{AsyncSmtpTransport, Tokio1Executor};
use portcullis_domain::secret::Secret;
use thiserror::Error;
use url::Url;

/// When the conversation is encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Encryption {
    /// From the first byte: `smtps://`.
    Implicit,
    /// By STARTTLS, or nothing is sent: `smtp://`, `smtp://…?tls=required`.
    Required,
    /// By STARTTLS where the server offers it: `?tls=opportunistic`.
    Opportunistic,
    /// Never: `?tls=none`.
    Never,
}

/// A mail server: `smtps://[user:password@]host[:port][/name]` or
/// `smtp://[user:password@]host[:port][/name][?tls=required|opportunistic|none]`.
///
/// `smtp://` without a word on TLS means `tls=required`. Ports: 465 for `smtps`, 587 for `smtp`, 25 for `tls=none`. User
/// and password are percent-encoded; `name` is how we introduce ourselves (EHLO), else it is the machine's name.
#[derive(Debug, Clone)]
pub struct MailServer {
    /// As lettre reads it; it may hold a password.
    url: Secret<String>,
    host: String,
    port: u16,
    encryption: Encryption,
}

/// What is wrong with a mail server's address or its certificates. Carries no part of the address: it may hold a
/// password.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum MailServerFault {
    /// Not a URL with a host.
    #[error("must be smtp://HOST or smtps://HOST, with special characters of user and password percent-encoded")]
    Malformed,
    /// Neither `smtp` nor `smtps`.
    #[error("must begin with smtp://, smtps:// or file:///")]
    Scheme,
    /// A parameter we do not know.
    #[error("takes no other parameter than tls=required, tls=opportunistic or tls=none, and that only with smtp://")]
    Parameter,
    /// A user without a password, or the other way round.
    #[error("needs both user and password, or neither")]
    Credentials,
    /// A password that could be read on its way.
    #[error("sends a password only with TLS: smtps://, or smtp:// with tls=required")]
    PasswordInTheClear,
    /// The file of certificates.
    #[error("cannot be read as certificates in PEM form: {}", .0.display())]
    Certificates(PathBuf),
    /// The address is right and lettre cannot use it all the same.
    #[error("cannot be used")]
    Unusable,
}

impl MailServer {
    /// Reads an address.
    pub fn parse(text: &str) -> Result<Self, MailServerFault> {
        let mut url = Url::parse(text.trim()).map_err(|_| MailServerFault::Malformed)?;
        if !matches!(url.scheme(), "smtp" | "smtps") {
            return Err(MailServerFault::Scheme);
        }
        let host = url.host_str().filter(|host| !host.is_empty()).ok_or(MailServerFault::Malformed)?.to_owned();
        if url.fragment().is_some() {
            return Err(MailServerFault::Malformed);
        }
        let parameters: Vec<_> = url.query_pairs().collect();
        let parameters: Vec<_> = parameters.iter().map(|(key, value)| (key.as_ref(), value.as_ref())).collect();
        let encryption = match (url.scheme(), parameters.as_slice()) {
            ("smtps", []) => Encryption::Implicit,
            ("smtp", [] | [("tls", "required")]) => Encryption::Required,
            ("smtp", [("tls", "opportunistic")]) => Encryption::Opportunistic,
            ("smtp", [("tls", "none")]) => Encryption::Never,
            _ => return Err(MailServerFault::Parameter),
        };
        let loopback = matches!(host.as_str(), "localhost" | "127.0.0.1" | "[::1]");
        match (url.username().is_empty(), url.password()) {
            (true, None) => {}
            (false, Some(_)) if loopback => {}
            (false, Some(_)) if matches!(encryption, Encryption::Implicit | Encryption::Required) => {}
            (false, Some(_)) => return Err(MailServerFault::PasswordInTheClear),
            _ => return Err(MailServerFault::Credentials),
        }
        let port = url.port().unwrap_or(match encryption {
            Encryption::Implicit => 465,
            Encryption::Required | Encryption::Opportunistic => 587,
            Encryption::Never => 25,
        });
        // Left to lettre: user, password, name. TLS is set by hand, for the sake of further certificates.
        url.set_query(None);
        let server = Self { url: Secret::new(url.into()), host, port, encryption };
        server.builder().map(|_| server)
    }

    fn builder(&self) -> Result<AsyncSmtpTransportBuilder, MailServerFault> {
        let builder = AsyncSmtpTransport::<Tokio1Executor>::from_url(self.url.expose());
        Ok(builder.map_err(|_| MailServerFault::Malformed)?.port(self.port))
    }

    /// Makes a transport; no connection is made yet. The certificates in `ca_file` are trusted beside those of the public
    /// authorities (Mozilla's list, compiled in).
    pub(super) fn connector(
        &self,
        ca_file: Option<&Path>,
        deadline: Duration,
    ) -> Result<AsyncSmtpTransport<Tokio1Executor>, MailServerFault> {
        let mut tls = TlsParameters::builder(self.host.clone());
        if let Some(path) = ca_file {
            tls = tls.add_root_certificate(certificates(path)?);
        }
        let tls = || tls.build_rustls().map_err(|_| MailServerFault::Unusable);
        let tls = match self.encryption {
            Encryption::Implicit => Tls::Wrapper(tls()?),
            Encryption::Required => Tls::Required(tls()?),
            Encryption::Opportunistic => Tls::Opportunistic(tls()?),
            Encryption::Never => Tls::None,
        };
        Ok(self.builder()?.tls(tls).timeout(Some(deadline)).build())
    }

    /// Looks whether a transport could be made.
    pub fn check(&self, ca_file: Option<&Path>) -> Result<(), MailServerFault> {
        self.connector(ca_file, Duration::from_secs(1)).map(drop)
    }
}

/// Host, port and encryption; without credentials.
impl fmt::Display for MailServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let encryption = match self.encryption {
            Encryption::Implicit => "TLS",
            Encryption::Required => "STARTTLS",
            Encryption::Opportunistic => "STARTTLS where it is offered",
            Encryption::Never => "no encryption",
        };
        write!(f, "{}:{}, {encryption}", self.host, self.port)
    }
}

fn certificates(path: &Path) -> Result<Certificate, MailServerFault> {
    let unreadable = || MailServerFault::Certificates(path.to_owned());
    let pem = std::fs::read(path).map_err(|_| unreadable())?;
    // A file without a single one is read as none, and would only be missed when the first mail is sent.
    if !String::from_utf8_lossy(&pem).contains("-----BEGIN CERTIFICATE-----") {
        return Err(unreadable());
    }
    Certificate::from_pem(&pem).map_err(|_| unreadable())
}
