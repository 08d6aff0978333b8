//! `portcullis api-key`

use std::fmt::Display;

use anyhow::{Context, anyhow};
use clap::Subcommand;
use portcullis_domain::clock::Timestamp;
use portcullis_domain::ids::{ApiKeyPrefix, OrgId};
use portcullis_domain::org::OrgRefusal;
use portcullis_domain::policy::Caller;
use portcullis_domain::text::FreeText;
use portcullis_domain::usecase::UseCaseError;
use portcullis_domain::usecase::org::{KeyOrder, KeyQuery, NewApiKey};

use super::output::Output;
use super::{Failure, own_request, say, table, with_app};
use crate::app::App;
use crate::config::Config;
use crate::http::{MadeKey, RevokedKey, ShownKey};

/// Keys read at a time.
const PAGE: u32 = 500;

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Make an organisation's key and print it, this once.
    ///
    /// For letting an organisation's programs in. It can have one active key; to change that, rotate it. With --json
    /// everything about the key is printed, not the key alone.
    #[command(after_help = "Examples:\n  portcullis api-key create --org acme --name \"Acme Ltd\"\n  \
                            portcullis api-key create --org bolt --name Bolt --expires-at 2099-12-31T23:59:59Z --json\n  \
                            portcullis api-key create --org operations --name Operations --super")]
    Create {
        /// The organisation.
        #[arg(long, value_parser = |text: &str| OrgId::parse(text))]
        org: OrgId,
        /// Its name; registers it when it is not yet.
        #[arg(long, value_parser = |text: &str| FreeText::parse(text))]
        name: Option<FreeText>,
        /// A super key: may act for every organisation.
        #[arg(long = "super")]
        is_super: bool,
        /// When it stops working (RFC 3339).
        #[arg(long, value_name = "INSTANT", value_parser = Timestamp::parse)]
        expires_at: Option<Timestamp>,
        #[command(flatten)]
        output: Output,
    },
    /// List keys, newest first, also those that no longer work.
    ///
    /// For finding out who may call, when a key was used last, and what a key is called by.
    #[command(after_help = "Examples:\n  portcullis api-key list\n  portcullis api-key list --org acme --json")]
    List {
        /// Only keys of this organisation.
        #[arg(long, value_parser = |text: &str| OrgId::parse(text))]
        org: Option<OrgId>,
        #[command(flatten)]
        output: Output,
    },
    /// Put a new key in an old one's place and print it, this once. The old one stops working at once.
    ///
    /// For a yearly change, or when a key may have leaked. With --json everything about the key is printed, not the key
    /// alone.
    #[command(after_help = "Examples:\n  portcullis api-key rotate aB3dE5gH --reason \"yearly change\"\n  \
                            portcullis api-key rotate aB3dE5gH --json")]
    Rotate {
        /// The first 8 characters of the old key.
        #[arg(value_parser = ApiKeyPrefix::parse)]
        prefix: ApiKeyPrefix,
        /// Why, for the record.
        #[arg(long, value_parser = |text: &str| FreeText::parse(text))]
        reason: Option<FreeText>,
        #[command(flatten)]
        output: Output,
    },
    /// Revoke a key for good, on every server at once.
    ///
    /// For when nobody is to have it any more.
    #[command(after_help = "Examples:\n  portcullis api-key revoke aB3dE5gH --reason \"laptop stolen\"\n  \
                            portcullis api-key revoke aB3dE5gH --json")]
    Revoke {
        /// The first 8 characters of the key.
        #[arg(value_parser = ApiKeyPrefix::parse)]
        prefix: ApiKeyPrefix,
        /// Why, for the record.
        #[arg(long, value_parser = |text: &str| FreeText::parse(text))]
        reason: Option<FreeText>,
        #[command(flatten)]
        output: Output,
    },
}

pub(super) async fn run(config: &Config, command: Command) -> Result<(), Failure> {
    with_app(config, async |app| {
        let (orgs, request) = (&app.cases.orgs, own_request(app));
        match command {
            Command::Create { org, name, is_super, expires_at, output } => {
                let order = KeyOrder { org: org.clone(), org_name: name, is_super, expires_at };
                let made = orgs.create_key.execute(&request, order).await;
                show_made(made.map_err(|error| refused(error, &org))?.value, output)
            }
            Command::List { org, output } => {
                let keys = all(app, org).await?;
                output.tell(&keys, || show(&keys))
            }
            Command::Rotate { prefix, reason, output } => {
                let made = orgs.rotate_key.execute(&request, prefix.clone(), reason).await;
                show_made(made.map_err(|error| refused(error, &prefix))?.value, output)
            }
            Command::Revoke { prefix, reason, output } => {
                let revoked = orgs.revoke_key.execute(&request, prefix.clone(), reason).await;
                let revoked = revoked.map_err(|error| refused(error, &prefix))?;
                let told = RevokedKey::new(revoked.value).context("the outcome holds another command's event")?;
                output.tell(&told, || say(format_args!("{prefix} is revoked")))
            }
        }
    })
    .await
}

/// Why nothing was done about the key of `what`, an organisation or a key, in the words of the command line.
fn refused(error: UseCaseError<OrgRefusal>, what: impl Display) -> Failure {
    let UseCaseError::Refused { refusal, .. } = &error else { return anyhow::Error::from(error).into() };
    match refusal {
        OrgRefusal::NotRegistered => Failure::failed(
            anyhow!("{what} is not registered"),
            "say its --name, or register it with `portcullis tenant register`",
        ),
        OrgRefusal::ActiveKeyExists => Failure::failed(
            anyhow!("{what} has an active key"),
            "put a new one in its place with `portcullis api-key rotate`; `portcullis api-key list` tells what it is \
             called by",
        ),
        OrgRefusal::AlreadyExpired => {
            Failure::misuse(anyhow!("--expires-at must be in the future"), "say a later instant, or leave it out")
        }
        OrgRefusal::NoSuchKey => Failure::failed(
            anyhow!("no key is called {what}, or it is revoked already"),
            "`portcullis api-key list` shows the keys there are",
        ),
        OrgRefusal::KeyExpired => {
            Failure::failed(anyhow!("the key {what} has expired"), "make a new one with `portcullis api-key create`")
        }
    }
}

fn show_made(made: NewApiKey, output: Output) -> Result<(), Failure> {
    let key = made.key.expose().to_owned();
    output.tell(&MadeKey::from(made), || say(format_args!("{key}")))
}

async fn all(app: &App, org: Option<OrgId>) -> Result<Vec<ShownKey>, Failure> {
    let now = app.ports.clock.now();
    let mut keys = Vec::new();
    let mut query = KeyQuery { org, after: None, limit: PAGE };
    loop {
        let page = app.cases.orgs.list_keys.execute(&Caller::system("cli"), query.clone()).await;
        let page = page.map_err(anyhow::Error::from)?;
        keys.extend(page.keys.into_iter().map(|key| ShownKey::at(key, now)));
        query.after = page.next;
        if query.after.is_none() {
            return Ok(keys);
        }
    }
}

fn show(keys: &[ShownKey]) -> anyhow::Result<()> {
    let row = |key: &ShownKey| {
        let status = if key.is_super { format!("{}, super", key.status) } else { key.status.to_owned() };
        [
            key.masked_api_key.clone(),
            key.org_id.clone(),
            status,
            key.created_at.clone(),
            key.expires_at.clone().unwrap_or_default(),
            key.last_used_at.clone().unwrap_or_default(),
        ]
    };
    let rows: Vec<_> = keys.iter().map(row).collect();
    table::print(["KEY", "ORGANISATION", "STATUS", "CREATED", "EXPIRES", "LAST USED"], &rows)
}
