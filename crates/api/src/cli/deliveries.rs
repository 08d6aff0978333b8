//! Messages of the outbox on their way: several at once, each by itself.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use portcullis_domain::ids::OutboxId;
use portcullis_domain::port::Unavailable;
use portcullis_domain::usecase::relay::{Delivery, RelayOutbox};
use tokio::sync::Notify;
use tokio::task::{Id, JoinError, JoinSet};
use tokio::time::{MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;
use tracing::Instrument;

use crate::app::App;

/// Messages on their way at once. More wait, so that neither a mail server nor this process is flooded.
const MOST: u32 = 16;
/// How often the outbox is looked at when nobody says that there is something: messages of other processes, and delayed
/// ones.
const LOOKING: Duration = Duration::from_secs(1);

/// What the metrics and the log call it.
const NAME: &str = "deliver";

type Delivered = Result<(Id, Result<Delivery, Unavailable>), JoinError>;

/// Lets messages leave as long as a process serves.
pub(super) struct Deliveries {
    app: App,
    relay: Arc<RelayOutbox>,
    /// Notified when this process queued something.
    queued: Arc<Notify>,
    under_way: JoinSet<Result<Delivery, Unavailable>>,
    messages: HashMap<Id, OutboxId>,
    failing: bool,
}

impl Deliveries {
    pub(super) fn new(app: App, relay: RelayOutbox, queued: Arc<Notify>) -> Self {
        let (relay, messages) = (Arc::new(relay), HashMap::new());
        Self { app, relay, queued, under_way: JoinSet::new(), messages, failing: false }
    }

    /// Until told to stop; then what is on its way is finished and nothing more begun.
    pub(super) async fn run(mut self, stop: CancellationToken) {
        self.app.ports.metrics.jobs.begun(NAME);
        let mut looking = interval(LOOKING);
        looking.set_missed_tick_behavior(MissedTickBehavior::Delay);
        while !stop.is_cancelled() {
            let look = tokio::select! {
                () = stop.cancelled() => false,
                () = self.queued.notified() => true,
                _ = looking.tick() => true,
                Some(done) = self.under_way.join_next_with_id() => self.finished(done),
            };
            if look {
                let begun = self.begin().await;
                self.count(begun.is_ok());
                self.tell(begun.err().as_ref());
            }
        }
        while let Some(done) = self.under_way.join_next_with_id().await {
            self.finished(done);
        }
    }

    /// Begins as many deliveries as there is room for.
    async fn begin(&mut self) -> Result<(), Unavailable> {
        let room = MOST as usize - self.under_way.len();
        if room == 0 {
            return Ok(());
        }
        // Those begun a moment ago may not be marked as taken yet.
        let due = self.relay.due(MOST).await?;
        let fresh = due.into_iter().filter(|entry| !self.messages.values().any(|id| *id == entry.id));
        for entry in fresh.take(room).collect::<Vec<_>>() {
            let (id, relay, request) = (entry.id, Arc::clone(&self.relay), self.app.request_id("job"));
            let span = tracing::error_span!("job", request_id = %request, job = NAME);
            let begun = self.under_way.spawn(async move { relay.deliver(entry, &request).await }.instrument(span));
            self.messages.insert(begun.id(), id);
        }
        Ok(())
    }

    /// Whether there may be another one to begin at once: after a success. After a failure it is looked again when it is
    /// time, so that a store or a server that fails at once is not asked without end.
    fn finished(&mut self, done: Delivered) -> bool {
        let id = match &done {
            Ok((id, _)) => *id,
            Err(error) => error.id(),
        };
        self.messages.remove(&id);
        match done {
            Ok((_, Ok(delivery))) => {
                self.tell(None);
                self.app.ports.metrics.mail.tried(delivery);
                delivery.is_settled()
            }
            Ok((_, Err(unavailable))) => {
                self.count(false);
                self.tell(Some(&unavailable));
                false
            }
            Err(error) => {
                self.count(false);
                tracing::error!(%error, "a delivery ended unexpectedly");
                false
            }
        }
    }

    /// A look at the outbox ended, or a try of which nothing can be said of the message.
    fn count(&self, succeeded: bool) {
        let ports = &self.app.ports;
        ports.metrics.jobs.ended(NAME, succeeded, ports.clock.now());
    }

    /// Said once, not every second.
    fn tell(&mut self, failure: Option<&Unavailable>) {
        if let Some(error) = failure
            && !self.failing
        {
            tracing::warn!(%error, "cannot deliver messages; will try again");
        }
        self.failing = failure.is_some();
    }
}
