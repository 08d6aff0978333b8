//! `portcullis threedeye`

mod backfill;
mod drift;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use clap::Subcommand;
use portcullis_domain::port::GatewayError;

use super::Failure;
use super::next::after_gateway;
use crate::config::Config;

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Make camera accounts for active people who have an address and none. May run beside serving processes, and
    /// again.
    ///
    /// For the first day with a 3dEye. Those never tried come first, then those whose last try is longest ago. Ends with
    /// status 3 when it failed for somebody, and with 1 when it ended early. Ctrl-C ends it after those under way. --json
    /// prints what `POST /admin/backfill-threedeye` answers.
    #[command(
        after_help = "Examples:\n  portcullis threedeye backfill --limit 200\n  portcullis threedeye backfill --all --concurrency 4 --json"
    )]
    Backfill(backfill::Options),
    /// Compare our camera accounts with those at 3dEye, and set right what has drifted apart if told to.
    ///
    /// For now and then, and after somebody worked at 3dEye's own console. Never deletes an account at 3dEye that belongs
    /// to nobody here. Ends with status 3 while anything is wrong, and with 1 when 3dEye fails; what was found and done
    /// until then is told all the same. Ctrl-C ends it after the repair under way. With --json `complete` says whether
    /// everything was compared.
    #[command(
        after_help = "Examples:\n  portcullis threedeye drift --json\n  portcullis threedeye drift --repair --dry-run\n  portcullis threedeye drift --repair"
    )]
    Drift(drift::Options),
}

pub(super) async fn run(config: &Config, command: Command) -> Result<(), Failure> {
    if config.threedeye.is_none() {
        let error = GatewayError::NotConfigured;
        let next = after_gateway(&error);
        return Err(Failure::misuse(error, next));
    }
    match command {
        Command::Backfill(options) => backfill::run(config, &options).await,
        Command::Drift(options) => drift::run(config, &options).await,
    }
}

/// Set once Ctrl-C was pressed.
#[derive(Clone)]
struct Interrupted(Arc<AtomicBool>);

impl Interrupted {
    /// Listens from now on.
    fn listen() -> Self {
        let flag = Arc::new(AtomicBool::new(false));
        let pressed = Arc::clone(&flag);
        tokio::spawn(async move {
            if tokio::signal::ctrl_c().await.is_ok() {
                pressed.store(true, Ordering::Release);
            }
        });
        Self(flag)
    }

    fn is_set(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }
}
