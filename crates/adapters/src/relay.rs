//! The loop that lets messages of the outbox leave.

use std::sync::Arc;
use std::time::Duration;

use portcullis_domain::usecase::relay::RelayOutbox;
use tokio::sync::Notify;
use tokio::time::timeout;

/// How often the outbox is looked at when nothing wakes the loop: messages of other processes and delayed ones.
const PERIOD: Duration = Duration::from_secs(1);

/// Runs the relay until `stop` is notified; a delivery under way is finished first.
pub async fn run(relay: RelayOutbox, stop: Arc<Notify>) {
    let mut failing = false;
    loop {
        match relay.run_once().await {
            Ok(0) => failing = false,
            // There may be more of the same keys; but who is asked to stop does not finish the backlog first.
            Ok(_) => {
                failing = false;
                if timeout(Duration::ZERO, stop.notified()).await.is_ok() {
                    return;
                }
                continue;
            }
            Err(error) => {
                // Said once, not every second.
                if !failing {
                    tracing::warn!(%error, "outbox cannot be read; will try again");
                }
                failing = true;
            }
        }
        if timeout(PERIOD, stop.notified()).await.is_ok() {
            return;
        }
    }
}
