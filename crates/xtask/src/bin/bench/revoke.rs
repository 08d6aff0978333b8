//! `bench revoke`.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::Result;
use clap::{Args, ValueEnum};
use xtask::postgres::{self, Cluster};
use xtask::step::announce;

use crate::bare::{Bare, PER_BATCH};
use crate::report::{Report, Round};
use crate::seed::Seed;
use crate::service::Service;
use crate::{disk, load, service};

#[derive(Debug, Args)]
pub(crate) struct Options {
    #[arg(long, value_enum)]
    database: Database,

    /// How long each measurement takes at most; it ends earlier when all grants are gone
    #[arg(long, default_value_t = 5)]
    seconds: u64,

    #[arg(long, default_value_t = 3)]
    rounds: u32,

    /// Keep-alive connections to the service
    #[arg(long, default_value_t = 64)]
    connections: usize,

    #[arg(long, default_value_t = 1000)]
    people: usize,

    /// Pairs of person and lock to take away in a round
    #[arg(long, default_value_t = 50_000)]
    grants: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Database {
    Sqlite,
    Postgres,
}

/// A fresh folder, removed at the end.
struct Folder(PathBuf);

impl Folder {
    fn create() -> Result<Self> {
        let folder = std::env::temp_dir().join(format!("portcullis-bench-{}", std::process::id()));
        std::fs::create_dir(&folder)?;
        Ok(Self(folder))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if let Err(error) = std::fs::remove_dir_all(&self.0) {
            announce(format!("{} stays: {error}", self.0.display()));
        }
    }
}

pub(crate) async fn run(options: Options) -> Result<()> {
    let limit = Duration::from_secs(options.seconds);
    let binary = service::build()?;
    // Dropped last to first: the service before its database, everything before the folder.
    let folder = Folder::create()?;
    let cluster = match options.database {
        Database::Sqlite => None,
        Database::Postgres => Some(Cluster::start(&postgres::provide()?)?),
    };
    let (bare, url) = match &cluster {
        None => (
            Bare::sqlite(&folder.0.join("bare.db")).await?,
            format!("sqlite://{}", folder.0.join("portcullis.db").display()),
        ),
        Some(cluster) => Bare::postgres(&cluster.url()).await?,
    };

    announce("starting the service and making people");
    let service = Service::start(&binary, &folder.0, &url).await?;
    let seed = Seed::make(&service, options.people, options.connections).await?;

    let mut report = Report::new(disk::sync_median(&folder.0)?);
    for number in 1..=options.rounds {
        announce(format!("round {number} of {}", options.rounds));
        seed.grant(options.grants).await?;
        let through_service = load::run(&seed, options.connections, options.grants, limit).await?;
        bare.seed(options.grants).await?;
        let one_each = bare.one_each(limit).await?;
        bare.seed(options.grants).await?;
        let batched = bare.batched(limit).await?;
        let round = Round { service: through_service, one_each, batched };
        announce(format!("{round}"));
        report.rounds.push(round);
    }

    announce("starting the service again on the database it has filled");
    service.stop()?;
    let service = Service::start(&binary, &folder.0, &url).await?;
    tokio::time::sleep(Duration::from_secs(1)).await; // idle, not still starting
    println!("revoke, {:?}, {} connections, {PER_BATCH} a batch", options.database, options.connections);
    println!("{report}");
    println!("idle memory      {:>10.1} MB", service.resident_megabytes()?);
    println!("start-up         {:>10.1} ms", service.started_in.as_secs_f64() * 1e3);
    service.stop()
}
