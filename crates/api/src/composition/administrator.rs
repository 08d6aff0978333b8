//! The first administrator of a new service.

use std::path::PathBuf;

use portcullis_domain::entropy::random_text;
use portcullis_domain::usecase::user::AccountOrder;
use portcullis_domain::user::{PasswordDigest, Role};
use secrecy::{ExposeSecret, SecretString};

use super::{StartError, private_file};
use crate::app::App;
use crate::config::Config;

/// Letters and digits nobody mistakes for one another.
const READABLE: &[u8] = b"23456789ABCDEFGHJKLMNPQRSTWXYZabcdefghijkmnopqrstuvwxyz";
const PASSWORD_LENGTH: usize = 24;
const PASSWORD_FILE: &str = "admin-password";

/// What became of the first administrator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FirstAdministrator {
    /// There is one already.
    Exists,
    /// Made, with the configured password.
    Configured,
    /// Made, with the password in this file.
    Generated(PathBuf),
}

/// Makes the first administrator, if there is none. A made-up password is in its file before the account is in the
/// database: a crash between leaves a file, never an account nobody can enter.
pub async fn first_administrator(app: &App, config: &Config) -> Result<FirstAdministrator, StartError> {
    let case = &app.cases.users.first_administrator;
    if !case.is_missing().await.map_err(StartError::Administrator)? {
        return Ok(FirstAdministrator::Exists);
    }
    let bootstrap = &config.bootstrap;
    let (password, made) = if let Some(password) = &bootstrap.password {
        (password.clone(), FirstAdministrator::Configured)
    } else {
        let path = config.database.kind.beside(PASSWORD_FILE).ok_or(StartError::AdministratorPassword)?;
        (generated(app, &path)?, FirstAdministrator::Generated(path))
    };
    let order = AccountOrder {
        username: bootstrap.username.clone(),
        name: bootstrap.username.as_str().to_owned(),
        password: PasswordDigest::from_sha256(&app.ports.hasher.digest(password.expose_secret().as_bytes())),
        roles: [Role::Admin].into(),
        email: Some(bootstrap.email.clone()),
        email_verified: false,
    };
    case.execute(app.request_id("cli"), order).await.map_err(StartError::Administrator)?;
    Ok(made)
}

/// The password in the file, or a new one put there.
fn generated(app: &App, path: &std::path::Path) -> Result<SecretString, StartError> {
    let failed = |error| StartError::File(path.to_owned(), error);
    let password = random_text(app.ports.entropy.as_ref(), READABLE, PASSWORD_LENGTH);
    match private_file::write_private(path, &format!("{password}\n")) {
        Ok(()) => Ok(SecretString::from(password)),
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
            let text = std::fs::read_to_string(path).map_err(failed)?;
            Ok(SecretString::from(text.trim_end().to_owned()))
        }
        Err(error) => Err(failed(error)),
    }
}
