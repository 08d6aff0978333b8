//! Moving to another database.

mod kill;
mod life;
mod refusals;

use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use portcullis_tests::database::{self, Kind};
use portcullis_tests::server::World;
use serde_json::Value;

use self::life::Life;

/// Longest wait for what is to happen soon.
const SOON: Duration = Duration::from_secs(20);

/// Copies the world's database to an empty one, from which it is served from then on. Answers its address.
async fn moved(world: &mut World, to: &str) -> Result<Value> {
    let from = world.setting("DATABASE__URL").to_owned();
    // The address in the settings is nobody's business.
    world.set("DATABASE__URL", "sqlite://nowhere/at-all.db");
    let told = world.command(&["copy", "--from", &from, "--to", to, "--json"]).await?;
    ensure!(told.stderr.is_empty(), "{}", told.stderr);
    world.set("DATABASE__URL", to);
    Ok(serde_json::from_str(&told.ok()?)?)
}

#[track_caller]
fn assert_same(now: &[(String, Value)], before: &[(String, Value)]) {
    for ((path, now), (_, before)) in now.iter().zip(before) {
        assert_eq!(now, before, "{path}");
    }
    assert_eq!(now.len(), before.len());
}

/// To Postgres and back: nobody notices but by the address.
#[tokio::test(flavor = "multi_thread")]
async fn a_whole_life_moves_to_postgres_and_back() -> Result<()> {
    let mut world = World::new(Kind::Sqlite).await?;
    world.set("SMTP__URL", "smtp://127.0.0.1:9?tls=none");
    let server = world.start().await?;
    let life = Life::lived(&mut world).await?;
    let before = life.reads().await?;
    let waiting = before.iter().find(|(path, _)| path == "/admin/outbox").context("the outbox")?;
    ensure!(waiting.1["body"]["messages"][0]["state"] == "waiting", "nothing waits: {}", waiting.1);
    server.stop().await?;
    let embedded = world.setting("DATABASE__URL").to_owned();
    let history = database::places(Kind::Sqlite, &embedded).await?;

    let postgres = database::make(Kind::Postgres, world.folder()).await?;
    let told = moved(&mut world, &postgres).await?;
    assert_eq!((&told["verified"], told["events"].as_u64()), (&Value::Bool(true), Some(history.len() as u64)));
    assert_eq!(database::places(Kind::Postgres, &postgres).await?, history);
    assert_eq!(database::places(Kind::Sqlite, &embedded).await?, history, "the source is only read");

    // And mail leaves from there.
    world.set("SMTP__URL", format!("file://{}", world.folder().join("mail").display()));
    let server = world.start().await?;
    let there = life.reads().await?;
    let but_mail = |reads: &[(String, Value)]| -> Vec<_> {
        reads.iter().filter(|(path, _)| path != "/admin/outbox").cloned().collect()
    };
    assert_same(&but_mail(&there), &but_mail(&before));
    life.proves_herself().await?;
    life.repeats().await?;
    let deadline = Instant::now() + SOON;
    while world.mails()?.is_empty() {
        ensure!(Instant::now() < deadline, "the notice that waited did not leave");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let version = life.goes_on().await?["version"].as_i64();
    let longer = database::places(Kind::Postgres, &postgres).await?;
    assert_eq!((&longer[..history.len()], longer.len()), (&history[..], history.len() + 1));
    let last = &longer[history.len()];
    assert_eq!((last.position, Some(last.version)), (i64::try_from(longer.len())?, version));

    // While it serves it is not copied, and then it is.
    let back = format!("sqlite://{}", world.folder().join("back.db").display());
    let refused = world.command(&["copy", "--from", &postgres, "--to", &back]).await?;
    assert_eq!(refused.status, Some(2), "{}", refused.stderr);
    assert!(refused.stderr.contains("other processes use the source"), "{}", refused.stderr);
    assert!(!world.folder().join("back.db").exists());
    let before = life.reads().await?;
    server.stop().await?;
    moved(&mut world, &back).await?;
    assert_eq!(database::places(Kind::Sqlite, &back).await?, longer);
    let _server = world.start().await?;
    assert_same(&life.reads().await?, &before);
    life.repeats().await?;
    Ok(())
}
