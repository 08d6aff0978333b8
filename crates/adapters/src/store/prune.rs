//! Letting go of rows that have served.
//!
//! No statistics are taken on SQLite: made while a table was nearly empty they stay, and talk the planner out of its
//! indexes for good. Without any it takes them wherever they fit.

use std::time::Duration;

use portcullis_domain::clock::Timestamp;
use sea_orm::{ConnectionTrait, Statement};

use super::Fault;
use super::connect::Database;

/// How long a commit's id is kept: a repeat later than that would be taken for a new commit. An hour more than answers
/// are remembered, as the clocks of two processes may differ.
const COMMITS_KEPT: Duration = Duration::from_hours(25);
/// How long the record of a delivered message is kept, for whoever asks whether it left.
const DELIVERED_KEPT: Duration = Duration::from_hours(24 * 30);
/// Rows of a kind deleted at a time: little enough that no writer notices.
const CHUNK: u64 = 500;

const ANSWERS: &str = "DELETE FROM work_idempotency WHERE scope IN (SELECT scope FROM work_idempotency \
    WHERE expires_at <= $1 ORDER BY expires_at LIMIT 500)";
const COMMITS: &str =
    "DELETE FROM work_commits WHERE id IN (SELECT id FROM work_commits WHERE at <= $1 ORDER BY at LIMIT 500)";
/// The guards of messages go before the messages they belong to.
const DELIVERED_GUARDS: &str = "DELETE FROM work_guards WHERE key IN (SELECT 'outbox/' || id FROM work_outbox \
    WHERE state = 'delivered' AND done_at <= $1 ORDER BY done_at LIMIT 500)";
const DELIVERED: &str = "DELETE FROM work_outbox WHERE seq IN (SELECT seq FROM work_outbox \
    WHERE state = 'delivered' AND done_at <= $1 ORDER BY done_at LIMIT 500)";

/// Sessions whose end has come; nobody finds them any more.
const SESSIONS: &str = "DELETE FROM work_sessions WHERE token IN (SELECT token FROM work_sessions \
    WHERE expires_at <= $1 ORDER BY expires_at LIMIT 500)";

/// Every statement of pruning, for the tests that explain them.
pub(super) const STATEMENTS: &[(&str, &str)] = &[
    ("prune.answers", ANSWERS),
    ("prune.commits", COMMITS),
    ("prune.delivered_guards", DELIVERED_GUARDS),
    ("prune.delivered", DELIVERED),
    ("prune.sessions", SESSIONS),
];

impl Database {
    /// Deletes a chunk of each kind of row that has served. Returns whether there may be more.
    pub(super) async fn prune(&self, now: Timestamp) -> Result<bool, Fault> {
        let transaction = self.begin_write().await?;
        let mut more = false;
        let delivered = now.minus(DELIVERED_KEPT);
        let due = [
            (ANSWERS, now),
            (COMMITS, now.minus(COMMITS_KEPT)),
            (DELIVERED_GUARDS, delivered),
            (DELIVERED, delivered),
            (SESSIONS, now),
        ];
        for (sql, until) in due {
            let values = [until.unix_micros().into()];
            let result = transaction.execute_raw(Statement::from_sql_and_values(self.backend, sql, values)).await?;
            more |= result.rows_affected() >= CHUNK;
        }
        transaction.commit().await?;
        Ok(more)
    }
}
