//! Work that goes on beside requests.

use std::sync::Arc;
use std::time::Duration;

use portcullis_adapters::store::SeaStore;
use portcullis_domain::ids::RequestId;
use portcullis_domain::policy::Caller;
use portcullis_domain::port::Unavailable;
use portcullis_domain::usecase::Request;
use portcullis_domain::usecase::access::SweepExpired;
use tokio::task::JoinSet;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tracing::Instrument;

use super::deliveries::Deliveries;
use super::job::{Ended, Job};
use crate::app::App;

/// How late the events of ends of windows are.
const SWEEP: Job = Job { name: "sweep_expired", what: "write down ends of windows", pause: Duration::from_secs(1) };
const LOAD: Job = Job { name: "load_token_keys", what: "load the keys of tokens", pause: Duration::from_secs(5) };
/// How long a process goes on sealing with the master key before.
const TAKE_UP: Job =
    Job { name: "take_up_master_keys", what: "take up new master keys", pause: Duration::from_secs(2) };
const PRUNE: Job = Job { name: "prune", what: "delete rows that have served", pause: Duration::from_mins(1) };
/// How late lists tell that a key was used, and how much of it a crash loses.
const NOTE: Job = Job { name: "note_key_use", what: "write down which keys were used", pause: Duration::from_mins(1) };
/// How old what the metrics tell of the database is.
const LOOK: Job = Job { name: "look_at_database", what: "look at the database", pause: Duration::from_secs(5) };

/// Longest the database may take to tell what waits: longer, and it counts as one that does not answer.
const PATIENCE: Duration = Duration::from_secs(2);

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
        let sweep = Arc::new(SweepExpired::new(ports.commands(), Arc::clone(&ports.locks)));
        background.job(SWEEP, move |id| sweep_all(Arc::clone(&sweep), id));
        let keyed = app.clone();
        background.job(LOAD, move |_| {
            let app = keyed.clone();
            async move { if app.credentials.refresh_keys().await { Ended::Done } else { Ended::Told } }
        });
        let keys = store.clone();
        background.job(TAKE_UP, move |_| {
            let keys = keys.clone();
            async move {
                if keys.refresh_keys()
                    && let Some(newest) = keys.key_ids().first()
                {
                    tracing::info!(%newest, "the master keys changed");
                }
                Ended::Done
            }
        });
        let (clock, pruned) = (Arc::clone(&ports.clock), store.clone());
        background.job(PRUNE, move |_| {
            let (store, now) = (pruned.clone(), clock.now());
            async move { store.prune(now).await.into() }
        });
        let work = app.clone();
        background.job(NOTE, move |id| {
            let work = work.clone();
            async move { note_key_use(&work, id).await.map(|()| false).into() }
        });
        let looking = app.clone();
        background.job(LOOK, move |_| {
            let (app, store) = (looking.clone(), store.clone());
            async move { look(&app, &store).await.map(|()| false).into() }
        });
        background
    }

    fn job<F>(&self, job: Job, once: impl Fn(RequestId) -> F + Send + 'static)
    where
        F: Future<Output = Ended> + Send + 'static,
    {
        self.jobs.spawn(job.run(self.app.clone(), self.stop.clone(), once));
    }

    /// Ends all jobs; what one is at is finished first. To be called when nothing is served any more.
    pub(super) async fn stop(self) {
        self.stop.cancel();
        self.jobs.close();
        self.jobs.wait().await;
        let id = self.app.request_id("job");
        let span = tracing::error_span!("job", request_id = %id, job = NOTE.name);
        if let Err(error) = note_key_use(&self.app, id).instrument(span.clone()).await {
            span.in_scope(|| tracing::warn!(%error, "which keys were used in the last minute is lost"));
        }
    }
}

/// Sweeps some people at once, so that their commits share a transaction. One who cannot be swept holds up no other.
async fn sweep_all(sweep: Arc<SweepExpired>, id: RequestId) -> Ended {
    let due = match sweep.due().await {
        Ok(due) => due,
        Err(unavailable) => return Ended::Failed(unavailable),
    };
    let mut people = JoinSet::new();
    for user in due {
        let (sweep, id) = (Arc::clone(&sweep), id.clone());
        people.spawn(async move { sweep.sweep(user, &id).await }.in_current_span());
    }
    let swept: Result<Vec<_>, _> = people.join_all().await.into_iter().collect();
    swept.map(|swept| swept.into_iter().any(|gone| gone > 0)).into()
}

async fn note_key_use(app: &App, id: RequestId) -> Result<(), Unavailable> {
    app.cases.orgs.key_use.write(&Request::plain(Caller::system("key-use"), id)).await
}

/// Tells the metrics how the database is.
async fn look(app: &App, store: &SeaStore) -> Result<(), Unavailable> {
    let (metrics, ports) = (&app.ports.metrics.database, &app.ports);
    metrics.connected(&store.connections());
    let backlog = timeout(PATIENCE, ports.outbox.backlog()).await;
    let backlog = backlog.unwrap_or_else(|late| Err(Unavailable::new(late)));
    metrics.looked_at(backlog.as_ref().ok(), ports.clock.now());
    backlog.map(drop)
}
