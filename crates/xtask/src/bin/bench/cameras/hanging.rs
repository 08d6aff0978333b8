//! What others notice of a 3dEye that hangs while many wait for it.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use tokio::task::JoinHandle;
use xtask::numbers::{median, percentile};
use xtask::step::announce;

use super::callers::Callers;
use super::people::People;
use super::stand_in::StandIn;
use super::{Line, Options};
use crate::ground::Ground;
use crate::http::Connection;
use crate::service::Service;

const AT_MOST: f64 = 1.5;
/// What each call would take, in milliseconds.
const HANGING: u32 = 60_000;
/// Connections that read, and as many that write. Few, so that the times are those of the service and not of a queue.
const CALLERS: usize = 4;
/// Seconds after which the service gives a call up, by default; a measurement takes less, so that all wait throughout.
const PATIENCE: u64 = 5;

/// Of one service: how long calls take, before and during.
struct Noticed {
    reads: [f64; 2],
    writes: [f64; 2],
}

pub(super) async fn measure(binary: &Path, ground: &Ground, options: &Options) -> Result<[Line; 2]> {
    let limit = Duration::from_secs(options.seconds.min(PATIENCE - 1));
    let (url, folder) = (ground.database("hanging").await?, ground.folder("hanging")?);
    let stand_in = StandIn::start(binary, HANGING)?;
    let service = Service::start_with(binary, &folder, &url, stand_in.settings()).await?;
    // Those who wait hold on to a lease when their service is killed, so every service has its own.
    let people = People::make(&service, 0, options.waiting * (1 + options.hangs)).await?;
    service.stop()?;

    let mut all = Vec::new();
    for number in 1..=options.hangs {
        let service = Service::start_with(binary, &folder, &url, stand_in.settings()).await?;
        let others = people.part(&service, 0, options.waiting);
        let waiting = people.part(&service, number * options.waiting, options.waiting);
        let noticed = one(&others, &waiting, &stand_in, options.waiting, limit).await?;
        let Noticed { reads, writes } = &noticed;
        announce(format!(
            "service {number} of {}: p99 of profiles {:.2} ms, then {:.2}; of grants {:.2} ms, then {:.2}",
            options.hangs, reads[0], reads[1], writes[0], writes[1],
        ));
        all.push(noticed);
    }
    let line = |what, of: fn(&Noticed) -> [f64; 2]| {
        let side = |side: usize| median(&all.iter().map(|noticed| of(noticed)[side]).collect::<Vec<_>>());
        Line {
            what,
            value: format!("{:.2} ms", side(1)),
            base: format!("{:.2} ms", side(0)),
            ratio: median(&all.iter().map(|noticed| of(noticed)[1] / of(noticed)[0]).collect::<Vec<_>>()),
            limit: AT_MOST,
        }
    };
    Ok([
        line("profiles, p99, hanging / before", |noticed| noticed.reads),
        line("grants, p99, hanging / before", |noticed| noticed.writes),
    ])
}

async fn one(others: &People, waiting: &People, stand_in: &StandIn, count: usize, limit: Duration) -> Result<Noticed> {
    let mut readers = Callers::open(others.address, CALLERS).await?;
    let mut writers = Callers::open(others.address, CALLERS).await?;
    // Warm before anything counts.
    both(&mut readers, &mut writers, others, limit / 4).await?;
    let before = both(&mut readers, &mut writers, others, limit).await?;
    let calls = stand_in.calls().await?;
    let fetches = fetch(waiting, count).await?;
    while stand_in.calls().await? == calls {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let during = both(&mut readers, &mut writers, others, limit).await?;
    let answered = fetches.iter().filter(|fetch| fetch.is_finished()).count();
    ensure!(answered == 0, "{answered} of {count} fetches did not wait");
    fetches.iter().for_each(JoinHandle::abort);
    Ok(Noticed { reads: [before[0], during[0]], writes: [before[1], during[1]] })
}

/// Sends one fetch for each; the answers are waited for elsewhere.
async fn fetch(waiting: &People, count: usize) -> Result<Vec<JoinHandle<Result<u16>>>> {
    let mut fetches = Vec::with_capacity(count);
    for number in 0..count {
        let mut connection = Connection::open(waiting.address).await?;
        let request = waiting.credentials(number);
        fetches.push(tokio::spawn(async move { Ok(connection.exchange(&request).await.context("a fetch")?.0) }));
    }
    Ok(fetches)
}

/// Reads and writes at once; p99 of each, in milliseconds.
async fn both(readers: &mut Callers, writers: &mut Callers, others: &People, limit: Duration) -> Result<[f64; 2]> {
    let (reading, writing) = (others.clone(), others.clone());
    let reads = readers.call(limit, move |caller, number| reading.profile(caller * 61 + number));
    let altered = writers.call(limit, move |caller, number| writing.grant_or_revoke(number, caller + 1));
    let (reads, altered) = tokio::try_join!(reads, altered)?;
    Ok([reads, altered].map(|measured| percentile(&measured.latencies, 0.99)))
}
