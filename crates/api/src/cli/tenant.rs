//! `portcullis tenant`

use clap::Subcommand;
use portcullis_domain::ids::OrgId;
use portcullis_domain::policy::Caller;
use portcullis_domain::text::{EmailAddress, FreeText};
use portcullis_domain::usecase::org::TenantOrder;

use super::{Failure, own_request, say, table, with_app};
use crate::config::Config;
use crate::http::ShownTenant;

/// Organisations read at a time.
const PAGE: u32 = 500;

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Register an organisation, so that it can have a key.
    #[command(
        after_help = "Example:\n  portcullis tenant register --org acme --name \"Acme Ltd\" --owner-email olive@acme.example"
    )]
    Register {
        /// The organisation.
        #[arg(long, value_parser = |text: &str| OrgId::parse(text))]
        org: OrgId,
        /// Its name.
        #[arg(long, value_parser = |text: &str| FreeText::parse(text))]
        name: FreeText,
        /// Address of its owner.
        #[arg(long, value_name = "ADDRESS", value_parser = EmailAddress::parse)]
        owner_email: EmailAddress,
    },
    /// List the organisations there are.
    #[command(after_help = "Examples:\n  portcullis tenant list\n  portcullis tenant list --json")]
    List {
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
}

pub(super) async fn run(config: &Config, command: Command) -> Result<(), Failure> {
    with_app(config, async |app| {
        match command {
            Command::Register { org, name, owner_email } => {
                let order = TenantOrder { org: org.clone(), name, owner_email };
                let done = app.cases.orgs.register.execute(&own_request(app), order).await;
                let was = if done.map_err(anyhow::Error::from)?.value.event.is_some() { "is" } else { "was already" };
                say(format_args!("{org} {was} registered"))?;
            }
            Command::List { json } => {
                let mut tenants: Vec<ShownTenant> = Vec::new();
                let mut after = None;
                loop {
                    let page = app.cases.orgs.list_tenants.execute(&Caller::system("cli"), after, PAGE).await;
                    let page = page.map_err(anyhow::Error::from)?;
                    tenants.extend(page.tenants.into_iter().map(ShownTenant::from));
                    after = page.next;
                    if after.is_none() {
                        break;
                    }
                }
                show(&tenants, json)?;
            }
        }
        Ok(())
    })
    .await
}

fn show(tenants: &[ShownTenant], json: bool) -> Result<(), Failure> {
    if json {
        say(format_args!("{}", serde_json::to_string_pretty(tenants)?))?;
        return Ok(());
    }
    let row = |tenant: &ShownTenant| {
        let active = if tenant.has_active_key { "yes" } else { "no" };
        let owner = tenant.owner_email.clone().unwrap_or_default();
        [tenant.org_id.clone(), tenant.org_name.clone(), active.to_owned(), owner, tenant.created_at.clone()]
    };
    let rows: Vec<_> = tenants.iter().map(row).collect();
    for line in table::lines(["ORGANISATION", "NAME", "ACTIVE KEY", "OWNER", "REGISTERED"], &rows) {
        say(format_args!("{line}"))?;
    }
    Ok(())
}
