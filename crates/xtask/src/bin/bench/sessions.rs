//! `bench sessions`.

use std::net::SocketAddr;
use std::rc::Rc;
use std::time::Duration;

use anyhow::{Result, bail};
use clap::Args;
use xtask::step::announce;

use crate::accounts::{self, Account};
use crate::bare_server::BareServer;
use crate::ground::{Database, Ground};
use crate::http::{self, Connection};
use crate::load;
use crate::report::{Line, Measured, Turn};
use crate::service::{self, Service};

const PATH: &str = "/api/v1/me";

#[derive(Debug, Args)]
pub(crate) struct Options {
    #[arg(long, value_enum)]
    database: Database,

    /// How long each measurement takes
    #[arg(long, default_value_t = 5)]
    seconds: u64,

    #[arg(long, default_value_t = 5)]
    rounds: u32,

    /// Keep-alive connections
    #[arg(long, default_value_t = 64)]
    connections: usize,

    /// People signed in, whose sessions are looked up in turn
    #[arg(long, default_value_t = 200)]
    people: usize,
}

pub(crate) async fn run(options: Options) -> Result<()> {
    let binary = service::build()?;
    let ground = Ground::prepare(options.database)?;
    let (url, folder) = (ground.database("portcullis").await?, ground.folder("portcullis")?);
    announce("starting the service, making accounts and signing in");
    let service = Service::start(&binary, &folder, &url).await?;
    accounts::create(service.address, 0, options.people).await?;
    let accounts: Rc<[Account]> = accounts::sign_in(service.address, 0, options.people).await?.into();
    let bare = BareServer::start(&own_record(service.address, &accounts[0]).await?).await?;

    let limit = Duration::from_secs(options.seconds);
    let mut line = Line::new("me");
    for number in 1..=options.rounds {
        let service = look_up(service.address, &accounts, options.connections, limit).await?;
        let one_each = look_up(bare.address, &accounts, options.connections, limit).await?;
        let turn = Turn { service, one_each, batched: None };
        announce(format!("round {number} of {}: {turn}", options.rounds));
        line.turns.push(turn);
    }
    println!("{:?}, {} connections; bare is an axum handler", options.database, options.connections);
    println!("{}", Line::HEAD);
    println!("{line}");
    service.stop()
}

async fn look_up(
    address: SocketAddr,
    accounts: &Rc<[Account]>,
    connections: usize,
    limit: Duration,
) -> Result<Measured> {
    let accounts = Rc::clone(accounts);
    let request = move |number: usize| http::get(PATH, &accounts[number % accounts.len()].headers());
    Ok(load::send(address, connections, usize::MAX, Some(limit), request).await?.0)
}

async fn own_record(address: SocketAddr, account: &Account) -> Result<String> {
    let mut connection = Connection::open(address).await?;
    let (status, body) = connection.exchange(&http::get(PATH, &account.headers())).await?;
    if status != 200 {
        bail!("{PATH} was answered {status}");
    }
    Ok(String::from_utf8(body.to_vec())?)
}
