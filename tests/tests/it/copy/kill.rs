//! A copy that is cut off in the middle leaves nothing, and the next one goes through.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use portcullis_tests::database::{self, Kind};
use portcullis_tests::server::World;
use sqlx::{Connection, Executor, PgConnection, SqliteConnection};

use super::SOON;

/// More rows than are copied while nobody looks.
const MANY: &str = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 60000) \
    INSERT INTO work_commits (id, at) SELECT printf('%032d', i), i FROM n";

/// Copies that are just writing these to Postgres.
const WRITING: &str = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() \
    AND application_name = 'portcullis copy' AND query LIKE 'INSERT INTO work_commits%'";

/// A world that nobody serves any more, with so much in it that a copy takes a while.
async fn full() -> Result<World> {
    let world = World::new(Kind::Sqlite).await?;
    world.start().await?.stop().await?;
    let mut source = SqliteConnection::connect(world.setting("DATABASE__URL")).await?;
    source.execute(MANY).await?;
    source.close().await?;
    Ok(world)
}

/// Kills a copy once it is in the middle.
async fn killed(world: &World, to: &str, begun: impl AsyncFn() -> Result<bool>) -> Result<()> {
    let from = world.setting("DATABASE__URL");
    let mut copy = world.spawn(&["copy", "--from", from, "--to", to])?;
    let deadline = Instant::now() + SOON;
    while !begun().await? {
        ensure!(copy.try_wait()?.is_none(), "the copy ended before it was killed");
        ensure!(Instant::now() < deadline, "the copy does not begin");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    copy.kill().await?;
    ensure!(copy.wait().await?.code().is_none(), "the copy ended by itself");
    Ok(())
}

async fn copied(world: &World, to: &str) -> Result<()> {
    let told = world.command(&["copy", "--from", world.setting("DATABASE__URL"), "--to", to]).await?.ok()?;
    ensure!(told.contains("verified"), "{told}");
    Ok(())
}

fn length(path: &Path) -> u64 {
    std::fs::metadata(path).map_or(0, |file| file.len())
}

#[tokio::test(flavor = "multi_thread")]
async fn sqlite_is_left_empty() -> Result<()> {
    let world = full().await?;
    let (file, log) = (world.folder().join("new.db"), world.folder().join("new.db-wal"));
    let to = format!("sqlite://{}", file.display());
    // Rows are on their way to the disk once the log is longer than the schema.
    killed(&world, &to, async || Ok(length(&log) > 2_000_000)).await?;
    let mut target = SqliteConnection::connect(&to).await?;
    let tables: i64 = sqlx::query_scalar("SELECT count(*) FROM sqlite_schema").fetch_one(&mut target).await?;
    target.close().await?;
    assert_eq!(tables, 0, "something is left");
    copied(&world, &to).await?;
    assert_eq!(
        database::places(Kind::Sqlite, &to).await?,
        database::places(Kind::Sqlite, world.setting("DATABASE__URL")).await?
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn postgres_is_left_empty() -> Result<()> {
    let world = full().await?;
    let to = database::make(Kind::Postgres, world.folder()).await?;
    let look = async |sql: &'static str| -> Result<i64> {
        let mut target = PgConnection::connect(&to).await?;
        let found = sqlx::query_scalar(sql).fetch_one(&mut target).await?;
        target.close().await?;
        Ok(found)
    };
    killed(&world, &to, async || Ok(look(WRITING).await? > 0)).await?;
    let tables = look("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").await?;
    assert_eq!(tables, 0, "something is left");
    copied(&world, &to).await?;
    assert_eq!(
        database::places(Kind::Postgres, &to).await?,
        database::places(Kind::Sqlite, world.setting("DATABASE__URL")).await?
    );
    Ok(())
}
