//! `portcullis api-key`

use clap::Subcommand;
use portcullis_domain::clock::Timestamp;
use portcullis_domain::ids::{ApiKeyPrefix, OrgId};
use portcullis_domain::text::FreeText;
use portcullis_domain::usecase::org::KeyOrder;

use super::{Failure, own_request, with_app};
use crate::config::Config;

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Make an organisation's key and print it, this once.
    #[command(after_help = "Example:\n  portcullis api-key create --org acme --name \"Acme Ltd\"")]
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
        let request = own_request(app);
        match command {
            Command::Create { org, name, is_super, expires_at } => {
                let order = KeyOrder { org, org_name: name, is_super, expires_at };
                let made = app.cases.orgs.create_key.execute(&request, order).await.map_err(anyhow::Error::from)?;
                println!("{}", made.key.expose());
            }
            Command::Revoke { prefix, reason } => {
                let revoked = app.cases.orgs.revoke_key.execute(&request, prefix.clone(), reason).await;
                revoked.map_err(anyhow::Error::from)?;
                println!("{prefix} is revoked");
            }
        }
        Ok(())
    })
    .await
}
