//! Where mail goes.

use std::error::Error as _;
use std::io;
use std::iter::successors;
use std::path::{Path, PathBuf};
use std::time::Duration;

use lettre::message::Message;
use lettre::transport::smtp::Error as SmtpError;
use lettre::{AsyncSmtpTransport, AsyncTransport, Tokio1Executor};
use portcullis_domain::port::NotifyError;
use thiserror::Error;
use tokio::task::spawn_blocking;
use tokio::time::timeout;

use super::folder::MailFolder;
use super::server::{MailServer, MailServerFault};

/// A mail server, or a folder.
pub enum MailTransport {
    /// An SMTP server, and how long a whole conversation with it may take.
    Smtp(AsyncSmtpTransport<Tokio1Executor>, Duration),
    /// A folder that gets one `.eml` file a message.
    Folder(MailFolder),
}

/// A setting no transport can be made of. Carries no part of the URL: it may hold a password.
#[derive(Debug, Error)]
pub enum MailTransportError {
    /// The server.
    #[error("the mail server: {0}")]
    Server(#[source] MailServerFault),
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
    /// Sends through a server, each message over a connection of its own. No connection is made yet. Connecting,
    /// signing in and handing over a message may take no longer than the deadline together.
    pub fn server(server: &MailServer, ca_file: Option<&Path>, deadline: Duration) -> Result<Self, MailTransportError> {
        Ok(Self::Smtp(server.connector(ca_file, deadline).map_err(MailTransportError::Server)?, deadline))
    }

    /// Writes messages into a folder, which is made if need be.
    pub fn folder(path: &Path) -> Result<Self, MailTransportError> {
        MailFolder::open(path).map(Self::Folder)
    }

    /// Sends a message; `name` is what a file of it is called.
    pub(super) async fn send(&self, message: &Message, name: &str) -> Result<(), NotifyError> {
        let (envelope, bytes) = (message.envelope(), message.formatted());
        match self {
            Self::Smtp(server, deadline) => match timeout(*deadline, server.send_raw(envelope, &bytes)).await {
                Ok(Ok(_)) => Ok(()),
                Ok(Err(error)) => Err(told(&error)),
                Err(_) => Err(NotifyError::Transient("the mail server took too long".into())),
            },
            Self::Folder(folder) => {
                let (folder, name) = (folder.clone(), name.to_owned());
                let written = spawn_blocking(move || folder.write(&name, &bytes)).await;
                let written = written.map_err(|error| NotifyError::Transient(error.into()))?;
                written.map_err(|error| NotifyError::Transient(error.into()))
            }
        }
    }
}

/// The server's own words may repeat the address, so only its code is passed on. Of the permanent codes only these are
/// about the mailbox; the others may be about our sign-in or our sender, which somebody can mend.
fn told(error: &SmtpError) -> NotifyError {
    let why = match error.status().map(u16::from) {
        Some(code @ (550 | 551 | 553 | 556)) => {
            return NotifyError::Permanent(format!("the mail server refuses the recipient ({code})"));
        }
        Some(code) => format!("the mail server answered {code}"),
        None if is_tls(error) => "no TLS with the mail server: see whether its certificate is trusted".to_owned(),
        None if error.is_client() => {
            "the mail server does not offer what is needed: STARTTLS, a way to sign in, or SMTPUTF8".to_owned()
        }
        None => "the mail server cannot be reached".to_owned(),
    };
    NotifyError::Transient(why.into())
}

/// A handshake that fails is a connection that fails to lettre; beneath it lies rustls' error, as data that is not valid.
fn is_tls(error: &SmtpError) -> bool {
    let beneath = successors(error.source(), |&error| error.source());
    let mut faults = beneath.filter_map(|error| error.downcast_ref::<io::Error>());
    error.is_tls() || faults.any(|fault| fault.kind() == io::ErrorKind::InvalidData)
}
