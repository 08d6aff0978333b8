//! `portcullis tenant`

use anyhow::{Context, anyhow};
use clap::Subcommand;
use portcullis_domain::ids::OrgId;
use portcullis_domain::policy::Caller;
use portcullis_domain::text::{EmailAddress, FreeText};
use portcullis_domain::usecase::org::TenantOrder;

use super::output::Output;
use super::{Failure, own_request, say, table, with_app};
use crate::app::App;
use crate::config::Config;
use crate::http::{ShownTenant, told_registration};

/// Organisations read at a time.
const PAGE: u32 = 500;

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Register an organisation, so that it can have a key. One that is registered already is not changed.
    ///
    /// For the first step with a new customer; `portcullis api-key create` is the second.
    #[command(after_help = "Examples:\n  portcullis tenant register --org acme --name \"Acme Ltd\" --owner-email \
                            olive@acme.example\n  portcullis tenant register --org bolt --name Bolt --owner-email \
                            owner@bolt.example --json")]
    Register {
        /// The organisation.
        #[arg(long, value_parser = |text: &str| OrgId::parse(text))]
        org: OrgId,
        /// Its name, for people.
        #[arg(long, value_parser = |text: &str| FreeText::parse(text))]
        name: FreeText,
        /// Address of its owner.
        #[arg(long, value_name = "ADDRESS", value_parser = EmailAddress::parse)]
        owner_email: EmailAddress,
        #[command(flatten)]
        output: Output,
    },
    /// List the organisations there are, in the order of their ids.
    ///
    /// For finding out who is registered and who has a key that works.
    #[command(after_help = "Examples:\n  portcullis tenant list\n  portcullis tenant list --json")]
    List {
        #[command(flatten)]
        output: Output,
    },
}

pub(super) async fn run(config: &Config, command: Command) -> Result<(), Failure> {
    with_app(config, async |app| match command {
        Command::Register { org, name, owner_email, output } => {
            let order = TenantOrder { org, name, owner_email };
            let done = app.cases.orgs.register.execute(&own_request(app), order.clone()).await;
            let done = done.map_err(anyhow::Error::from)?.value;
            let is_new = done.event.is_some();
            if !is_new {
                ensure_same(&order, &all(app).await?)?;
            }
            let told = told_registration(done).context("the outcome holds another command's event")?;
            let how = if is_new { "is" } else { "was already" };
            output.tell(&told, || say(format_args!("{} {how} registered", order.org)))
        }
        Command::List { output } => {
            let tenants = all(app).await?;
            output.tell(&tenants, || show(&tenants))
        }
    })
    .await
}

async fn all(app: &App) -> Result<Vec<ShownTenant>, Failure> {
    let mut tenants = Vec::new();
    let mut after = None;
    loop {
        let page = app.cases.orgs.list_tenants.execute(&Caller::system("cli"), after, PAGE).await;
        let page = page.map_err(anyhow::Error::from)?;
        tenants.extend(page.tenants.into_iter().map(ShownTenant::from));
        after = page.next;
        if after.is_none() {
            return Ok(tenants);
        }
    }
}

/// What was ordered of an organisation that is registered already must be as it is: it was not changed.
fn ensure_same(order: &TenantOrder, tenants: &[ShownTenant]) -> Result<(), Failure> {
    let TenantOrder { org, name, owner_email } = order;
    let Some(known) = tenants.iter().find(|known| known.org_id == org.as_str()) else { return Ok(()) };
    let mut differs = Vec::new();
    if known.org_name != name.as_str() {
        differs.push(format!("the name \"{}\"", known.org_name));
    }
    match &known.owner_email {
        None => differs.push("no owner's address".to_owned()),
        Some(owner) if owner != owner_email.as_str() => differs.push("another owner's address".to_owned()),
        Some(_) => {}
    }
    if differs.is_empty() {
        return Ok(());
    }
    Err(Failure::failed(
        anyhow!("{org} is registered already, with {}; nothing was changed", differs.join(" and ")),
        "`portcullis tenant list` shows it; leave it so, or register another --org",
    ))
}

fn show(tenants: &[ShownTenant]) -> anyhow::Result<()> {
    let row = |tenant: &ShownTenant| {
        let active = if tenant.has_active_key { "yes" } else { "no" };
        let owner = tenant.owner_email.clone().unwrap_or_default();
        [tenant.org_id.clone(), tenant.org_name.clone(), active.to_owned(), owner, tenant.created_at.clone()]
    };
    let rows: Vec<_> = tenants.iter().map(row).collect();
    table::print(["ORGANISATION", "NAME", "ACTIVE KEY", "OWNER", "REGISTERED"], &rows)
}
