//! `bench commands`.

use std::time::Duration;

use anyhow::Result;
use clap::Args;
use xtask::step::announce;

use crate::bare::{Bare, PER_BATCH, Work};
use crate::disk;
use crate::ground::{Database, Ground};
use crate::report::{Line, Measured, Turn};
use crate::seed::Seed;
use crate::service::{self, Service};

#[derive(Debug, Args)]
pub(crate) struct Options {
    #[arg(long, value_enum)]
    database: Database,

    /// How long each measurement takes at most; it ends earlier when all grants are made or gone
    #[arg(long, default_value_t = 5)]
    seconds: u64,

    #[arg(long, default_value_t = 3)]
    rounds: u32,

    /// Keep-alive connections to the service
    #[arg(long, default_value_t = 64)]
    connections: usize,

    #[arg(long, default_value_t = 1000)]
    people: usize,

    /// Pairs of person and lock to grant and revoke in a round; a list has as many locks as come on a person
    #[arg(long, default_value_t = 50_000)]
    grants: usize,
}

pub(crate) async fn run(options: Options) -> Result<()> {
    let limit = Duration::from_secs(options.seconds);
    let binary = service::build()?;
    // Dropped last to first: the service before its database.
    let ground = Ground::prepare(options.database)?;
    let bare = Bare::open(options.database, &ground.database("bare").await?).await?;
    let (url, folder) = (ground.database("portcullis").await?, ground.folder("portcullis")?);

    announce("starting the service and making people");
    let service = Service::start(&binary, &folder, &url).await?;
    let seed = Seed::make(&service, options.people, options.grants, options.connections).await?;
    bare.seed_lists(options.people, options.grants / options.people.max(1)).await?;

    let sync = disk::sync_median(&folder)?;
    let mut lines = [Line::new("grant"), Line::new("list"), Line::new("revoke")];
    for number in 1..=options.rounds {
        announce(format!("round {number} of {}", options.rounds));
        for line in &mut lines {
            let turn = match line.command {
                "grant" => {
                    let service = seed.grant(Some(limit)).await?;
                    // A list is to have all its locks, and all are to be there to be taken away.
                    seed.grant(None).await?;
                    turn(service, &bare, Work::Grant, 0, limit).await?
                }
                "list" => Turn {
                    service: seed.list(limit).await?,
                    one_each: bare.one_each(Work::List, limit).await?,
                    batched: None,
                },
                _ => turn(seed.revoke(Some(limit)).await?, &bare, Work::Revoke, options.grants, limit).await?,
            };
            announce(format!("{}: {turn}", line.command));
            line.turns.push(turn);
        }
    }

    announce("starting the service again on the database it has filled");
    service.stop()?;
    let service = Service::start(&binary, &folder, &url).await?;
    tokio::time::sleep(Duration::from_secs(1)).await; // idle, not still starting
    println!("{:?}, {} connections, {PER_BATCH} a batch", options.database, options.connections);
    println!("{}", Line::HEAD);
    for line in lines {
        println!("{line}");
    }
    println!("disk sync p50    {:>10.2} ms", sync.as_secs_f64() * 1e3);
    println!("idle memory      {:>10.1} MB", service.resident_megabytes()?);
    println!("start-up         {:>10.1} ms", service.started_in.as_secs_f64() * 1e3);
    service.stop()
}

/// The bare loops' turn after the service's.
async fn turn(service: Measured, bare: &Bare, work: Work, seeded: usize, limit: Duration) -> Result<Turn> {
    bare.seed(seeded).await?;
    let one_each = bare.one_each(work, limit).await?;
    bare.seed(seeded).await?;
    let batched = Some(bare.batched(work, limit).await?);
    Ok(Turn { service, one_each, batched })
}
