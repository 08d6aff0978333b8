//! How COMMIT is performed: a seam, so that tests can make it fail before or after it took effect.

use async_trait::async_trait;
use sea_orm::{DatabaseTransaction, DbErr};

/// Performs COMMIT. An error means that the outcome is not known, unless the database itself refused.
#[async_trait]
pub trait PerformCommit: Send + Sync {
    /// Commits the transaction.
    async fn perform(&self, transaction: DatabaseTransaction) -> Result<(), DbErr>;
}

/// COMMIT as it is.
#[derive(Debug, Clone, Copy, Default)]
pub struct PlainCommit;

#[async_trait]
impl PerformCommit for PlainCommit {
    async fn perform(&self, transaction: DatabaseTransaction) -> Result<(), DbErr> {
        transaction.commit().await
    }
}
