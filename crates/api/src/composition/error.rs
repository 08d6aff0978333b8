//! Why the service cannot start.

use std::io;
use std::path::PathBuf;

use portcullis_adapters::mail::{MailTransportError, MalformedTemplate};
use portcullis_adapters::seal::{KeyId, SealError};
use portcullis_adapters::store::Fault;
use portcullis_domain::usecase::UseCaseError;
use portcullis_domain::user::UserRefusal;
use thiserror::Error;

use crate::http::auth::NoClient;

/// Why the service cannot start. No text carries a secret.
#[derive(Debug, Error)]
pub enum StartError {
    #[error("the database cannot be opened")]
    Database(#[source] Fault),
    #[error("the database has an older schema")]
    OlderSchema,
    #[error("the database was written by a newer release")]
    NewerSchema,
    #[error("another process is serving this database; it holds {0}")]
    AlreadyServing(PathBuf),
    #[error("the file {0} cannot be used")]
    File(PathBuf, #[source] io::Error),
    #[error("{0} does not hold master keys: each 32 bytes in base64, one a line")]
    MalformedKey(PathBuf),
    #[error("the master key {0} is missing, and without it the database cannot be read")]
    MissingKey(PathBuf),
    #[error("the database is sealed with the master key {0}, which is not configured")]
    UnknownKey(KeyId),
    #[error("the master key cannot be used")]
    Seal(#[source] SealError),
    #[error("the keys of tokens cannot be fetched")]
    TokenKeys(#[source] NoClient),
    #[error("threedeye: cannot be used")]
    ThreeDEye(#[source] portcullis_adapters::threedeye::ThreeDEyeAccessError),
    #[error("smtp.url: cannot be used")]
    Mail(#[source] MailTransportError),
    #[error("smtp.from: must be an address such as Portcullis <portcullis@example.com>")]
    MailSender,
    #[error("mail cannot be worded")]
    MailTemplates(#[source] MalformedTemplate),
    #[error("the first administrator cannot be made")]
    Administrator(#[source] UseCaseError<UserRefusal>),
    #[error("the first administrator cannot be made: on Postgres its password is not made up")]
    AdministratorPassword,
}

impl StartError {
    /// The key of hashes is not to be had.
    pub(super) fn hashing_key(fault: Fault) -> Self {
        match fault {
            Fault::Seal(SealError::UnknownKey(id)) => Self::UnknownKey(id),
            Fault::Seal(error) => Self::Seal(error),
            fault => Self::Database(fault),
        }
    }

    /// Is it the operator's to change something first? Else waiting may help.
    pub const fn is_misuse(&self) -> bool {
        !matches!(self, Self::Database(_) | Self::Administrator(_))
            || matches!(self, Self::Database(Fault::Address | Fault::Newer))
    }
}
