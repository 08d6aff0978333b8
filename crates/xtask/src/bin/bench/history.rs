//! `bench history`.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use clap::Args;
use xtask::numbers::median;
use xtask::step::announce;

use crate::copies;
use crate::ground::{Database, Ground};
use crate::seed::{Seed, person};
use crate::service::{self, Service};

/// What a revoke may cost in a database full of history, over one that has none.
const AT_MOST: f64 = 1.2;

#[derive(Debug, Args)]
pub(crate) struct Options {
    #[arg(long, value_enum)]
    database: Database,

    #[arg(long, default_value_t = 1000)]
    people: usize,

    /// Events each person has before; an even number
    #[arg(long, default_value_t = 1000)]
    events: u64,

    /// Revokes in one measurement
    #[arg(long, default_value_t = 10_000)]
    revokes: usize,

    /// Each measures both databases; the median counts
    #[arg(long, default_value_t = 7)]
    rounds: u32,

    /// Keep-alive connections to each service
    #[arg(long, default_value_t = 64)]
    connections: usize,
}

/// A service on a database of its own.
struct Side {
    _service: Service,
    seed: Seed,
}

pub(crate) async fn run(options: Options) -> Result<()> {
    let binary = service::build()?;
    // Dropped last to first: the services before their databases.
    let ground = Ground::prepare(options.database)?;
    let empty = side(&ground, "empty", &binary, &options, 0).await?;
    let full = side(&ground, "grown", &binary, &options, options.events).await?;

    // Both are warm before anything counts.
    revoke(&empty).await?;
    revoke(&full).await?;
    let mut ratios = Vec::new();
    println!("{:?}, {} connections, {} revokes a round", options.database, options.connections, options.revokes);
    let total = options.people as u64 * options.events;
    println!("round     empty ms  {} events a person, {total} in all: ms     ratio", options.events);
    for round in 1..=options.rounds {
        // Whoever is second may find a warmer machine.
        let (before, after) = if round % 2 == 1 {
            let before = revoke(&empty).await?;
            (before, revoke(&full).await?)
        } else {
            let after = revoke(&full).await?;
            (revoke(&empty).await?, after)
        };
        let ratio = after.as_secs_f64() / before.as_secs_f64();
        let [before, after] = [before, after].map(|took| took.as_secs_f64() * 1e3);
        println!("{round:>5} {before:>12.1} {after:>41.1} {ratio:>9.2}");
        ratios.push(ratio);
    }
    let ratio = median(&ratios);
    println!("median ratio {ratio:.2}, at most {AT_MOST}");
    if ratio > AT_MOST {
        bail!("revoking costs {ratio:.2} times as much with history as without, at most {AT_MOST} is allowed");
    }
    Ok(())
}

/// A service with people and all their grants, on top of so many older events of each.
async fn side(ground: &Ground, name: &str, binary: &Path, options: &Options, events: u64) -> Result<Side> {
    announce(format!("{name}: starting the service and making people"));
    let (url, folder) = (ground.database(name).await?, ground.folder(name)?);
    let service = Service::start(binary, &folder, &url).await?;
    // One more than counts, to copy from.
    let sample = options.people;
    let seed = Seed::make(&service, options.people + 1, 0, options.connections).await?;
    let seed = seed.with_grants(options.people, options.revokes);
    seed.grant_and_revoke(sample).await?;
    service.stop()?;
    if events > 0 {
        copies::make(&url, &person(sample), options.people as u64, events).await?;
    }
    let service = Service::start(binary, &folder, &url).await?;
    let seed = seed.moved(&service);
    for who in [0, options.people / 2, options.people - 1] {
        is_readable(&service, who, 1 + events).await?;
    }
    seed.grant(None).await?;
    copies::settle(&url).await?;
    Ok(Side { _service: service, seed })
}

/// Can the service read the history it is said to have?
async fn is_readable(service: &Service, who: usize, expected: u64) -> Result<()> {
    let (mut found, mut cursor) = (0, Some(1));
    while let Some(from) = cursor {
        let path = format!("/admin/aggregates/user/{}/events?limit=500&cursor={from}", person(who));
        let page = service.read_as_staff(&path).await?;
        for event in page["events"].as_array().context("events")? {
            found += 1;
            ensure!(event["version"] == found, "version {} where {found} should be", event["version"]);
            ensure!(event["event"]["userId"] == person(who), "an event of somebody else: {event}");
        }
        cursor = page["nextCursor"].as_u64();
    }
    ensure!(found == expected, "{found} events on record instead of {expected}");
    Ok(())
}

/// Takes all grants away, measured, and makes them again, which is not.
async fn revoke(side: &Side) -> Result<Duration> {
    let took = side.seed.revoke(None).await?.took;
    side.seed.grant(None).await?;
    Ok(took)
}
