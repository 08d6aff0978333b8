//! How many revokes a second the committer writes for 64 callers at once, against the same statements with a
//! transaction for each: `cargo run --release --example revokes -- sqlite://bench.db` (or a Postgres address).
//!
//! A second argument says how many revokes each caller makes. Makes its own rows; take a database that is there for nothing else.

use std::sync::Arc;
use std::time::{Duration, Instant};

use portcullis_adapters::clock::SystemClock;
use portcullis_adapters::entropy::SystemEntropy;
use portcullis_adapters::seal::{MasterKey, Sealer};
use portcullis_adapters::store::{DatabaseOptions, SeaStore};
use portcullis_domain::access::{RemoveAccess, remove};
use portcullis_domain::clock::Clock;
use portcullis_domain::event::Version;
use portcullis_domain::ids::{LockId, UserId};
use portcullis_domain::port::LockAccess;
use portcullis_testkit::build::{a_commit, a_lock, a_person, a_user_id, free, granted, removed};
use sea_orm::{
    ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DbBackend, SqliteTransactionMode, Statement,
    TransactionOptions, TransactionTrait,
};

type Failure = Box<dyn std::error::Error + Send + Sync>;

const CALLERS: usize = 64;

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let url = std::env::args().nth(1).ok_or("give the address of a database")?;
    let each = std::env::args().nth(2).map_or(Ok(60), |count| count.parse())?;
    let entropy = Arc::new(SystemEntropy);
    let sealer = Arc::new(Sealer::new(&[MasterKey::new([1; 32])], entropy)?);
    let store = SeaStore::open(&DatabaseOptions::new(&url), sealer, Arc::new(SystemClock)).await?;
    store.migrate().await?;
    let lock = a_lock().id(LockId::parse(a_user_id().to_string())?).put(&store).await;

    let people = grants(&store, &lock, CALLERS * each).await?;
    let started = Instant::now();
    let callers: Vec<_> = people
        .chunks(each)
        .map(|people| {
            let (store, lock, people) = (store.clone(), lock.clone(), people.to_vec());
            tokio::spawn(async move {
                for user in people {
                    revoke(&store, user, &lock).await?;
                }
                Ok::<_, Failure>(())
            })
        })
        .collect();
    for caller in callers {
        caller.await??;
    }
    let shared = rate(people.len(), started.elapsed());

    let people = grants(&store, &lock, CALLERS * each).await?;
    let bare = Database::connect(ConnectOptions::new(&url).max_connections(8).sqlx_logging(false).to_owned()).await?;
    // SQLite has one writer whatever is done; Postgres gets its eight clients.
    let clients = if bare.get_database_backend() == DbBackend::Sqlite { 1 } else { 8 };
    if clients == 1 {
        bare.execute_unprepared("PRAGMA synchronous = FULL").await?;
    }
    let started = Instant::now();
    let callers: Vec<_> = people
        .chunks(people.len().div_ceil(clients))
        .map(|people| {
            let (bare, lock, people) = (bare.clone(), lock.clone(), people.to_vec());
            tokio::spawn(async move {
                for user in people {
                    revoke_alone(&bare, user, &lock).await?;
                }
                Ok::<_, Failure>(())
            })
        })
        .collect();
    for caller in callers {
        caller.await??;
    }
    let alone = rate(people.len(), started.elapsed());
    println!("shared transactions: {shared:.0}/s, each its own: {alone:.0}/s, ratio {:.1}", shared / alone);
    store.close().await;
    Ok(())
}

#[expect(clippy::cast_precision_loss, reason = "a few thousand")]
fn rate(count: usize, took: Duration) -> f64 {
    count as f64 / took.as_secs_f64()
}

/// People who have the lock.
async fn grants(store: &SeaStore, lock: &LockId, count: usize) -> Result<Vec<UserId>, Failure> {
    let mut making = Vec::new();
    for _ in 0..count {
        let (store, lock, user) = (store.clone(), lock.clone(), UserId::new(SystemClock.now(), &SystemEntropy));
        making.push(tokio::spawn(async move {
            a_person().id(user).commit().id(id()).commit(&store).await?;
            granted(user, &lock).commit(Version::new(1)).id(id()).commit(&store).await?;
            Ok::<_, Failure>(user)
        }));
        if making.len() % 500 == 0
            && let Some(last) = making.last_mut()
        {
            last.await??;
            making.pop();
        }
    }
    let mut people = Vec::new();
    for person in making {
        people.push(person.await??);
    }
    Ok(people)
}

fn id() -> portcullis_domain::ids::CommitId {
    portcullis_domain::ids::CommitId::new(SystemClock.now(), &SystemEntropy)
}

/// As the use case does it: read, decide, commit.
async fn revoke(store: &SeaStore, user: UserId, lock: &LockId) -> Result<(), Failure> {
    let situation = store.situation(user, lock).await?;
    let command =
        RemoveAccess { user, lock: lock.clone(), removed_by: free("the benchmark"), reason: free("moved out") };
    let now = SystemClock.now();
    let mut commit =
        a_commit().id(id()).at(now).on(user, situation.person.map_or(Version::NONE, |person| person.version));
    for event in remove(&command, situation.grant.as_ref(), now)? {
        commit = commit.event(event);
    }
    Ok(commit.commit(store).await?)
}

/// The same rows by hand, one after the other.
async fn revoke_alone(bare: &DatabaseConnection, user: UserId, lock: &LockId) -> Result<(), Failure> {
    let backend = bare.get_database_backend();
    let options = TransactionOptions {
        sqlite_transaction_mode: (backend == DbBackend::Sqlite).then_some(SqliteTransactionMode::Immediate),
        ..TransactionOptions::default()
    };
    let transaction = bare.begin_with_options(options).await?;
    if backend == DbBackend::Postgres {
        transaction.execute_unprepared("SELECT pg_advisory_xact_lock(1)").await?;
    }
    let run = |sql, values| Statement::from_sql_and_values(backend, sql, values);
    let sql = "SELECT (SELECT max(position) FROM events) AS position, (SELECT max(version) FROM events \
        WHERE aggregate_type = 'user' AND aggregate_id = $1) AS version";
    let row = transaction.query_one_raw(run(sql, vec![user.to_string().into()])).await?.ok_or("no answer")?;
    let (position, version): (i64, i64) = (row.try_get("", "position")?, row.try_get("", "version")?);
    let at = SystemClock.now().unix_micros();
    let commit = a_commit().on(user, Version::new(version.unsigned_abs())).event(removed(user, lock)).build();
    let after = portcullis_domain::event::Position::new(position.unsigned_abs());
    let body = commit.envelopes(after).first().ok_or("one event")?.to_bytes();
    let sql = "INSERT INTO events (position, aggregate_type, aggregate_id, version, name, at, body) \
        VALUES ($1, 'user', $2, $3, 'AccessibleLockRemoved', $4, $5)";
    let values = vec![(position + 1).into(), user.to_string().into(), (version + 1).into(), at.into(), body.into()];
    transaction.execute_raw(run(sql, values)).await?;
    let sql = "INSERT INTO view_past_grants (user_id, version, lock_id, lock_name, access_level, granted_by, valid_from, \
        valid_until, granted_at, removed_at) SELECT user_id, $3, lock_id, lock_name, access_level, granted_by, \
        valid_from, valid_until, granted_at, $4 FROM view_grants WHERE user_id = $1 AND lock_id = $2";
    let values = vec![user.to_string().into(), lock.as_str().into(), (version + 1).into(), at.into()];
    transaction.execute_raw(run(sql, values)).await?;
    let sql = "DELETE FROM view_grants WHERE user_id = $1 AND lock_id = $2";
    transaction.execute_raw(run(sql, vec![user.to_string().into(), lock.as_str().into()])).await?;
    let sql = "INSERT INTO private_event_clients (first_position, last_position, address, user_agent) \
        VALUES ($1, $1, '192.0.2.7', 'testkit')";
    transaction.execute_raw(run(sql, vec![(position + 1).into()])).await?;
    let sql = "INSERT INTO work_commits (id, at) VALUES ($1, $2)";
    transaction.execute_raw(run(sql, vec![id().to_string().into(), at.into()])).await?;
    Ok(transaction.commit().await?)
}
