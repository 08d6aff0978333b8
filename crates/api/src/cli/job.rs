//! Something that is done over and over as long as a process serves.

use std::time::Duration;

use portcullis_domain::ids::RequestId;
use portcullis_domain::port::Unavailable;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use tracing::Instrument;

use crate::app::App;

/// Something that is done over and over.
#[derive(Debug, Clone, Copy)]
pub(super) struct Job {
    /// What the metrics and the log call it.
    pub(super) name: &'static str,
    /// What cannot be done when it fails.
    pub(super) what: &'static str,
    /// The rest after a run.
    pub(super) pause: Duration,
}

/// How a run ended.
pub(super) enum Ended {
    /// There is no more to do for now.
    Done,
    /// There may be more to do at once.
    More,
    /// It failed.
    Failed(Unavailable),
    /// It failed, and the log says so.
    Told,
}

impl From<Result<bool, Unavailable>> for Ended {
    /// Whether there may be more.
    fn from(done: Result<bool, Unavailable>) -> Self {
        match done {
            Ok(true) => Self::More,
            Ok(false) => Self::Done,
            Err(unavailable) => Self::Failed(unavailable),
        }
    }
}

impl Job {
    /// Does it over and over: at once while there is more of it, else after a pause. Each run has an id of its own, under
    /// which its log lines and what it commits are found.
    pub(super) async fn run<F>(self, app: App, stop: CancellationToken, once: impl Fn(RequestId) -> F)
    where
        F: Future<Output = Ended>,
    {
        let jobs = &app.ports.metrics.jobs;
        jobs.begun(self.name);
        let mut failing = false;
        while !stop.is_cancelled() {
            let id = app.request_id("job");
            let span = tracing::error_span!("job", request_id = %id, job = self.name);
            let ended = once(id).instrument(span.clone()).await;
            let succeeded = matches!(ended, Ended::Done | Ended::More);
            jobs.ended(self.name, succeeded, app.ports.clock.now());
            if let Ended::Failed(error) = &ended
                && !failing
            {
                // Said once, not every second.
                span.in_scope(|| tracing::warn!(%error, "cannot {}; will try again", self.what));
            }
            failing = !succeeded;
            if !matches!(ended, Ended::More) && timeout(self.pause, stop.cancelled()).await.is_ok() {
                return;
            }
        }
    }
}
