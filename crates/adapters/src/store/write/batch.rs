//! One batch, one transaction: reading facts, judging, writing, and being sure of COMMIT.

use std::sync::Arc;
use std::time::{Duration, Instant};

use portcullis_domain::clock::Clock;
use portcullis_domain::commit::{Admission, Commit, Needs};
use portcullis_domain::ids::CommitId;
use portcullis_domain::port::CommitError;
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbBackend, Statement};
use serde_json::json;
use tokio::time::{sleep, timeout};

use super::facts;
use super::perform::PerformCommit;
use super::plan::Plan;
use super::step::Step;
use crate::seal::Sealer;
use crate::store::connect::Database;
use crate::store::fault::Severity;
use crate::store::{Fault, StoreObserver, StoreTransaction, TransactionOutcome};

/// Longest a transaction may take up to its COMMIT, and COMMIT by itself; longer than the server's own limits, for the
/// case that the server is gone.
const PATIENCE: Duration = Duration::from_secs(30);

/// Waits between attempts to find out what became of a transaction: about 15 s in all.
const INQUIRIES: [Duration; 7] = [
    Duration::ZERO,
    Duration::from_millis(100),
    Duration::from_millis(300),
    Duration::from_secs(1),
    Duration::from_secs(2),
    Duration::from_secs(4),
    Duration::from_secs(8),
];

/// What each member of a batch is told, in their order.
pub(super) type Answers = Vec<Result<(), CommitError>>;

/// All it takes to write a batch.
pub(crate) struct Writer {
    pub(crate) database: Database,
    pub(crate) sealer: Arc<Sealer>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) commit: Arc<dyn PerformCommit>,
    pub(crate) observer: Arc<dyn StoreObserver>,
}

impl Writer {
    /// Writes a batch, or nothing of it. An error that is [`Severity::Suspect`] may be the fault of one member.
    pub(super) async fn write(&self, batch: &[&Commit]) -> Result<Answers, Fault> {
        let began = Instant::now();
        let written = self.transact(batch).await;
        let outcome = written.as_ref().map_or(TransactionOutcome::Failed, |(outcome, _)| *outcome);
        let transaction = StoreTransaction { outcome, commits: batch.len(), took: began.elapsed() };
        self.observer.transaction_ended(&transaction);
        written.map(|(_, answers)| answers)
    }

    async fn transact(&self, batch: &[&Commit]) -> Result<(TransactionOutcome, Answers), Fault> {
        let prepared = timeout(PATIENCE, self.prepare(batch)).await.unwrap_or(Err(Fault::Slow))?;
        let (transaction, answers, written) = prepared;
        if written.is_empty() {
            // Nothing to write; the answers rest on what others have committed.
            return transaction.rollback().await.map(|()| (TransactionOutcome::Empty, answers)).map_err(Fault::from);
        }
        let committed = (TransactionOutcome::Committed, answers);
        let performed = timeout(PATIENCE, self.commit.perform(transaction)).await;
        match performed.map_err(|_| Fault::Slow).and_then(|result| result.map_err(Fault::from)) {
            Ok(()) => Ok(committed),
            // The database says that it did not commit, and why: as if a statement had failed.
            Err(fault) if fault.severity() != Severity::Down => Err(fault),
            Err(fault) => {
                tracing::warn!(error = %fault, commits = written.len(), "outcome of COMMIT not known; looking it up");
                if self.took_effect(&written).await? { Ok(committed) } else { Err(Fault::Unconfirmed) }
            }
        }
    }

    async fn prepare(&self, batch: &[&Commit]) -> Result<(DatabaseTransaction, Answers, Vec<CommitId>), Fault> {
        let needs = Needs::of(batch.iter().copied());
        let transaction = self.database.begin_write().await?;
        let prepared = self.fill(&transaction, &needs, batch).await;
        match prepared {
            Ok((answers, written)) => Ok((transaction, answers, written)),
            Err(fault) => {
                // Should even this fail, the connection is given up, and the server rolls back.
                let _ = transaction.rollback().await;
                Err(fault)
            }
        }
    }

    async fn fill(
        &self,
        transaction: &DatabaseTransaction,
        needs: &Needs,
        batch: &[&Commit],
    ) -> Result<(Answers, Vec<CommitId>), Fault> {
        let facts = facts::read(transaction, needs, &self.sealer, self.clock.now()).await?;
        let mut admission = Admission::new(facts);
        let mut plan = Plan::new(&self.sealer);
        let mut answers = Vec::with_capacity(batch.len());
        for commit in batch {
            let judged = admission.admit(commit);
            if let Ok(Some(after)) = judged {
                plan.add(commit, after)?;
            }
            answers.push(judged.map(|_| ()));
        }
        let written = plan.commits().to_vec();
        for statement in Step::statements(self.database.backend, plan.steps(self.database.backend)) {
            transaction.execute_raw(statement).await?;
        }
        Ok((answers, written))
    }

    /// Finds out whether a transaction whose COMMIT was not answered took effect. It wrote all of its commits or none.
    async fn took_effect(&self, written: &[CommitId]) -> Result<bool, Fault> {
        let mut last = Fault::Unconfirmed;
        for wait in INQUIRIES {
            sleep(wait).await;
            match timeout(PATIENCE, self.inquire(written)).await.unwrap_or(Err(Fault::Slow)) {
                Ok(found) => return Ok(found),
                Err(fault) => last = fault,
            }
        }
        Err(last)
    }

    async fn inquire(&self, written: &[CommitId]) -> Result<bool, Fault> {
        let backend = self.database.backend;
        // Waiting for the writers' turn makes sure that the transaction asked about is over, one way or the other.
        let transaction = self.database.begin_write().await?;
        let sql = match backend {
            DbBackend::Postgres => {
                "SELECT id FROM work_commits WHERE id IN (SELECT value->>0 FROM json_array_elements($1::json))"
            }
            _ => "SELECT id FROM work_commits WHERE id IN (SELECT value->>0 FROM json_each($1))",
        };
        let ids: Vec<_> = written.iter().map(|id| json!([id])).collect();
        let statement = Statement::from_sql_and_values(backend, sql, [json!(ids).to_string().into()]);
        let found = transaction.query_all_raw(statement).await?.len();
        transaction.rollback().await?;
        Ok(found == written.len())
    }
}
