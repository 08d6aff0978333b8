//! `portcullis user`

use std::io::{BufRead, ErrorKind, IsTerminal};
use std::path::PathBuf;

use clap::{Subcommand, ValueHint};
use portcullis_domain::text::{FreeText, InvalidText, UserName};
use portcullis_domain::usecase::totp::ResetTotpRefusal;
use portcullis_domain::usecase::{Done, UseCaseError};
use portcullis_domain::user::{PasswordDigest, UserRefusal, is_password};
use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;

use super::next::after_file;
use super::output::Output;
use super::{Failure, own_request, say, with_app};
use crate::app::App;
use crate::config::Config;
use crate::http::ToldTotpReset;

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Give an account a new password and end all its sessions.
    ///
    /// For the last administrator who forgot it. It also forgets the account's failed sign-ins. May run beside a serving
    /// process.
    #[command(after_help = "Examples:\n  portcullis user set-password admin --password-file new-password\n  \
                            pass show portcullis | portcullis user set-password admin --reason \"forgotten\" --json")]
    SetPassword {
        /// The account's name, such as admin.
        #[arg(value_parser = name)]
        name: UserName,
        /// A file with the password; otherwise it is the first line of standard input.
        #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
        password_file: Option<PathBuf>,
        /// Why, for the record.
        #[arg(long, value_parser = |text: &str| FreeText::parse(text))]
        reason: Option<FreeText>,
        #[command(flatten)]
        output: Output,
    },
    /// Clear an account's TOTP: the way back in for an administrator who lost the phone. Codes by e-mail stay as they are.
    ///
    /// It ends the account's sessions and tokens and forgets its failed sign-ins. May run beside a serving process. --json
    /// prints what `POST /admin/users/{id}/reset-totp` answers.
    #[command(
        after_help = "Examples:\n  portcullis user reset-totp admin --reason \"phone lost\"\n  portcullis user reset-totp admin --json"
    )]
    ResetTotp {
        /// The account's name, such as admin.
        #[arg(value_parser = name)]
        name: UserName,
        /// Why, for the record.
        #[arg(long, value_parser = |text: &str| FreeText::parse(text))]
        reason: Option<FreeText>,
        #[command(flatten)]
        output: Output,
    },
}

/// What is told of a new password.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PasswordSet<'a> {
    success: bool,
    aggregate_id: String,
    version: u64,
    username: &'a str,
}

fn name(text: &str) -> Result<UserName, InvalidText> {
    UserName::parse(text)
}

pub(super) async fn run(config: &Config, command: Command) -> Result<(), Failure> {
    match command {
        Command::SetPassword { name, password_file, reason, output } => {
            let password = password(password_file)?;
            with_app(config, async |app| {
                let digest = app.ports.hasher.digest(password.expose_secret().as_bytes());
                let digest = PasswordDigest::from_sha256(&digest);
                let set = app.cases.users.set_password.execute(&own_request(app), &name, &digest, reason).await;
                let set = set.map_err(|error| match error {
                    UseCaseError::Refused { refusal: UserRefusal::NoAccount, .. } => nobody(&name),
                    error => anyhow::Error::from(error).into(),
                })?;
                unlock(app, &name).await?;
                let Done { aggregate_id, version, .. } = set.value;
                let username = name.as_str();
                let told = PasswordSet { success: true, aggregate_id, version: version.number(), username };
                output.tell(&told, || say(format_args!("{username} has a new password, and all its sessions ended")))
            })
            .await
        }
        Command::ResetTotp { name, reason, output } => {
            with_app(config, async |app| {
                let reset = app.cases.totp.reset.by_name(&own_request(app), &name, reason).await;
                let outcome = reset.map_err(|error| match error {
                    UseCaseError::Refused { refusal: ResetTotpRefusal::Nobody(_), .. } => nobody(&name),
                    error => anyhow::Error::from(error).into(),
                })?;
                unlock(app, &name).await?;
                let told = ToldTotpReset::try_from(outcome.value).map_err(anyhow::Error::from)?;
                output.tell(&told, || show(&name, &told))
            })
            .await
        }
    }
}

/// The way back in must not end at a door that is blocked.
async fn unlock(app: &App, name: &UserName) -> anyhow::Result<()> {
    Ok(app.cases.sessions.unlock.execute(&own_request(app), name).await?)
}

fn nobody(name: &UserName) -> Failure {
    Failure::failed(
        anyhow::anyhow!("no account has the name {}", name.as_str()),
        "see that it is spelt right, and that `portcullis check-config` shows the service's database as database.url",
    )
}

fn show(name: &UserName, told: &ToldTotpReset) -> anyhow::Result<()> {
    let name = name.as_str();
    if !told.was_reset() {
        return say(format_args!("{name} has no TOTP; nothing was changed"));
    }
    let ended = told.sessions_ended();
    say(format_args!("{name} has no TOTP any more, and all sessions and tokens ended: {ended}"))?;
    match told.notice_to() {
        [] => say(format_args!("nobody is told: there is no verified address")),
        to => say(format_args!("a notice is on its way to {}", to.join(", "))),
    }
}

fn password(file: Option<PathBuf>) -> Result<SecretString, Failure> {
    let text = if let Some(path) = file {
        std::fs::read_to_string(&path).map_err(|error| {
            let next = match error.kind() {
                ErrorKind::NotFound => "write the password into it first, or leave --password-file out".to_owned(),
                _ => after_file(&path, &error),
            };
            Failure::misuse(anyhow::Error::from(error).context(format!("{} cannot be read", path.display())), next)
        })?
    } else {
        let stdin = std::io::stdin();
        if stdin.is_terminal() {
            anstream::eprintln!("New password (it will be seen; pipe it in or use --password-file to avoid that):");
        }
        let mut line = String::new();
        stdin.lock().read_line(&mut line)?;
        line
    };
    let text = text.lines().next().unwrap_or_default();
    if !is_password(text) {
        let error = anyhow::anyhow!("the password must be not blank");
        return Err(Failure::misuse(error, "put it into the first line of standard input or of --password-file"));
    }
    Ok(SecretString::from(text.to_owned()))
}
