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
        let mut builder = std::fs::DirBuilder::new();
        builder.recursive(true);
        // Mails are about people by name: nobody else's business on this machine.
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(path).map_err(|source| MailTransportError::Folder { path: path.to_owned(), source })?;
        Ok(Self::Folder(AsyncFileTransport::new(path)))
    }

    pub(super) async fn send(&self, message: Message) -> Result<(), NotifyError> {
        match self {
            // The server's own words may repeat the address, so only its code is passed on. Of the permanent codes only
            // these are about the mailbox; the others may be about our sign-in, which somebody can mend.
            Self::Smtp(server) => {
                server.send(message).await.map(|_| ()).map_err(|error| match error.status().map(u16::from) {
                    Some(550 | 551 | 553 | 556) => {
                        NotifyError::Permanent("the mail server refuses the recipient".to_owned())
                    }
                    Some(code) => NotifyError::Transient(format!("the mail server answered {code}").into()),
                    None => NotifyError::Transient("the mail server cannot be reached".into()),
                })
            }
            Self::Folder(folder) => {
                folder.send(message).await.map(|_| ()).map_err(|error| NotifyError::Transient(error.into()))
            }
        }
    }
}
