//! `portcullis user`

use std::io::{BufRead, IsTerminal};
use std::path::PathBuf;

use anyhow::Context;
use clap::Subcommand;
use portcullis_domain::text::{FreeText, UserName};
use portcullis_domain::usecase::UseCaseError;
use portcullis_domain::usecase::totp::ResetTotpRefusal;
use portcullis_domain::user::{PasswordDigest, UserRefusal, is_password};
use secrecy::{ExposeSecret, SecretString};

use super::{Failure, own_request, say, with_app};
use crate::app::App;
use crate::config::Config;
use crate::http::ToldTotpReset;

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Give an account a new password and end all its sessions.
    #[command(after_help = "Example:\n  portcullis user set-password admin --password-file new-password")]
    SetPassword {
        /// The account.
        #[arg(value_parser = name)]
        name: UserName,
        /// A file with the password; otherwise it is the first line of standard input.
        #[arg(long, value_name = "FILE")]
        password_file: Option<PathBuf>,
        /// Why, for the record.
        #[arg(long, value_parser = |text: &str| FreeText::parse(text))]
        reason: Option<FreeText>,
    },
    /// Clear an account's TOTP: the way back in for an administrator who lost the phone. Codes by e-mail stay as they are.
    #[command(
        after_help = "Examples:\n  portcullis user reset-totp admin --reason \"phone lost\"\n  portcullis user reset-totp admin --json"
    )]
    ResetTotp {
        /// The account.
        #[arg(value_parser = name)]
        name: UserName,
        /// Why, for the record.
        #[arg(long, value_parser = |text: &str| FreeText::parse(text))]
        reason: Option<FreeText>,
        /// Print JSON, as `POST /admin/users/{id}/reset-totp` answers.
        #[arg(long)]
        json: bool,
    },
}

fn name(text: &str) -> Result<UserName, portcullis_domain::text::InvalidText> {
    UserName::parse(text)
}

pub(super) async fn run(config: &Config, command: Command) -> Result<(), Failure> {
    match command {
        Command::SetPassword { name, password_file, reason } => {
            let password = password(password_file)?;
            with_app(config, async |app| {
                let digest = app.ports.hasher.digest(password.expose_secret().as_bytes());
                let digest = PasswordDigest::from_sha256(&digest);
                let set = app.cases.users.set_password.execute(&own_request(app), &name, &digest, reason).await;
                set.map_err(|error| match error {
                    UseCaseError::Refused { refusal: UserRefusal::NoAccount, .. } => nobody(&name),
                    error => error.into(),
                })?;
                unlock(app, &name).await?;
                say(format_args!("{} has a new password, and all its sessions ended", name.as_str()))?;
                Ok(())
            })
            .await
        }
        Command::ResetTotp { name, reason, json } => {
            with_app(config, async |app| {
                let reset = app.cases.totp.reset.by_name(&own_request(app), &name, reason).await;
                let outcome = reset.map_err(|error| match error {
                    UseCaseError::Refused { refusal: ResetTotpRefusal::Nobody(_), .. } => nobody(&name),
                    error => error.into(),
                })?;
                unlock(app, &name).await?;
                let told = ToldTotpReset::try_from(outcome.value).map_err(anyhow::Error::from)?;
                if json {
                    Ok(say(format_args!("{}", serde_json::to_string_pretty(&told)?))?)
                } else {
                    show(&name, &told)
                }
            })
            .await
        }
    }
}

/// The way back in must not end at a door that is blocked.
async fn unlock(app: &App, name: &UserName) -> anyhow::Result<()> {
    Ok(app.cases.sessions.unlock.execute(&own_request(app), name).await?)
}

fn nobody(name: &UserName) -> anyhow::Error {
    anyhow::anyhow!("no account has the name {}", name.as_str())
}

fn show(name: &UserName, told: &ToldTotpReset) -> Result<(), Failure> {
    let name = name.as_str();
    if !told.was_reset() {
        say(format_args!("{name} has no TOTP; nothing was changed"))?;
        return Ok(());
    }
    let ended = told.sessions_ended();
    say(format_args!("{name} has no TOTP any more, and all sessions and tokens ended: {ended}"))?;
    match told.notice_to() {
        [] => say(format_args!("nobody is told: there is no verified address"))?,
        to => say(format_args!("a notice is on its way to {}", to.join(", ")))?,
    }
    Ok(())
}

fn password(file: Option<PathBuf>) -> Result<SecretString, Failure> {
    let text = if let Some(path) = file {
        std::fs::read_to_string(&path).with_context(|| format!("{} cannot be read", path.display()))?
    } else {
        let stdin = std::io::stdin();
        if stdin.is_terminal() {
            eprintln!("New password (it will be seen; pipe it in or use --password-file to avoid that):");
        }
        let mut line = String::new();
        stdin.lock().read_line(&mut line)?;
        line
    };
    let text = text.lines().next().unwrap_or_default();
    if !is_password(text) {
        return Err(Failure::misuse(anyhow::anyhow!("the password must be not blank")));
    }
    Ok(SecretString::from(text.to_owned()))
}
