//! The committer: the one task of a process that writes.
//!
//! Whoever commits waits in a queue. The committer takes all who wait, up to a limit, and makes one transaction of them,
//! so that the price of making it durable is shared; while that runs, the next batch gathers by itself.

use std::mem;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use portcullis_domain::commit::Commit;
use portcullis_domain::port::{CommitError, Crowded};
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;

use super::batch::Writer;
use crate::store::fault::Severity;
use crate::store::{CommitOutcome, Fault, StoreObserver};

/// How many commits may wait; more are turned away.
const QUEUE: usize = 1024;
/// How many commits share one transaction at most.
const BATCH: usize = 128;

struct Waiting {
    commit: Commit,
    since: Instant,
    answer: oneshot::Sender<Result<(), CommitError>>,
}

impl Waiting {
    fn tell(self, answer: Result<(), CommitError>, observer: &dyn StoreObserver) {
        observer.commit_ended(CommitOutcome::of(&answer));
        // Whoever asked may have gone; the commit stands all the same.
        let _ = self.answer.send(answer);
    }

    fn fail(self, fault: &Fault, observer: &dyn StoreObserver) {
        self.tell(Err(CommitError::Unavailable(fault.clone().into())), observer);
    }
}

/// Hands commits to the committer's task.
pub(crate) struct Committer {
    queue: Mutex<Option<mpsc::Sender<Waiting>>>,
    task: Mutex<Option<JoinHandle<()>>>,
    observer: Arc<dyn StoreObserver>,
}

impl Committer {
    pub(crate) fn start(writer: Arc<Writer>) -> Self {
        let (queue, waiting) = mpsc::channel(QUEUE);
        let observer = Arc::clone(&writer.observer);
        let task = tokio::spawn(run(writer, waiting));
        Self { queue: Mutex::new(Some(queue)), task: Mutex::new(Some(task)), observer }
    }

    pub(crate) async fn commit(&self, commit: Commit) -> Result<(), CommitError> {
        let queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let queue = queue.ok_or_else(|| self.turned_away(Fault::Closed))?;
        let (answer, answered) = oneshot::channel();
        let waiting = Waiting { commit, since: Instant::now(), answer };
        queue.try_send(waiting).map_err(|refused| match refused {
            mpsc::error::TrySendError::Full(_) => self.turned_away(Fault::Crowded(Crowded("commits"))),
            mpsc::error::TrySendError::Closed(_) => self.turned_away(Fault::Closed),
        })?;
        // The queue is to close when the store does, not when the last caller has its answer.
        drop(queue);
        // Nobody answers when a batch ended abnormally.
        answered.await.unwrap_or_else(|_| Err(self.turned_away(Fault::Unconfirmed)))
    }

    /// Counts a commit that no batch counts.
    fn turned_away(&self, fault: Fault) -> CommitError {
        self.observer.commit_ended(CommitOutcome::Failed);
        CommitError::Unavailable(fault.into())
    }

    /// Takes no more commits, writes those that wait, and returns when that is done.
    pub(crate) async fn close(&self) {
        drop(self.queue.lock().unwrap_or_else(PoisonError::into_inner).take());
        let task = self.task.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(task) = task
            && task.await.is_err()
        {
            tracing::error!("the committer ended abnormally");
        }
    }
}

async fn run(writer: Arc<Writer>, mut queue: mpsc::Receiver<Waiting>) {
    let mut waiting = Vec::with_capacity(BATCH);
    while queue.recv_many(&mut waiting, BATCH).await > 0 {
        let batch = mem::replace(&mut waiting, Vec::with_capacity(BATCH));
        let now = Instant::now();
        for waiting in &batch {
            writer.observer.commit_waited(now - waiting.since);
        }
        // In a task of its own, so that a panic costs a batch and not the committer.
        if tokio::spawn(write(Arc::clone(&writer), batch)).await.is_err() {
            tracing::error!("a batch of commits ended abnormally");
        }
    }
}

/// Writes a batch. If a member may be at fault, the batch is halved until the culprit is alone.
async fn write(writer: Arc<Writer>, batch: Vec<Waiting>) {
    let observer = writer.observer.as_ref();
    let mut parts = vec![batch];
    let mut tried_again = false;
    while let Some(mut part) = parts.pop() {
        let commits: Vec<_> = part.iter().map(|waiting| &waiting.commit).collect();
        let fault = match writer.write(&commits).await {
            Ok(answers) => {
                part.into_iter().zip(answers).for_each(|(waiting, answer)| waiting.tell(answer, observer));
                continue;
            }
            Err(fault) => fault,
        };
        match fault.severity() {
            Severity::Transient if !tried_again => {
                tried_again = true;
                parts.push(part);
            }
            Severity::Suspect if part.len() > 1 => {
                // The earlier half first: arrival is the order commits are judged in.
                let later = part.split_off(part.len() / 2);
                parts.extend([later, part]);
            }
            Severity::Suspect => {
                for waiting in part {
                    let request_id = &waiting.commit.meta.request;
                    tracing::error!(%request_id, error = %fault, "a commit cannot be written");
                    waiting.fail(&fault, observer);
                }
            }
            Severity::Down | Severity::Transient => {
                let doomed: Vec<_> = parts.drain(..).rev().fold(part, |mut doomed, part| {
                    doomed.extend(part);
                    doomed
                });
                // Each of their requests says so itself, under its id.
                tracing::error!(error = %fault, commits = doomed.len(), "commits could not be written");
                for waiting in doomed {
                    waiting.fail(&fault, observer);
                }
            }
        }
    }
}
