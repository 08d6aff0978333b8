//! The same text for both engines.

/// The service's tables as far as a grant or a revoke writes them.
pub(super) const TABLES: [&str; 4] = [
    "CREATE TABLE events (position BIGINT PRIMARY KEY, aggregate_type TEXT NOT NULL, aggregate_id TEXT NOT NULL, \
     version BIGINT NOT NULL, name TEXT NOT NULL, at BIGINT NOT NULL, body BYTES NOT NULL, \
     UNIQUE (aggregate_type, aggregate_id, version))",
    "CREATE TABLE view_grants (user_id TEXT NOT NULL, lock_id TEXT NOT NULL, lock_name TEXT NOT NULL, \
     access_level TEXT NOT NULL, granted_by TEXT NOT NULL, valid_from BIGINT, valid_until BIGINT, \
     granted_at BIGINT NOT NULL, PRIMARY KEY (user_id, lock_id))",
    "CREATE TABLE view_past_grants (user_id TEXT NOT NULL, version BIGINT NOT NULL, lock_id TEXT NOT NULL, \
     removed_at BIGINT NOT NULL, PRIMARY KEY (lock_id, removed_at, user_id, version))",
    "CREATE TABLE work_commits (id TEXT PRIMARY KEY, at BIGINT NOT NULL)",
];

pub(super) const SEED: &str = "INSERT INTO view_grants (user_id, lock_id, lock_name, access_level, granted_by, granted_at) \
     WITH RECURSIVE grants (number) AS \
     (SELECT CAST($1 AS BIGINT) UNION ALL SELECT number + 1 FROM grants WHERE number + 1 < $2) \
     SELECT 'person-' || number, 'lock', 'Door', 'USER', 'bench', 1 FROM grants WHERE number < $2";

/// Every person of the lists has every lock of them.
pub(super) const SEED_LISTS: &str = "INSERT INTO view_grants \
     (user_id, lock_id, lock_name, access_level, granted_by, granted_at) \
     WITH RECURSIVE grants (number) AS \
     (SELECT CAST(0 AS BIGINT) UNION ALL SELECT number + 1 FROM grants WHERE number + 1 < CAST($1 AS BIGINT) * CAST($2 AS BIGINT)) \
     SELECT 'reader-' || (number % $1), 'lock-' || (number / $1), 'Door', 'USER', 'bench', number FROM grants";

pub(super) const EVENT: &str = "INSERT INTO events (position, aggregate_type, aggregate_id, version, name, at, body) \
     VALUES ($1, 'UserAggregate', $2, 1, 'AccessibleLockRemoved', 1, $3)";
pub(super) const PAST: &str = "INSERT INTO view_past_grants (user_id, version, lock_id, removed_at) \
     SELECT user_id, 1, lock_id, 1 FROM view_grants WHERE user_id = $1 AND lock_id = 'lock'";
pub(super) const ADD: &str = "INSERT INTO view_grants \
     (user_id, lock_id, lock_name, access_level, granted_by, granted_at) VALUES ($1, 'lock', 'Door', 'USER', 'bench', 1)";
pub(super) const REMOVE: &str = "DELETE FROM view_grants WHERE user_id = $1 AND lock_id = 'lock'";
pub(super) const COMMIT: &str = "INSERT INTO work_commits (id, at) VALUES ($1, 1)";

pub(super) const LIST: &str = "SELECT lock_id, lock_name, access_level, granted_by, valid_from, valid_until, granted_at \
     FROM view_grants WHERE user_id = $1 ORDER BY granted_at, lock_id";

/// As long as the envelope of a real event.
pub(super) const BODY: [u8; 480] = [b'x'; 480];

/// Where the numbers of new grants begin, far from those of grants to take away.
pub(super) const FIRST_ADDED: i64 = 1 << 40;

/// The loop over one engine. A macro, because sqlx's traits make the generic function longer than both copies.
macro_rules! bare_loop {
    ($pool:ty, $connection:ty, $begin:literal) => {
        pub(crate) struct Loop {
            pool: $pool,
            /// The next grant to take away, and the end of those made.
            next: AtomicI64,
            end: AtomicI64,
            /// The next grant to make.
            added: AtomicI64,
            /// How many lists there are to read.
            readers: AtomicI64,
        }

        impl Loop {
            fn over(pool: $pool) -> Self {
                let added = statements::FIRST_ADDED.into();
                Self { pool, next: 1.into(), end: 1.into(), added, readers: 1.into() }
            }

            pub(super) async fn seed(&self, count: i64) -> anyhow::Result<()> {
                let first = self.end.load(Ordering::Relaxed);
                self.next.store(first, Ordering::Relaxed);
                self.end.store(first + count, Ordering::Relaxed);
                sqlx::query(statements::SEED).bind(first).bind(first + count).execute(&self.pool).await?;
                Ok(())
            }

            pub(super) async fn seed_lists(&self, people: i64, each: i64) -> anyhow::Result<()> {
                self.readers.store(people.max(1), Ordering::Relaxed);
                sqlx::query(statements::SEED_LISTS).bind(people).bind(each).execute(&self.pool).await?;
                Ok(())
            }

            /// So many clients at once, each with so many commands in a transaction.
            pub(super) async fn run(
                self: &Arc<Self>,
                work: Work,
                clients: u32,
                each: u32,
                limit: Duration,
            ) -> anyhow::Result<Measured> {
                let start = Instant::now();
                let mut tasks = JoinSet::new();
                for _ in 0..clients {
                    tasks.spawn(Arc::clone(self).client(work, each, start + limit));
                }
                let mut done = 0;
                for client in tasks.join_all().await {
                    done += client?;
                }
                Ok(Measured { took: start.elapsed(), done, latencies: Vec::new() })
            }

            async fn client(self: Arc<Self>, work: Work, each: u32, until: Instant) -> anyhow::Result<u32> {
                let mut connection = self.pool.acquire().await?;
                let mut done = 0;
                while Instant::now() < until {
                    if work == Work::List {
                        let number = self.next.fetch_add(1, Ordering::Relaxed);
                        let person = format!("reader-{}", number % self.readers.load(Ordering::Relaxed));
                        sqlx::query(statements::LIST).bind(person).fetch_all(&mut *connection).await?;
                        done += 1;
                        continue;
                    }
                    let numbers = if work == Work::Grant { &self.added } else { &self.next };
                    let first = numbers.fetch_add(i64::from(each), Ordering::Relaxed);
                    if work == Work::Revoke && first + i64::from(each) > self.end.load(Ordering::Relaxed) {
                        break;
                    }
                    connection.execute($begin).await?;
                    for number in first..first + i64::from(each) {
                        command(&mut connection, work, number).await?;
                    }
                    connection.execute("COMMIT").await?;
                    done += each;
                }
                Ok(done)
            }
        }

        async fn command(connection: &mut $connection, work: Work, number: i64) -> sqlx::Result<()> {
            let person = format!("person-{number}");
            let event = sqlx::query(statements::EVENT).bind(number).bind(&person).bind(&statements::BODY[..]);
            event.execute(&mut *connection).await?;
            if work == Work::Grant {
                sqlx::query(statements::ADD).bind(&person).execute(&mut *connection).await?;
            } else {
                sqlx::query(statements::PAST).bind(&person).execute(&mut *connection).await?;
                sqlx::query(statements::REMOVE).bind(&person).execute(&mut *connection).await?;
            }
            sqlx::query(statements::COMMIT).bind(&person).execute(&mut *connection).await?;
            Ok(())
        }
    };
}
pub(super) use bare_loop;
