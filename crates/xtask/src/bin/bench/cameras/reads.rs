//! Credentials of people who have an account, by turns with profiles of the same people, on the same connections.

use std::time::Duration;

use anyhow::{Result, ensure};
use xtask::numbers::{median, percentile};
use xtask::step::announce;

use super::callers::Callers;
use super::people::People;
use super::stand_in::StandIn;
use super::{Line, Options};
use crate::report::Measured;

const AT_MOST: f64 = 1.5;
/// Turns each side has in a round, so that a slow moment of the machine hits both.
const SLICES: u32 = 8;

#[derive(Default)]
struct Side {
    rates: Vec<f64>,
    medians: Vec<f64>,
}

impl Side {
    fn add(&mut self, slices: &[Measured]) {
        let latencies: Vec<f64> = slices.iter().flat_map(|slice| slice.latencies.iter().copied()).collect();
        let (done, took): (u32, Duration) =
            (slices.iter().map(|slice| slice.done).sum(), slices.iter().map(|slice| slice.took).sum());
        self.rates.push(f64::from(done) / took.as_secs_f64());
        self.medians.push(percentile(&latencies, 0.5));
    }
}

pub(super) async fn measure(people: &People, stand_in: &StandIn, options: &Options) -> Result<[Line; 2]> {
    let mut callers = Callers::open(people.address, options.connections).await?;
    let slice = Duration::from_secs(options.seconds) / SLICES;
    let of = |read: fn(&People, usize) -> Vec<u8>| {
        let people = people.clone();
        // Each connection begins elsewhere, and both sides go the same way.
        move |caller: usize, number: usize| read(&people, caller * 61 + number)
    };
    callers.call(slice, of(People::profile)).await?;
    callers.call(slice, of(People::credentials)).await?;
    let before = stand_in.calls().await?;
    let (mut profiles, mut credentials) = (Side::default(), Side::default());
    for round in 1..=options.rounds {
        let (mut of_profiles, mut of_credentials) = (Vec::new(), Vec::new());
        for _ in 0..SLICES {
            of_profiles.push(callers.call(slice, of(People::profile)).await?);
            of_credentials.push(callers.call(slice, of(People::credentials)).await?);
        }
        profiles.add(&of_profiles);
        credentials.add(&of_credentials);
        let last = |values: &[f64]| values.last().copied().unwrap_or_default();
        announce(format!(
            "round {round} of {}: profiles {:.0}/s, p50 {:.2} ms; credentials {:.0}/s, p50 {:.2} ms",
            options.rounds,
            last(&profiles.rates),
            last(&profiles.medians),
            last(&credentials.rates),
            last(&credentials.medians),
        ));
    }
    let calls = stand_in.calls().await? - before;
    ensure!(calls == 0, "the stand-in saw {calls} calls while credentials were read that are kept here");
    // Within a round, for the same reason.
    let ratios =
        |above: &[f64], below: &[f64]| median(&above.iter().zip(below).map(|(a, b)| a / b).collect::<Vec<_>>());
    Ok([
        Line {
            what: "credentials / profiles, throughput",
            value: format!("{:.0}/s", median(&credentials.rates)),
            base: format!("{:.0}/s", median(&profiles.rates)),
            ratio: ratios(&profiles.rates, &credentials.rates),
            limit: AT_MOST,
        },
        Line {
            what: "credentials / profiles, p50",
            value: format!("{:.2} ms", median(&credentials.medians)),
            base: format!("{:.2} ms", median(&profiles.medians)),
            ratio: ratios(&credentials.medians, &profiles.medians),
            limit: AT_MOST,
        },
    ])
}
