//! `portcullis threedeye backfill`

use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicU64, Ordering};

use anyhow::anyhow;
use clap::Args;
use portcullis_domain::threedeye::BackfillRefusal;
use portcullis_domain::usecase::UseCaseError;
use portcullis_domain::usecase::threedeye::{BackfillOrder, BackfillReport, BackfillWatch};

use super::Interrupted;
use crate::cli::next::after_gateway;
use crate::cli::output::Output;
use crate::cli::progress::Progress;
use crate::cli::{Failure, own_request, say, with_app};
use crate::config::Config;
use crate::http::ToldBackfill;

/// People taken on, unless another number is asked for.
const USUAL: u64 = 50;

#[derive(Debug, Args)]
pub(in crate::cli) struct Options {
    /// At most this many people; 50 when nothing is said.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..), conflicts_with = "all")]
    limit: Option<u64>,
    /// Everybody.
    #[arg(long)]
    all: bool,
    /// People seen to at once instead of twice `threedeye.concurrency`, which is also the most.
    #[arg(long, value_name = "N", value_parser = at_once)]
    concurrency: Option<NonZeroUsize>,
    #[command(flatten)]
    output: Output,
}

fn at_once(text: &str) -> Result<NonZeroUsize, &'static str> {
    text.parse().ok().filter(|number: &NonZeroUsize| number.get() <= 64).ok_or("must be a number from 1 to 64")
}

pub(super) async fn run(config: &Config, options: &Options) -> Result<(), Failure> {
    let report = with_app(config, async |app| {
        let limit = (!options.all).then_some(options.limit.unwrap_or(USUAL));
        let most = app.settings.camera.turns();
        let concurrency = options.concurrency.map_or(most, |wanted| wanted.min(most));
        let watch = Shown::new(limit);
        let order = BackfillOrder { limit, concurrency };
        let done = app.cases.threedeye.backfill.execute(&own_request(app), order, &watch).await;
        watch.progress.end();
        let outcome = done.map_err(|error| match error {
            UseCaseError::Refused { refusal, .. } => {
                let BackfillRefusal::Gateway(reason) = &refusal;
                let next = after_gateway(reason);
                Failure::failed(refusal, next)
            }
            error => anyhow::Error::from(error).into(),
        })?;
        Ok(outcome.value)
    })
    .await?;
    tell(&report, options.output)
}

/// Shows how far it is, and ends it when Ctrl-C was pressed.
struct Shown {
    progress: Progress,
    interrupted: Interrupted,
    limit: u64,
    due: AtomicU64,
}

impl Shown {
    fn new(limit: Option<u64>) -> Self {
        let (progress, interrupted) = (Progress::new("making camera accounts"), Interrupted::listen());
        Self { progress, interrupted, limit: limit.unwrap_or(u64::MAX), due: AtomicU64::new(0) }
    }
}

impl BackfillWatch for Shown {
    fn begins(&self, waiting: u64) {
        let due = waiting.min(self.limit);
        self.due.store(due, Ordering::Relaxed);
        self.progress.show(0, due);
    }

    fn goes_on(&self, so_far: &BackfillReport) {
        self.progress.show(so_far.total, self.due.load(Ordering::Relaxed));
    }

    fn is_to_end(&self) -> Option<&'static str> {
        self.interrupted.is_set().then_some("it was told to end")
    }
}

fn tell(report: &BackfillReport, output: Output) -> Result<(), Failure> {
    let (failed, stopped) = (report.failed, report.stopped.clone());
    output.tell(&ToldBackfill::from(report.clone()), || {
        say(format_args!("{} accounts made, {failed} failed", report.created))?;
        report.errors.iter().try_for_each(|error| say(format_args!("{error}")))
    })?;
    match (stopped, failed) {
        (None, 0) => Ok(()),
        (None, failed) => Err(Failure::unfinished(
            anyhow!("for {failed} people no account could be made"),
            "see to what is told of each, then run it again; the others have theirs",
        )),
        (Some(why), _) => {
            Err(Failure::failed(anyhow!("ended early: {why}"), "run it again to go on; what was made stays"))
        }
    }
}
