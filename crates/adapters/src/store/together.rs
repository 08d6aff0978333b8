//! Looking up together what is asked for at the same time.
//!
//! Whoever asks waits in a queue; the next lookup takes all who wait and asks the database once for them, and while it
//! runs the next ones gather by themselves. A lookup begins after all its questions were asked, so no answer is older
//! than its question, and what an acknowledged commit ended is not found any more.

use std::collections::{HashMap, HashSet};
use std::hash::Hash;
use std::sync::Arc;
use std::time::Duration;

use portcullis_domain::port::Crowded;
use tokio::sync::{Mutex, mpsc, oneshot};
use tokio::time::timeout;

use super::Fault;

/// How many questions may wait; more are turned away.
const QUEUE: usize = 4096;
/// How many questions share a lookup at most.
const BATCH: usize = 128;
/// Lookups at once. Few, so that questions gather; more than one, so that a connection that hangs does not hold up all.
const LOOKUPS: usize = 2;
/// Longest a lookup may take: longer than the database lets a statement run.
const PATIENCE: Duration = Duration::from_secs(20);

struct Question<K, V> {
    key: K,
    answer: oneshot::Sender<Result<Option<V>, Fault>>,
}

/// What a lookup found, by key.
pub(super) type Found<K, V> = HashMap<K, Result<V, Fault>>;

/// Finds values by keys, many with one lookup.
pub(super) struct Together<K, V> {
    queue: mpsc::Sender<Question<K, V>>,
    crowded: Crowded,
}

impl<K, V> Together<K, V>
where
    K: Eq + Hash + Clone + Send + Sync + 'static,
    V: Clone + Send + Sync + 'static,
{
    /// Starts the tasks that look up what `crowded` names; they end with this. `look_up` gets distinct keys, and leaves out
    /// those it finds nothing for. What it finds and cannot read concerns only who asked for that key.
    pub(super) fn start<F>(crowded: Crowded, look_up: impl Fn(Vec<K>) -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = Result<Found<K, V>, Fault>> + Send + 'static,
    {
        let (queue, waiting) = mpsc::channel(QUEUE);
        let (waiting, look_up) = (Arc::new(Mutex::new(waiting)), Arc::new(look_up));
        for _ in 0..LOOKUPS {
            tokio::spawn(run(Arc::clone(&waiting), Arc::clone(&look_up)));
        }
        Self { queue, crowded }
    }

    /// The value of a key, as it is after this was called.
    pub(super) async fn find(&self, key: K) -> Result<Option<V>, Fault> {
        let (answer, answered) = oneshot::channel();
        self.queue.try_send(Question { key, answer }).map_err(|refused| match refused {
            mpsc::error::TrySendError::Full(_) => Fault::Crowded(self.crowded),
            mpsc::error::TrySendError::Closed(_) => Fault::Closed,
        })?;
        // A lookup that panicked answers nobody.
        answered.await.unwrap_or(Err(Fault::Closed))
    }
}

async fn run<K, V, F>(
    waiting: Arc<Mutex<mpsc::Receiver<Question<K, V>>>>,
    look_up: Arc<impl Fn(Vec<K>) -> F + Send + Sync + 'static>,
) where
    K: Eq + Hash + Clone + Send + Sync + 'static,
    V: Clone + Send + Sync + 'static,
    F: Future<Output = Result<Found<K, V>, Fault>> + Send + 'static,
{
    loop {
        let mut questions = Vec::with_capacity(BATCH);
        if waiting.lock().await.recv_many(&mut questions, BATCH).await == 0 {
            return;
        }
        // Who has gone in the meantime needs no answer.
        questions.retain(|question| !question.answer.is_closed());
        let keys: HashSet<K> = questions.iter().map(|question| question.key.clone()).collect();
        if keys.is_empty() {
            continue;
        }
        // In a task of its own, so that a panic costs these questions and not all that follow.
        let looking = tokio::spawn(timeout(PATIENCE, look_up(keys.into_iter().collect())));
        let found = looking.await.map_or(Err(Fault::Closed), |found| found.unwrap_or(Err(Fault::Slow)));
        for Question { key, answer } in questions {
            let own = found.as_ref().map_err(Clone::clone).and_then(|found| found.get(&key).cloned().transpose());
            // Whoever asked may have gone.
            let _ = answer.send(own);
        }
    }
}
