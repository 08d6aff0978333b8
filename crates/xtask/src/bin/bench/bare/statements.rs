//! The same text for both engines.

/// The service's tables as far as a revoke writes them.
pub(super) const TABLES: [&str; 5] = [
    "CREATE TABLE events (position BIGINT PRIMARY KEY, aggregate_type TEXT NOT NULL, aggregate_id TEXT NOT NULL, \
     version BIGINT NOT NULL, name TEXT NOT NULL, at BIGINT NOT NULL, body BYTES NOT NULL, \
     UNIQUE (aggregate_type, aggregate_id, version))",
    "CREATE TABLE view_grants (user_id TEXT NOT NULL, lock_id TEXT NOT NULL, PRIMARY KEY (user_id, lock_id))",
    "CREATE TABLE view_past_grants (user_id TEXT NOT NULL, version BIGINT NOT NULL, lock_id TEXT NOT NULL, \
     removed_at BIGINT NOT NULL, PRIMARY KEY (user_id, version))",
    "CREATE INDEX view_past_grants_by_lock ON view_past_grants (lock_id, removed_at)",
    "CREATE TABLE work_commits (id TEXT PRIMARY KEY, at BIGINT NOT NULL)",
];

pub(super) const SEED: &str = "INSERT INTO view_grants (user_id, lock_id) \
     WITH RECURSIVE grants (number) AS \
     (SELECT CAST($1 AS BIGINT) UNION ALL SELECT number + 1 FROM grants WHERE number + 1 < $2) \
     SELECT 'person-' || number, 'lock' FROM grants";

pub(super) const EVENT: &str = "INSERT INTO events (position, aggregate_type, aggregate_id, version, name, at, body) \
     VALUES ($1, 'UserAggregate', $2, 1, 'AccessibleLockRemoved', 1, $3)";
pub(super) const PAST: &str = "INSERT INTO view_past_grants (user_id, version, lock_id, removed_at) \
     SELECT user_id, 1, lock_id, 1 FROM view_grants WHERE user_id = $1 AND lock_id = 'lock'";
pub(super) const GRANT: &str = "DELETE FROM view_grants WHERE user_id = $1 AND lock_id = 'lock'";
pub(super) const COMMIT: &str = "INSERT INTO work_commits (id, at) VALUES ($1, 1)";

/// As long as the envelope of a real event.
pub(super) const BODY: [u8; 480] = [b'x'; 480];

/// The loop over one engine. A macro, because sqlx's traits make the generic function longer than both copies.
macro_rules! bare_loop {
    ($pool:ty, $connection:ty, $begin:literal) => {
        pub(crate) struct Loop {
            pool: $pool,
            /// The next grant to take away, and the end of those made.
            next: AtomicI64,
            end: AtomicI64,
        }

        impl Loop {
            fn over(pool: $pool) -> Self {
                Self { pool, next: 1.into(), end: 1.into() }
            }

            pub(super) async fn seed(&self, count: i64) -> anyhow::Result<()> {
                let first = self.end.load(Ordering::Relaxed);
                self.next.store(first, Ordering::Relaxed);
                self.end.store(first + count, Ordering::Relaxed);
                sqlx::query(statements::SEED).bind(first).bind(first + count).execute(&self.pool).await?;
                Ok(())
            }

            /// So many clients at once, each with so many revokes in a transaction.
            pub(super) async fn run(
                self: &Arc<Self>,
                clients: u32,
                each: u32,
                limit: Duration,
            ) -> anyhow::Result<Measured> {
                let start = Instant::now();
                let mut tasks = JoinSet::new();
                for _ in 0..clients {
                    tasks.spawn(Arc::clone(self).client(each, start + limit));
                }
                let mut revokes = 0;
                for done in tasks.join_all().await {
                    revokes += done?;
                }
                Ok(Measured { took: start.elapsed(), revokes, latencies: Vec::new() })
            }

            async fn client(self: Arc<Self>, each: u32, until: Instant) -> anyhow::Result<u32> {
                let mut connection = self.pool.acquire().await?;
                let mut done = 0;
                while Instant::now() < until {
                    let first = self.next.fetch_add(i64::from(each), Ordering::Relaxed);
                    if first + i64::from(each) > self.end.load(Ordering::Relaxed) {
                        break;
                    }
                    connection.execute($begin).await?;
                    for number in first..first + i64::from(each) {
                        revoke(&mut connection, number).await?;
                    }
                    connection.execute("COMMIT").await?;
                    done += each;
                }
                Ok(done)
            }
        }

        async fn revoke(connection: &mut $connection, number: i64) -> sqlx::Result<()> {
            let person = format!("person-{number}");
            let event = sqlx::query(statements::EVENT).bind(number).bind(&person).bind(&statements::BODY[..]);
            event.execute(&mut *connection).await?;
            sqlx::query(statements::PAST).bind(&person).execute(&mut *connection).await?;
            sqlx::query(statements::GRANT).bind(&person).execute(&mut *connection).await?;
            sqlx::query(statements::COMMIT).bind(&person).execute(&mut *connection).await?;
            Ok(())
        }
    };
}
pub(super) use bare_loop;
