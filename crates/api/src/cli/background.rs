//! Work that goes on beside requests.

use std::sync::Arc;
use std::time::Duration;

use portcullis_adapters::store::SeaStore;
use portcullis_domain::policy::Caller;
use portcullis_domain::port::Unavailable;
use portcullis_domain::usecase::Request;
use portcullis_domain::usecase::access::SweepExpired;
use tokio::task::JoinSet;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::deliveries::Deliveries;
use crate::app::App;

/// How often ends of windows are looked for: how late their events are.
const SWEEPING: Duration = Duration::from_secs(1);
/// How often it is looked whether the keys of tokens are to be loaded again.
const LOADING: Duration = Duration::from_secs(5);
/// How often it is looked whether there is a new master key: how long a process goes on sealing with the one before.
const TAKING_UP: Duration = Duration::from_secs(2);
/// How often rows that have served are deleted.
const PRUNING: Duration = Duration::from_mins(1);
/// How often it is written which keys were used: how late lists tell it, and how much of it a crash loses.
const NOTING: Duration = Duration::from_mins(1);

/// The jobs of a serving process.
pub(super) struct Background {
    stop: CancellationToken,
    jobs: TaskTracker,
    app: App,
}

impl Background {
    pub(super) fn start(app: &App, store: SeaStore, deliveries: Deliveries) -> Self {
        let background = Self { stop: CancellationToken::new(), jobs: TaskTracker::new(), app: app.clone() };
        background.jobs.spawn(deliveries.run(background.stop.clone()));
        let ports = &app.ports;
        let sweep = SweepExpired::new(ports.commands(), Arc::clone(&ports.locks), app.request_id("job"));
        let sweep = Arc::new(sweep);
        background.job("write down ends of windows", SWEEPING, move || {
            let sweep = Arc::clone(&sweep);
            sweep_all(sweep)
        });
        let keyed = app.clone();
        background.job("load the keys of tokens", LOADING, move || {
            let app = keyed.clone();
            async move {
                app.credentials.refresh_keys().await;
                Ok(false)
            }
        });
        let keys = store.clone();
        background.job("take up new master keys", TAKING_UP, move || {
            let keys = keys.clone();
            async move {
                if keys.refresh_keys()
                    && let Some(newest) = keys.key_ids().first()
                {
                    tracing::info!(%newest, "the master keys changed");
                }
                Ok(false)
            }
        });
        let clock = Arc::clone(&ports.clock);
        background.job("delete rows that have served", PRUNING, move || {
            let (store, now) = (store.clone(), clock.now());
            async move { store.prune(now).await }
        });
        let work = app.clone();
        background.job("write down which keys were used", NOTING, move || {
            let work = work.clone();
            async move { note_key_use(&work).await.map(|()| false) }
        });
        background
    }

    /// Does something over and over: at once while there is more of it, else after a pause.
    fn job<F>(&self, what: &'static str, pause: Duration, once: impl Fn() -> F + Send + 'static)
    where
        F: Future<Output = Result<bool, Unavailable>> + Send,
    {
        let stop = self.stop.clone();
        self.jobs.spawn(async move {
            let mut failing = false;
            while !stop.is_cancelled() {
                let done = once().await;
                if let Err(error) = &done
                    && !failing
                {
                    // Said once, not every second.
                    tracing::warn!(%error, "cannot {what}; will try again");
                }
                failing = done.is_err();
                if !done.unwrap_or_default() && timeout(pause, stop.cancelled()).await.is_ok() {
                    return;
                }
            }
        });
    }

    /// Ends all jobs; what one is at is finished first. To be called when nothing is served any more.
    pub(super) async fn stop(self) {
        self.stop.cancel();
        self.jobs.close();
        self.jobs.wait().await;
        if let Err(error) = note_key_use(&self.app).await {
            tracing::warn!(%error, "which keys were used in the last minute is lost");
        }
    }
}

/// Sweeps some people at once, so that their commits share a transaction. One who cannot be swept holds up no other.
async fn sweep_all(sweep: Arc<SweepExpired>) -> Result<bool, Unavailable> {
    let mut people = JoinSet::new();
    for user in sweep.due().await? {
        let sweep = Arc::clone(&sweep);
        people.spawn(async move { sweep.sweep(user).await });
    }
    let swept: Result<Vec<_>, _> = people.join_all().await.into_iter().collect();
    Ok(swept?.into_iter().any(|gone| gone > 0))
}

async fn note_key_use(app: &App) -> Result<(), Unavailable> {
    app.cases.orgs.key_use.write(&Request::plain(Caller::system("key-use"), app.request_id("job"))).await
}
