//! Accounts for many people at once, over what the remote calls alone must take.

use std::time::Instant;

use anyhow::{Result, ensure};
use xtask::step::announce;

use super::stand_in::StandIn;
use super::{LATENCY, Line};
use crate::service::Service;

/// Accounts made at once, by default.
const AT_ONCE: f64 = 8.0;
const AT_MOST: f64 = 1.25;

pub(super) async fn measure(service: &Service, stand_in: &StandIn, people: u32) -> Result<Line> {
    let before = stand_in.calls().await?;
    let start = Instant::now();
    let report = service.post_as_staff(&format!("/admin/backfill-threedeye?limit={people}"), "{}").await?;
    let took = start.elapsed().as_secs_f64();
    ensure!(report["created"] == people && report["failed"] == 0, "the backfill says {report}");
    let calls = u32::try_from(stand_in.calls().await? - before)?;
    let least = f64::from(calls) * f64::from(LATENCY) / 1e3 / AT_ONCE;
    announce(format!("backfill of {people}: {calls} calls, {:.2} a person", f64::from(calls) / f64::from(people)));
    Ok(Line {
        what: "backfill / its calls alone",
        value: format!("{took:.1} s"),
        base: format!("{least:.1} s"),
        ratio: took / least,
        limit: AT_MOST,
    })
}
