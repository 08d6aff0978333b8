//! `portcullis api-key`

use anyhow::anyhow;
use clap::Subcommand;
use portcullis_domain::clock::Timestamp;
use portcullis_domain::ids::{ApiKeyPrefix, OrgId};
use portcullis_domain::org::OrgRefusal;
use portcullis_domain::policy::Caller;
use portcullis_domain::text::FreeText;
use portcullis_domain::usecase::UseCaseError;
use portcullis_domain::usecase::org::{KeyOrder, KeyQuery, NewApiKey};

use super::{Failure, own_request, say, table, with_app};
use crate::app::App;
use crate::config::Config;
use crate::http::{MadeKey, ShownKey};

/// Keys read at a time.
const PAGE: u32 = 500;

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Make an organisation's key and print it, this once.
    #[command(
        after_help = "Examples:\n  portcullis api-key create --org acme --name \"Acme Ltd\"\n  portcullis api-key create --org acme --expires-at 2027-12-31T23:59:59Z --json"
    )]
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
        /// Print JSON with everything about the key, not the key alone.
        #[arg(long)]
        json: bool,
    },
    /// List keys, newest first, also those that no longer work.
    #[command(after_help = "Examples:\n  portcullis api-key list\n  portcullis api-key list --org acme --json")]
    List {
        /// Only keys of this organisation.
        #[arg(long, value_parser = |text: &str| OrgId::parse(text))]
        org: Option<OrgId>,
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
    /// Put a new key in an old one's place and print it, this once. The old one stops working at once.
    #[command(after_help = "Example:\n  portcullis api-key rotate aB3dE5gH --reason \"yearly change\"")]
    Rotate {
        /// The first 8 characters of the old key.
        #[arg(value_parser = ApiKeyPrefix::parse)]
        prefix: ApiKeyPrefix,
        /// Why, for the record.
        #[arg(long, value_parser = |text: &str| FreeText::parse(text))]
        reason: Option<FreeText>,
        /// Print JSON with everything about the key, not the key alone.
        #[arg(long)]
        json: bool,
    },
    /// Revoke a key for good.
    #[command(after_help = "Example:\n  portcullis api-key revoke aB3dE5gH --reason \"laptop stolen\"")]
    Revoke {
        /// The first 8 characters of the key.
        #[arg(value_parser = ApiKeyPrefix::parse)]
        prefix: ApiKeyPrefix,
        /// Why, for the record.
        #[arg(long, value_parser = |text: &str| FreeText::parse(text))]
        reason: Option<FreeText>,
    },
}

pub(super) async fn run(config: &Config, command: Command) -> Result<(), Failure> {
    with_app(config, async |app| {
        let (orgs, request) = (&app.cases.orgs, own_request(app));
        match command {
            Command::Create { org, name, is_super, expires_at, json } => {
                let order = KeyOrder { org: org.clone(), org_name: name, is_super, expires_at };
                let made = orgs.create_key.execute(&request, order).await;
                show_made(made.map_err(|error| not_made(error, &org))?.value, json)
            }
            Command::List { org, json } => {
                let keys = all(app, org).await?;
                show(&keys, json)
            }
            Command::Rotate { prefix, reason, json } => {
                let made = orgs.rotate_key.execute(&request, prefix, reason).await.map_err(anyhow::Error::from)?;
                show_made(made.value, json)
            }
            Command::Revoke { prefix, reason } => {
                let revoked = orgs.revoke_key.execute(&request, prefix.clone(), reason).await;
                revoked.map_err(anyhow::Error::from)?;
                say(format_args!("{prefix} is revoked"))?;
                Ok(())
            }
        }
    })
    .await
}

/// Why no key was made, in the words of the command line.
fn not_made(error: UseCaseError<OrgRefusal>, org: &OrgId) -> anyhow::Error {
    let UseCaseError::Refused { refusal, .. } = &error else { return error.into() };
    match refusal {
        OrgRefusal::NotRegistered => {
            anyhow!("{org} is not registered: say its --name, or register it with `portcullis tenant register`")
        }
        OrgRefusal::ActiveKeyExists => {
            anyhow!("{org} has an active key: put a new one in its place with `portcullis api-key rotate`")
        }
        OrgRefusal::AlreadyExpired => anyhow!("--expires-at must be in the future"),
        OrgRefusal::NoSuchKey | OrgRefusal::KeyExpired => error.into(),
    }
}

fn show_made(made: NewApiKey, json: bool) -> Result<(), Failure> {
    if json {
        say(format_args!("{}", serde_json::to_string_pretty(&MadeKey::from(made))?))?;
    } else {
        say(format_args!("{}", made.key.expose()))?;
    }
    Ok(())
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

fn show(keys: &[ShownKey], json: bool) -> Result<(), Failure> {
    if json {
        say(format_args!("{}", serde_json::to_string_pretty(keys)?))?;
        return Ok(());
    }
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
    for line in table::lines(["KEY", "ORGANISATION", "STATUS", "CREATED", "EXPIRES", "LAST USED"], &rows) {
        say(format_args!("{line}"))?;
    }
    Ok(())
}
