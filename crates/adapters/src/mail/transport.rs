//! Where mail goes.

use std::path::{Path, PathBuf};

use lettre::message::Message;
use lettre::{AsyncFileTransport, AsyncSmtpTransport, AsyncTransport, Tokio1Executor};
use portcullis_domain::port::NotifyError;
use thiserror::Error;

/// A mail server, or a folder.
pub enum MailTransport {
    /// An SMTP server.
    Smtp(AsyncSmtpTransport<Tokio1Executor>),
    /// A folder that gets one `.eml` file a message.
    Folder(AsyncFileTransport<Tokio1Executor>),
}

/// A setting no transport can be made of. Carries no part of the URL: it may hold a password.
#[derive(Debug, Error)]
pub enum MailTransportError {
    /// Neither `smtp://`, `smtps://` nor `file:///`.
    #[error("the mail URL must begin with smtp://, smtps:// or file:///")]
    Scheme,
    /// The rest of the URL is not understood.
    #[error("the mail URL cannot be used")]
    Url,
    /// The folder cannot be made.
    #[error("the mail folder {path} cannot be made")]
    Folder {
        /// The folder.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
}

impl MailTransport {
    /// Makes a transport of `smtp://…`, `smtps://…` or `file:///…`. No connection is made yet.
    pub fn from_url(url: &str) -> Result<Self, MailTransportError> {
        if let Some(path) = url.strip_prefix("file://") {
            return Self::folder(Path::new(path));
        }
        if !url.starts_with("smtp://") && !url.starts_with("smtps://") {
            return Err(MailTransportError::Scheme);
        }
        let builder = AsyncSmtpTransport::<Tokio1Executor>::from_url(url).map_err(|_| MailTransportError::Url)?;
        Ok(Self::Smtp(builder.build()))
    }

    /// Writes messages into a folder, which is made if need be.
    pub fn folder(path: &Path) -> Result<Self, MailTransportError> {
        std::fs::create_dir_all(path).map_err(|source| MailTransportError::Folder { path: path.to_owned(), source })?;
        Ok(Self::Folder(AsyncFileTransport::new(path)))
    }

    pub(super) async fn send(&self, message: Message) -> Result<(), NotifyError> {
        match self {
            Self::Smtp(server) => server.send(message).await.map(|_| ()).map_err(|error| {
                if error.is_permanent() {
                    NotifyError::Permanent("the mail server refuses the message for good".to_owned())
                } else {
                    NotifyError::Transient(error.into())
                }
            }),
            Self::Folder(folder) => {
                folder.send(message).await.map(|_| ()).map_err(|error| NotifyError::Transient(error.into()))
            }
        }
    }
}
