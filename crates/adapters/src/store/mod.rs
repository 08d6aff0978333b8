//! The store: events, views, private and work rows in one database, SQLite or Postgres, through sea-orm.
//!
//! Everything is read from one pool and written through one [`write`] path. Statements are plain SQL, the same for both
//! engines but for the spelling of JSON and hints to SQLite, and prepared: measured against entities they cost a third less a read, and a
//! batch needs forms that a query builder has no words for. Ids are text, as the event table has them anyway and views
//! are joined with it for versions; times are microseconds since 1970.

mod connect;
mod copy;
mod fault;
mod migration;
mod observe;
mod prune;
mod read;
mod rebuild;
mod reseal;
mod row;
mod session;
mod together;
mod write;

use std::sync::Arc;

use portcullis_domain::clock::{Clock, Timestamp};
use portcullis_domain::ids::UserId;
use portcullis_domain::port::Unavailable;
use portcullis_domain::session::{SignedIn, TokenHash};
use portcullis_domain::user::OwnRecord;

use self::connect::Database;
pub use self::connect::DatabaseOptions;
pub use self::copy::{Copied, CopiedTable, CopyFault, copy};
pub use self::fault::Fault;
pub use self::migration::{SCHEMA_VERSION, SchemaState};
pub use self::observe::{CommitOutcome, Connections, PoolUse, StoreObserver, StoreTransaction, TransactionOutcome};
pub use self::reseal::{Resealed, SealCensus};
use self::together::Together;
use self::write::{Committer, Writer};
pub use self::write::{PerformCommit, PlainCommit};
use crate::seal::{KeyId, Sealer};

/// The store as one thing: cheap to clone, and every store-side port at once.
#[derive(Clone)]
pub struct SeaStore {
    inner: Arc<Inner>,
}

struct Inner {
    writer: Arc<Writer>,
    committer: Committer,
    sessions: Together<TokenHash, SignedIn>,
    own_records: Together<UserId, OwnRecord>,
}

impl SeaStore {
    /// Connects. What schema there is, [`schema_state`](Self::schema_state) tells; nothing works before it is current.
    ///
    /// Must be called within a tokio runtime, which from then on runs the committer.
    pub async fn open(options: &DatabaseOptions, sealer: Arc<Sealer>, clock: Arc<dyn Clock>) -> Result<Self, Fault> {
        Self::open_with(options, sealer, clock, Arc::new(PlainCommit)).await
    }

    /// Connects, with COMMIT performed in a way of one's own: for tests that make it fail.
    pub async fn open_with(
        options: &DatabaseOptions,
        sealer: Arc<Sealer>,
        clock: Arc<dyn Clock>,
        commit: Arc<dyn PerformCommit>,
    ) -> Result<Self, Fault> {
        let database = Database::connect(options).await?;
        let (sessions, own_records) = (read::sessions(&database, &clock), read::own_records(&database));
        let observer = Arc::clone(&options.observer);
        let writer = Arc::new(Writer { database, sealer, clock, commit, observer });
        let committer = Committer::start(Arc::clone(&writer));
        Ok(Self { inner: Arc::new(Inner { writer, committer, sessions, own_records }) })
    }

    /// How the schema stands to this program.
    pub async fn schema_state(&self) -> Result<SchemaState, Fault> {
        self.database().schema_state().await
    }

    /// Brings the schema up to this program's version; does nothing when it is. Refuses a newer one.
    pub async fn migrate(&self) -> Result<(), Fault> {
        self.database().migrate(self.now()).await
    }

    /// Brings the schema up to an earlier version only: for tests of what becomes of a database of an earlier release.
    pub async fn migrate_to(&self, version: u64) -> Result<(), Fault> {
        self.database().migrate_to(version, self.now()).await
    }

    /// Does the database answer?
    pub async fn ping(&self) -> Result<(), Unavailable> {
        self.database().one("SELECT 1 AS one", Vec::new()).await?;
        Ok(())
    }

    /// How many connections there are just now. Asks nobody.
    pub fn connections(&self) -> Connections {
        self.database().connections()
    }

    /// Deletes a bounded number of rows that have served: expired answers and sessions, ids of old commits, records of
    /// messages long delivered, failed sign-ins that count no more. Returns whether there may be more. To be called now
    /// and then.
    pub async fn prune(&self, now: Timestamp) -> Result<bool, Unavailable> {
        Ok(self.database().prune(now).await?)
    }

    /// Looks for the master keys again where they come from. Says whether they are others than before.
    pub fn refresh_keys(&self) -> bool {
        self.sealer().refresh()
    }

    /// What the master keys are called, the newest first.
    pub fn key_ids(&self) -> Vec<KeyId> {
        self.sealer().key_ids()
    }

    /// Makes all views anew from the events, in one transaction.
    pub async fn rebuild_views(&self) -> Result<(), Fault> {
        self.database().rebuild_views().await
    }

    /// All rows of all views as text, in order.
    pub async fn dump_views(&self) -> Result<String, Fault> {
        self.database().dump_views().await
    }

    /// Takes no more commits, writes those that wait, and closes all connections.
    pub async fn close(&self) {
        self.inner.committer.close().await;
        self.database().close().await;
    }

    /// Every statement the store looks rows up with, by name: for tests that have the database explain them.
    pub fn statements(&self) -> Vec<(String, String)> {
        let backend = self.database().backend;
        let fixed = read::statements(backend).chain(prune::STATEMENTS.iter().copied());
        let mut statements: Vec<_> = fixed.map(|(name, sql)| (name.to_owned(), sql.to_owned())).collect();
        statements.extend(write::statements(backend));
        statements.extend(reseal::statements());
        statements
    }

    fn database(&self) -> &Database {
        &self.inner.writer.database
    }

    fn sealer(&self) -> &Sealer {
        &self.inner.writer.sealer
    }

    fn committer(&self) -> &Committer {
        &self.inner.committer
    }

    fn now(&self) -> Timestamp {
        self.inner.writer.clock.now()
    }
}
