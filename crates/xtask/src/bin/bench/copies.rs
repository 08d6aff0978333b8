//! A long history in little time: real envelopes, copied by the database itself with ids, positions and versions changed.

use anyhow::{Result, ensure};
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection, Row, SqliteConnection};
use xtask::step::announce;

use crate::seed::PERSON;

/// Rows in one transaction.
const CHUNK: u64 = 50_000;

/// What differs between the engines.
struct Dialect {
    /// A person's id from the number `p`.
    person: &'static str,
    text_of_body: &'static str,
    body_of_text: (&'static str, &'static str),
    /// What an engine does by and by after so many rows. `SQLite` has nothing of the kind: nobody takes statistics there.
    settle: &'static [&'static str],
}

const SQLITE: Dialect = Dialect {
    person: "printf('%012x', p)",
    text_of_body: "CAST(t.body AS TEXT)",
    body_of_text: ("CAST(", " AS BLOB)"),
    settle: &["PRAGMA wal_checkpoint(TRUNCATE)"],
};

const POSTGRES: Dialect = Dialect {
    person: "lpad(to_hex(p), 12, '0')",
    text_of_body: "convert_from(t.body, 'UTF8')",
    body_of_text: ("convert_to(", ", 'UTF8')"),
    settle: &["VACUUM ANALYZE", "CHECKPOINT"],
};

enum Connected {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
}

impl Connected {
    async fn to(url: &str) -> Result<Self> {
        Ok(if url.starts_with("sqlite:") {
            Self::Sqlite(SqliteConnection::connect(url).await?)
        } else {
            Self::Postgres(PgConnection::connect(url).await?)
        })
    }

    const fn dialect(&self) -> &'static Dialect {
        match self {
            Self::Sqlite(_) => &SQLITE,
            Self::Postgres(_) => &POSTGRES,
        }
    }

    async fn execute(&mut self, sql: String) -> Result<()> {
        match self {
            Self::Sqlite(connection) => connection.execute(AssertSqlSafe(sql)).await.map(|_| ())?,
            Self::Postgres(connection) => connection.execute(AssertSqlSafe(sql)).await.map(|_| ())?,
        }
        Ok(())
    }

    async fn number(&mut self, sql: &'static str) -> Result<u64> {
        let number: i64 = match self {
            Self::Sqlite(connection) => connection.fetch_one(sql).await?.try_get(0)?,
            Self::Postgres(connection) => connection.fetch_one(sql).await?.try_get(0)?,
        };
        Ok(u64::try_from(number)?)
    }

    async fn close(self) -> Result<()> {
        match self {
            Self::Sqlite(connection) => connection.close().await?,
            Self::Postgres(connection) => connection.close().await?,
        }
        Ok(())
    }
}

/// Gives each person `each` more events: a lock granted and taken away, over and over, everybody's in turn. Past
/// grants and clients come as if that had happened; what else is said of the person stays as it is, so nobody may be
/// serving.
///
/// `sample` is somebody whose events 2 and 3 are such a pair, and who has no others; the people have one event each.
pub(crate) async fn make(url: &str, sample: &str, people: u64, each: u64) -> Result<()> {
    ensure!(each.is_multiple_of(2), "events come in pairs");
    let mut database = Connected::to(url).await?;
    let dialect = database.dialect();
    let before = database.number("SELECT max(position) FROM events").await?;
    let total = people * each;
    for first in (0..total).step_by(usize::try_from(CHUNK)?) {
        let last = total.min(first + CHUNK);
        database.execute(copy(dialect, sample, people, before, first, last)).await?;
        if last.is_multiple_of(CHUNK * 5) || last == total {
            announce(format!("{last} of {total} events"));
        }
    }
    let clients = "INSERT INTO private_event_clients (first_position, last_position, address, user_agent) \
        SELECT position, position, '127.0.0.1', 'bench' FROM events";
    database.execute(format!("{clients} WHERE position > {before}")).await?;
    let found = database.number("SELECT count(*) FROM events").await?;
    let newest = database.number("SELECT max(position) FROM events").await?;
    ensure!(found == before + total && newest == found, "{found} events up to position {newest}");
    // Each of the pairs left a past grant.
    database.execute(past_grants(sample, before)).await?;
    let past = database.number("SELECT count(*) FROM view_past_grants").await?;
    ensure!(past == 1 + total / 2, "{past} past grants of {total} events");
    database.close().await
}

/// The rows a rebuild would make of the copied removals: those of the sample, but for person and version.
fn past_grants(sample: &str, before: u64) -> String {
    format!(
        "INSERT INTO view_past_grants (lock_id, removed_at, user_id, version, lock_name, access_level, granted_by, \
         valid_from, valid_until, granted_at) \
         WITH one AS MATERIALIZED (SELECT * FROM view_past_grants WHERE user_id = '{sample}') \
         SELECT one.lock_id, one.removed_at, e.aggregate_id, e.version, one.lock_name, one.access_level, \
         one.granted_by, one.valid_from, one.valid_until, one.granted_at \
         FROM one CROSS JOIN events e WHERE e.position > {before} AND e.name = 'AccessibleLockRemoved'"
    )
}

/// Has the engine do at once what it does by and by. To be done when everything is there: a plan made while a table was
/// empty is kept, and would be measured instead of the history.
pub(crate) async fn settle(url: &str) -> Result<()> {
    let mut database = Connected::to(url).await?;
    for statement in database.dialect().settle {
        database.execute((*statement).to_owned()).await?;
    }
    database.close().await
}

/// Event n of all: of person n % people, and so on round and round.
fn copy(dialect: &Dialect, sample: &str, people: u64, before: u64, first: u64, last: u64) -> String {
    let Dialect { person, text_of_body, body_of_text: (open, close), .. } = dialect;
    let (position, version, id) = (format!("({before} + 1 + n)"), "(2 + v)", format!("('{PERSON}' || {person})"));
    let replaced = [
        ("'\"position\":' || t.position || ','".to_owned(), format!("'\"position\":' || {position} || ','")),
        ("'\"version\":' || t.version || ','".to_owned(), format!("'\"version\":' || {version} || ','")),
        (format!("'{sample}'"), id.clone()),
    ];
    let body =
        replaced.iter().fold((*text_of_body).to_owned(), |text, (old, new)| format!("replace({text}, {old}, {new})"));
    format!(
        "INSERT INTO events (position, aggregate_type, aggregate_id, version, name, at, body) \
         WITH RECURSIVE numbers (n) AS \
         (SELECT CAST({first} AS BIGINT) UNION ALL SELECT n + 1 FROM numbers WHERE n + 1 < {last}), \
         places (n, p, v) AS (SELECT n, n % {people}, n / {people} FROM numbers) \
         SELECT {position}, t.aggregate_type, {id}, {version}, t.name, t.at, {open}{body}{close} \
         FROM places JOIN events t \
         ON t.aggregate_type = 'user' AND t.aggregate_id = '{sample}' AND t.version = 2 + v % 2 ORDER BY n"
    )
}
