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
    pub(crate) done: u32,
}

impl Measured {
    fn rate(&self) -> f64 {
        f64::from(self.done) / self.took.as_secs_f64()
    }
}

/// The service and the bare loops, one after the other. Reads are not batched.
#[derive(Debug)]
pub(crate) struct Turn {
    pub(crate) service: Measured,
    pub(crate) one_each: Measured,
    pub(crate) batched: Option<Measured>,
}

impl fmt::Display for Turn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "service {:.0}/s, bare one each {:.0}/s", self.service.rate(), self.one_each.rate())?;
        self.batched.iter().try_for_each(|batched| write!(f, ", bare batched {:.0}/s", batched.rate()))
    }
}

/// One command over all rounds.
#[derive(Debug)]
pub(crate) struct Line {
    pub(crate) command: &'static str,
    pub(crate) turns: Vec<Turn>,
}

impl Line {
    pub(crate) const HEAD: &str = "command   service/s    p50 ms    p99 ms    bare/s   ratio   batched/s   ratio";

    pub(crate) const fn new(command: &'static str) -> Self {
        Self { command, turns: Vec::new() }
    }

    fn over_turns(&self, value: impl Fn(&Turn) -> Option<f64>) -> Option<f64> {
        let values: Option<Vec<_>> = self.turns.iter().map(value).collect();
        values.map(|values| median(&values))
    }
}

impl fmt::Display for Line {
    /// Medians over the rounds; ratios are taken within a round, so that a slow minute of the disk hits both sides.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let latency = |share| move |turn: &Turn| Some(percentile(&turn.service.latencies, share));
        let batched = |turn: &Turn| turn.batched.as_ref().map(Measured::rate);
        let columns = [
            (10, 0, self.over_turns(|turn| Some(turn.service.rate()))),
            (9, 2, self.over_turns(latency(0.5))),
            (9, 2, self.over_turns(latency(0.99))),
            (9, 0, self.over_turns(|turn| Some(turn.one_each.rate()))),
            (7, 2, self.over_turns(|turn| Some(turn.service.rate() / turn.one_each.rate()))),
            (11, 0, self.over_turns(batched)),
            (7, 2, self.over_turns(|turn| Some(turn.service.rate() / batched(turn)?))),
        ];
        write!(f, "{:<8}", self.command)?;
        columns.into_iter().try_for_each(|(width, digits, value)| match value {
            Some(value) => write!(f, " {value:>width$.digits$}"),
            None => write!(f, " {:>width$}", "-"),
        })
    }
}
