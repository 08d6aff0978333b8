//! What comes out.

use std::fmt;
use std::time::Duration;

use xtask::numbers::{median, percentile};

/// What one loop did.
#[derive(Debug)]
pub(crate) struct Measured {
    pub(crate) took: Duration,
    /// Of each request, in milliseconds; a bare loop has none.
    pub(crate) latencies: Vec<f64>,
    pub(crate) revokes: u32,
}

impl Measured {
    fn rate(&self) -> f64 {
        f64::from(self.revokes) / self.took.as_secs_f64()
    }
}

/// The three loops in turn.
#[derive(Debug)]
pub(crate) struct Round {
    pub(crate) service: Measured,
    pub(crate) one_each: Measured,
    pub(crate) batched: Measured,
}

impl fmt::Display for Round {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { service, one_each, batched } = self;
        let rates = [service, one_each, batched].map(|measured| measured.rate().round());
        write!(f, "service {}/s, bare one each {}/s, bare batched {}/s", rates[0], rates[1], rates[2])
    }
}

#[derive(Debug)]
pub(crate) struct Report {
    sync_ms: f64,
    pub(crate) rounds: Vec<Round>,
}

impl Report {
    pub(crate) fn new(sync: Duration) -> Self {
        Self { sync_ms: sync.as_secs_f64() * 1e3, rounds: Vec::new() }
    }

    fn over_rounds(&self, value: impl Fn(&Round) -> f64) -> f64 {
        median(&self.rounds.iter().map(value).collect::<Vec<_>>())
    }
}

impl fmt::Display for Report {
    /// Medians over the rounds; ratios are taken within a round, so that a slow minute of the disk hits both sides.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let latency = |share| self.over_rounds(|round| percentile(&round.service.latencies, share));
        writeln!(f, "service          {:>10.0} revokes/s", self.over_rounds(|round| round.service.rate()))?;
        writeln!(f, "  p50            {:>10.2} ms", latency(0.5))?;
        writeln!(f, "  p99            {:>10.2} ms", latency(0.99))?;
        writeln!(f, "bare, one each   {:>10.0} revokes/s", self.over_rounds(|round| round.one_each.rate()))?;
        writeln!(f, "bare, batched    {:>10.0} revokes/s", self.over_rounds(|round| round.batched.rate()))?;
        writeln!(f, "disk sync p50    {:>10.2} ms", self.sync_ms)?;
        let to_one_each = self.over_rounds(|round| round.service.rate() / round.one_each.rate());
        writeln!(f, "service : bare, one each  {to_one_each:.2}")?;
        let to_batched = self.over_rounds(|round| round.service.rate() / round.batched.rate());
        write!(f, "service : bare, batched   {to_batched:.2}")
    }
}
