//! `bench statements`.

use std::collections::BTreeSet;

use anyhow::{Context, Result};
use clap::Args;

use crate::ground::{Database, Ground};
use crate::log::{Kinds, Log, PART};
use crate::seed::Seed;
use crate::service::{self, Service};

#[derive(Debug, Args)]
pub(crate) struct Options {
    /// Revokes counted for each number of connections
    #[arg(long, default_value_t = 2000)]
    revokes: usize,

    /// Keep-alive connections under load
    #[arg(long, default_value_t = 64)]
    connections: usize,
}

pub(crate) async fn run(options: Options) -> Result<()> {
    let binary = service::build()?;
    // Dropped last to first: the service before its database.
    let ground = Ground::prepare(Database::Postgres)?;
    let url = ground.database("portcullis").await?;
    let mut log = Log::of(&url, &ground.log().context("a server has a log")?).await?;
    let service = Service::start(&binary, &ground.folder("portcullis")?, &url).await?;
    let seed = Seed::make(&service, 100, options.revokes, options.connections).await?;

    let mut counted = Vec::new();
    for connections in [1, options.connections] {
        seed.grant(None).await?;
        // What is counted begins after what was logged so far.
        log.since()?;
        seed.with_connections(connections).revoke(None).await?;
        counted.push(log.since()?);
    }
    service.stop()?;

    let revokes = f64::from(u32::try_from(options.revokes)?);
    println!("statements per revoke, {} revokes each", options.revokes);
    println!("{:<50} {:>12} {:>15}", "", "1 connection", format!("{} connections", options.connections));
    let row = |what: &str, count: &dyn Fn(&Kinds) -> u32| {
        let [alone, loaded] = [&counted[0], &counted[1]].map(|kinds| f64::from(count(kinds)) / revokes);
        println!("{what:<50} {alone:>12.3} {loaded:>15.3}");
    };
    let kinds: BTreeSet<_> = counted.iter().flat_map(Kinds::keys).collect();
    for kind in kinds {
        row(kind, &|kinds| kinds.get(kind).copied().unwrap_or_default());
    }
    row("statements", &|kinds| kinds.iter().filter(|(kind, _)| !kind.starts_with(PART)).map(|(_, count)| count).sum());
    Ok(())
}
