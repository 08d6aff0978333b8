//! A store on a database of its own, made for one test.

use std::any::Any;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use portcullis_adapters::entropy::SystemEntropy;
use portcullis_adapters::seal::{MasterKey, Sealer};
use portcullis_adapters::store::{DatabaseOptions, PerformCommit, SeaStore};
use portcullis_domain::port::{
    ApiKeys, CameraRoles, EventStore, LockAccess, Outbox, Permissions, Registry, Sessions, SignInFailures,
    ThreeDEyeAccounts, TotpStore, UserRepository,
};
use portcullis_testkit::contract::StoreHarness;
use portcullis_testkit::fake::TestClock;
use sea_orm::{
    ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr, RuntimeErr,
    Statement,
};

use crate::observed::Observed;

/// A store, and a connection of one's own to its database.
pub(crate) struct Sea {
    pub(crate) store: SeaStore,
    pub(crate) clock: Arc<TestClock>,
    pub(crate) commits: Arc<ScriptedCommit>,
    pub(crate) observed: Arc<Observed>,
    pub(crate) raw: DatabaseConnection,
    options: DatabaseOptions,
    raw_url: String,
    /// What goes when the test is over.
    _database: Box<dyn Any + Send + Sync>,
}

/// How the next COMMIT goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// It takes effect and the answer is lost.
    LostAfter,
    /// It does not take effect and the answer is lost.
    LostBefore,
}

/// COMMIT that fails on demand, counts, and waits while it is held.
#[derive(Debug, Default)]
pub(crate) struct ScriptedCommit {
    next: Mutex<Option<Outcome>>,
    performed: AtomicUsize,
    pub(crate) gate: tokio::sync::RwLock<()>,
}

impl ScriptedCommit {
    pub(crate) fn fail_next(&self, outcome: Outcome) {
        *self.next.lock().unwrap() = Some(outcome);
    }

    pub(crate) fn performed(&self) -> usize {
        self.performed.load(Ordering::SeqCst)
    }
}

#[async_trait]
impl PerformCommit for ScriptedCommit {
    async fn perform(&self, transaction: DatabaseTransaction) -> Result<(), DbErr> {
        let _open = self.gate.read().await;
        self.performed.fetch_add(1, Ordering::SeqCst);
        let next = self.next.lock().unwrap().take();
        match next {
            None => return transaction.commit().await,
            Some(Outcome::LostAfter) => transaction.commit().await?,
            Some(Outcome::LostBefore) => transaction.rollback().await?,
        }
        Err(DbErr::Conn(RuntimeErr::Internal("the test cut the connection".to_owned())))
    }
}

pub(crate) fn sealer() -> Arc<Sealer> {
    sealer_of(&[7])
}

fn sealer_of(keys: &[u8]) -> Arc<Sealer> {
    let masters: Vec<_> = keys.iter().map(|byte| MasterKey::new([*byte; 32])).collect();
    Arc::new(Sealer::new(&masters, Arc::new(SystemEntropy)).unwrap())
}

fn postgres_address() -> String {
    #[expect(clippy::disallowed_methods, reason = "where a test finds Postgres is for whoever runs it to say")]
    let address = std::env::var("PORTCULLIS_TEST_POSTGRES");
    address.expect(
        "this test needs Postgres: set PORTCULLIS_TEST_POSTGRES to an address that may create databases, \
         such as postgres://postgres@127.0.0.1:5432/postgres",
    )
}

/// A database that is dropped with the test.
struct Dropped {
    admin: String,
    name: String,
}

impl Drop for Dropped {
    fn drop(&mut self) {
        let (admin, sql) = (self.admin.clone(), format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name));
        // The runtime of the test may be ending: a thread and a runtime of its own.
        let dropping = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                if let Ok(admin) = connect(&admin).await {
                    let _ = admin.execute_unprepared(&sql).await;
                }
            });
        });
        let _ = dropping.join();
    }
}

async fn connect(url: &str) -> Result<DatabaseConnection, DbErr> {
    Database::connect(ConnectOptions::new(url).max_connections(2).sqlx_logging(false).to_owned()).await
}

impl Sea {
    pub(crate) async fn sqlite() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("portcullis.db");
        let url = format!("sqlite://{}", path.display());
        Self::open(DatabaseOptions::new(&url), &format!("{url}?mode=rw"), Box::new(folder)).await
    }

    pub(crate) async fn postgres() -> Self {
        Self::postgres_with(|options| options).await
    }

    pub(crate) async fn postgres_with(change: impl FnOnce(DatabaseOptions) -> DatabaseOptions) -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let address = postgres_address();
        let name = format!("portcullis_test_{}_{}", std::process::id(), NEXT.fetch_add(1, Ordering::SeqCst));
        let admin = connect(&address).await.expect("PORTCULLIS_TEST_POSTGRES is the address of a running Postgres");
        admin.execute_unprepared(&format!("CREATE DATABASE {name}")).await.unwrap();
        let (server, _) = address.rsplit_once('/').unwrap();
        let url = format!("{server}/{name}");
        let database = Dropped { admin: address, name };
        Self::open(change(DatabaseOptions::new(&url)), &url, Box::new(database)).await
    }

    async fn open(options: DatabaseOptions, raw_url: &str, database: Box<dyn Any + Send + Sync>) -> Self {
        let (clock, commits) = (Arc::new(TestClock::default()), Arc::new(ScriptedCommit::default()));
        let observed = Arc::new(Observed::default());
        let options = options.observer(observed.clone());
        let store = SeaStore::open_with(&options, sealer(), clock.clone(), commits.clone()).await.unwrap();
        store.migrate().await.unwrap();
        let (raw, raw_url) = (connect(raw_url).await.unwrap(), raw_url.to_owned());
        Self { store, clock, commits, observed, raw, options, raw_url, _database: database }
    }

    /// Another store on the same database, as another process has it.
    pub(crate) async fn another(&self) -> SeaStore {
        SeaStore::open(&self.options, sealer(), self.clock.clone()).await.unwrap()
    }

    /// Another store on the same database with these master keys, the newest first; the others have `7`.
    pub(crate) async fn with_keys(&self, keys: &[u8]) -> SeaStore {
        SeaStore::open(&self.options, sealer_of(keys), self.clock.clone()).await.unwrap()
    }

    /// Where the database is.
    pub(crate) fn options(&self) -> DatabaseOptions {
        self.options.clone()
    }

    /// A connection of one's own that is one connection.
    pub(crate) async fn single(&self) -> DatabaseConnection {
        Database::connect(ConnectOptions::new(&self.raw_url).max_connections(1).sqlx_logging(false).to_owned())
            .await
            .unwrap()
    }

    pub(crate) fn backend(&self) -> DbBackend {
        self.raw.get_database_backend()
    }

    pub(crate) async fn execute(&self, sql: &str) {
        self.raw.execute_unprepared(sql).await.unwrap();
    }

    /// The first column of every row, as text.
    pub(crate) async fn column(&self, sql: &str) -> Vec<String> {
        let rows = self.raw.query_all_raw(Statement::from_string(self.backend(), sql)).await.unwrap();
        rows.iter().map(|row| row.try_get_by_index::<String>(0).unwrap()).collect()
    }

    pub(crate) async fn number(&self, sql: &str) -> i64 {
        let row = self.raw.query_one_raw(Statement::from_string(self.backend(), sql)).await.unwrap().unwrap();
        row.try_get_by_index(0).unwrap()
    }

    pub(crate) async fn tables(&self) -> Vec<String> {
        let tables = match self.backend() {
            DbBackend::Postgres => "SELECT tablename::text FROM pg_tables WHERE schemaname = 'public' ORDER BY 1",
            _ => "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY 1",
        };
        self.column(tables).await
    }

    /// Refuses every profile, in words that repeat its address.
    pub(crate) async fn poison_profiles(&self) {
        let sql = match self.backend() {
            DbBackend::Postgres => "ALTER TABLE private_profiles ADD CONSTRAINT poison CHECK (email::bigint > 0)",
            _ => {
                "CREATE TRIGGER poison_profiles BEFORE INSERT ON private_profiles \
                 BEGIN SELECT RAISE(ABORT, 'ada@example.com'); END"
            }
        };
        self.execute(sql).await;
    }

    /// Runs SQL in place of inserting an event whose bytes contain a marker.
    pub(crate) async fn on_event(&self, marker: &str, sqlite: &str, postgres: &str) {
        let sql = match self.backend() {
            DbBackend::Postgres => format!(
                "CREATE OR REPLACE FUNCTION poison() RETURNS trigger AS $$ BEGIN \
                 IF position(convert_to('{marker}', 'UTF8') IN NEW.body) > 0 THEN {postgres}; END IF; \
                 RETURN NEW; END $$ LANGUAGE plpgsql; \
                 CREATE TRIGGER poison BEFORE INSERT ON events FOR EACH ROW EXECUTE FUNCTION poison()"
            ),
            _ => format!(
                "CREATE TRIGGER poison BEFORE INSERT ON events \
                 WHEN instr(NEW.body, CAST('{marker}' AS BLOB)) > 0 BEGIN {sqlite}; END"
            ),
        };
        self.execute(&sql).await;
    }
}

#[async_trait]
impl StoreHarness for Sea {
    fn clock(&self) -> Arc<TestClock> {
        self.clock.clone()
    }

    fn events(&self) -> Arc<dyn EventStore> {
        Arc::new(self.store.clone())
    }

    fn users(&self) -> Arc<dyn UserRepository> {
        Arc::new(self.store.clone())
    }

    fn lock_access(&self) -> Arc<dyn LockAccess> {
        Arc::new(self.store.clone())
    }

    fn totp(&self) -> Arc<dyn TotpStore> {
        Arc::new(self.store.clone())
    }

    fn threedeye(&self) -> Arc<dyn ThreeDEyeAccounts> {
        Arc::new(self.store.clone())
    }

    fn camera_roles(&self) -> Arc<dyn CameraRoles> {
        Arc::new(self.store.clone())
    }

    fn sessions(&self) -> Arc<dyn Sessions> {
        Arc::new(self.store.clone())
    }

    fn sign_in_failures(&self) -> Arc<dyn SignInFailures> {
        Arc::new(self.store.clone())
    }

    fn api_keys(&self) -> Arc<dyn ApiKeys> {
        Arc::new(self.store.clone())
    }

    fn outbox(&self) -> Arc<dyn Outbox> {
        Arc::new(self.store.clone())
    }

    fn registry(&self) -> Arc<dyn Registry> {
        Arc::new(self.store.clone())
    }

    fn permissions(&self) -> Arc<dyn Permissions> {
        Arc::new(self.store.clone())
    }

    async fn dump_views(&self) -> String {
        self.store.dump_views().await.unwrap()
    }

    async fn rebuild_views(&self) {
        self.store.rebuild_views().await.unwrap();
    }

    async fn count_rows(&self) -> BTreeMap<String, u64> {
        let mut counts = BTreeMap::new();
        for table in self.tables().await {
            let count = self.number(&format!("SELECT count(*) FROM {table}")).await;
            counts.insert(table, u64::try_from(count).unwrap());
        }
        counts
    }

    async fn poison(&self, marker: &str) {
        self.on_event(marker, "SELECT RAISE(ABORT, 'poison')", "RAISE EXCEPTION 'poison'").await;
    }

    async fn commit_outcome_unknown(&self, took_effect: bool) {
        self.commits.fail_next(if took_effect { Outcome::LostAfter } else { Outcome::LostBefore });
    }
}
