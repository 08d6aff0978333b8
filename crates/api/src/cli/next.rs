//! What to do next, after something failed.

use std::io::{self, ErrorKind};
use std::path::Path;

use portcullis_adapters::mail::MailTransportError;
use portcullis_adapters::store::{CopyFault, Fault};
use portcullis_domain::port::GatewayError;

use crate::composition::{CopyEndsError, StartError};
use crate::http::server::ServeError;

pub(super) const CONFIGURATION: &str = "correct these in the file given with --config, or in variables such as \
    PORTCULLIS__HTTP__LISTEN for http.listen; `portcullis check-config` says when all is well";
pub(super) const DATABASE: &str =
    "see that the database runs and is the one `portcullis check-config` shows as database.url, then try again";
pub(super) const UNEXPECTED: &str =
    "try again with RUST_LOG=debug; if it stays, report it with what was logged and `portcullis --version`";
pub(super) const COPY_ADDRESS: &str = "give it as database.url has it: sqlite://FILE or postgres://user@host/name";
const COPY_TARGET: &str = "give an empty database: the copy makes its schema";
const NEWER: &str =
    "use the release that wrote it, or a later one; `portcullis --version` tells the schema of this one";
const KEY_FILE: &str = "put the file back from your backup: no other key opens what is sealed";

/// After something did not start.
pub(super) fn after_start(error: &StartError) -> String {
    match error {
        StartError::Database(fault) => return after_fault(fault).to_owned(),
        StartError::File(path, error) => return after_file(path, error),
        StartError::OlderSchema => "stop every process of an older release, then run `portcullis migrate`",
        StartError::NewerSchema => NEWER,
        StartError::AlreadyServing(_) => {
            "stop that process first; other commands work beside it, and on Postgres any number may serve"
        }
        StartError::MalformedKey(_) | StartError::MissingKey(_) => KEY_FILE,
        StartError::UnknownKey(_) => {
            "add that key to secrets.older_master_keys, or as a line to the file of secrets.master_key_file"
        }
        StartError::Seal(_) => "give the master key the database was sealed with; docs/OPERATIONS.md tells about keys",
        StartError::TokenKeys(_) | StartError::ThreeDEye(_) => {
            "see that this machine has certificates of public authorities (package ca-certificates), and what \
             `portcullis check-config` shows"
        }
        StartError::Mail(MailTransportError::Folder { .. }) => {
            "make that folder writable, or choose another place with smtp.url"
        }
        StartError::Mail(MailTransportError::Server(_)) => "correct smtp.url or smtp.ca_file",
        StartError::MailSender => "correct smtp.from",
        StartError::MailTemplates(_) => UNEXPECTED,
        StartError::Administrator(_) => {
            "choose another bootstrap.admin_username or bootstrap.admin_email if it is taken, then start again"
        }
        StartError::AdministratorPassword => "set bootstrap.admin_password, or bootstrap.admin_password_file",
    }
    .to_owned()
}

fn after_fault(fault: &Fault) -> &'static str {
    match fault {
        Fault::Address => "correct database.url: sqlite://FILE or postgres://user:password@host/name",
        Fault::Newer => NEWER,
        Fault::NotServing(_) => {
            "see that the database takes this user and password, exists, and has room, as database.url in \
             `portcullis check-config` names it; a file must be readable and writable"
        }
        Fault::Busy(_) => "another process holds the database: let it end, then try again",
        Fault::Seal(_) => "give the master key the database was sealed with; docs/OPERATIONS.md tells about keys",
        Fault::Unreadable(_) | Fault::Unwritable(_) | Fault::Statement(_) => {
            "see that database.url names a database of Portcullis and nothing else; if it does, report it with \
             `portcullis --version`"
        }
        Fault::Unreachable(_) | Fault::Slow | Fault::Crowded(_) | Fault::Closed | Fault::Unconfirmed => DATABASE,
    }
}

/// After a copy could not begin.
pub(super) fn after_copy_ends(error: &CopyEndsError) -> String {
    match error {
        CopyEndsError::Target => COPY_ADDRESS.to_owned(),
        CopyEndsError::NoSource(_) => "give the file that the service uses".to_owned(),
        CopyEndsError::Same => COPY_TARGET.to_owned(),
        CopyEndsError::NoTarget(path, error) => after_file(path, error),
        CopyEndsError::Start(StartError::AlreadyServing(_)) => "stop that process, then copy again".to_owned(),
        CopyEndsError::Start(error) => after_start(error),
    }
}

/// After nothing was copied.
pub(super) const fn after_copy(fault: &CopyFault) -> &'static str {
    match fault {
        CopyFault::Source(_) => {
            "see that the source runs, that user and password are right, and that no other process holds it; then copy \
             again"
        }
        CopyFault::Target(_) => {
            "see that the target runs, that user and password are right, and that no other process holds it; then copy \
             again"
        }
        CopyFault::SourceEmpty => "give the address that the service uses as database.url",
        CopyFault::SourceOlder => "run `portcullis migrate` with database.url set to the source, then copy again",
        CopyFault::SourceNewer => NEWER,
        CopyFault::SourceTable(_) => "undo what was changed by hand, then copy again",
        CopyFault::InUse(_) => "stop every process that uses the source, then copy again",
        CopyFault::UnknownKeys(_) => {
            "add that key to secrets.older_master_keys, or as a line to the file of secrets.master_key_file, then copy \
             again"
        }
        CopyFault::SameDatabase | CopyFault::TargetSchema | CopyFault::TargetTable(_) | CopyFault::TargetRows(_) => {
            COPY_TARGET
        }
        CopyFault::Schema(_) => "see that the user of the target may make tables, then copy again",
        CopyFault::Rows(..) | CopyFault::Views(_) => {
            "see that both databases run and that there is room for the target, then copy again: it was left empty"
        }
        CopyFault::StaleView(_) => {
            "run `portcullis migrate --rebuild-views` with database.url set to the source, then copy again"
        }
        CopyFault::Differs(_) => "stop whatever writes to the source, then copy again: the target was left empty",
        CopyFault::Gaps => "put them back from a backup, then copy again",
        CopyFault::Unconfirmed(_) => "copy again: if all is there, the target is refused as not empty",
        CopyFault::Shape(_) => UNEXPECTED,
    }
}

/// After a file could not be used.
pub(super) fn after_file(path: &Path, error: &io::Error) -> String {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let (path, folder) = (path.display(), folder.display());
    match error.kind() {
        ErrorKind::NotFound => format!("make the folder {folder}, or choose another place"),
        ErrorKind::PermissionDenied => {
            format!("let the user who runs this read and write {path}, and write in {folder}; or run it as its owner")
        }
        ErrorKind::ReadOnlyFilesystem => "choose a place that can be written to".to_owned(),
        ErrorKind::StorageFull => format!("make room where {path} is, then try again"),
        ErrorKind::IsADirectory => format!("{path} is a folder: choose another name"),
        _ => format!("see to {path}, then try again"),
    }
}

/// After something was not served at an address that was chosen with `chosen`.
pub(super) fn after_serve(error: &ServeError, chosen: &str) -> String {
    match error {
        ServeError::Listen(_, error) => after_listen(error, chosen),
        ServeError::ListenMetrics(_, error) => after_listen(error, "metrics.listen"),
        ServeError::Tls(_) => {
            "see that http.tls.cert_file and http.tls.key_file are readable PEM files that belong together".to_owned()
        }
        ServeError::Serve(_) => "start it again".to_owned(),
    }
}

/// After an address could not be listened on that was chosen with `chosen`.
pub(super) fn after_listen(error: &io::Error, chosen: &str) -> String {
    match error.kind() {
        ErrorKind::AddrInUse => {
            format!("something listens there already: stop it, or choose another port with {chosen}")
        }
        ErrorKind::PermissionDenied => {
            format!("this takes rights you do not have: choose a port from 1024 with {chosen}")
        }
        ErrorKind::AddrNotAvailable => format!("this machine has no such address: choose another with {chosen}"),
        _ => format!("choose another address with {chosen}"),
    }
}

/// After 3dEye did not do what was asked.
pub(super) const fn after_gateway(error: &GatewayError) -> &'static str {
    match error {
        GatewayError::NotConfigured => {
            "set threedeye.base_url, .api_key, .username and .password; `portcullis threedeye-sim` is a stand-in to try \
             it with"
        }
        GatewayError::Unauthorised => "correct threedeye.api_key, .username and .password",
        GatewayError::Unavailable { .. } | GatewayError::CircuitOpen { .. } | GatewayError::Ambiguous => {
            "run it again when 3dEye answers; what was done until now stays"
        }
        GatewayError::Rejected(_) | GatewayError::EmailTaken => UNEXPECTED,
    }
}
