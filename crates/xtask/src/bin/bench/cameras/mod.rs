//! `bench cameras`.

mod backfill;
mod callers;
mod hanging;
mod people;
mod reads;
mod stand_in;

use std::fmt;

use anyhow::{Result, bail};
use clap::{Args, ValueEnum};
use xtask::step::announce;

use self::people::People;
use self::stand_in::StandIn;
use crate::ground::{Database, Ground};
use crate::service::{self, Service};

/// What each call takes the stand-in, in milliseconds.
const LATENCY: u32 = 50;

#[derive(Debug, Args)]
pub(crate) struct Options {
    /// Both, one after the other, if absent
    #[arg(long, value_enum)]
    database: Option<Database>,

    /// People who get an account by the backfill, whose credentials are read then
    #[arg(long, default_value_t = 1000, value_parser = clap::value_parser!(u32).range(1..=1000))]
    people: u32,

    /// Keep-alive connections that read
    #[arg(long, default_value_t = 16)]
    connections: usize,

    /// How long one measurement takes
    #[arg(long, default_value_t = 4)]
    seconds: u64,

    /// Each measures both sides; medians count
    #[arg(long, default_value_t = 7)]
    rounds: u32,

    /// Fetches that wait for a 3dEye that hangs
    #[arg(long, default_value_t = 200)]
    waiting: usize,

    /// Services that meet a hanging 3dEye, one after the other; medians count
    #[arg(long, default_value_t = 5)]
    hangs: usize,
}

/// A number that must not be exceeded.
struct Line {
    what: &'static str,
    /// What is compared, with its unit.
    value: String,
    /// With what.
    base: String,
    ratio: f64,
    limit: f64,
}

impl Line {
    const HEAD: &str = "what                                        value            base     ratio    limit";
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { what, value, base, ratio, limit } = self;
        let verdict = if self.holds() { "" } else { "  exceeded" };
        write!(f, "{what:<34} {value:>14} {base:>15} {ratio:>9.2} {limit:>8.2}{verdict}")
    }
}

impl Line {
    fn holds(&self) -> bool {
        self.ratio <= self.limit
    }
}

pub(crate) async fn run(options: Options) -> Result<()> {
    let binary = service::build()?;
    let databases = options.database.map_or_else(|| Database::value_variants().to_vec(), |one| vec![one]);
    let mut exceeded = 0;
    for database in databases {
        // Dropped last to first: the services before their databases.
        let ground = Ground::prepare(database)?;
        let mut lines = Vec::new();

        announce(format!("{database:?}: a 3dEye that answers in {LATENCY} ms"));
        let stand_in = StandIn::start(&binary, LATENCY)?;
        let (url, folder) = (ground.database("answering").await?, ground.folder("answering")?);
        let service = Service::start_with(&binary, &folder, &url, stand_in.settings()).await?;
        let people = People::make(&service, 0, options.people as usize).await?;
        lines.push(backfill::measure(&service, &stand_in, options.people).await?);
        lines.extend(reads::measure(&people, &stand_in, &options).await?);
        service.stop()?;
        drop(stand_in);

        announce(format!("{database:?}: a 3dEye that hangs"));
        lines.extend(hanging::measure(&binary, &ground, &options).await?);

        println!("{database:?}, {} people, {} connections", options.people, options.connections);
        println!("{}", Line::HEAD);
        for line in &lines {
            println!("{line}");
        }
        exceeded += lines.iter().filter(|line| !line.holds()).count();
    }
    if exceeded > 0 {
        bail!("{exceeded} limits are exceeded");
    }
    Ok(())
}
