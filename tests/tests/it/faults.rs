//! The database gone, and back again.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use portcullis_tests::database::Kind;
use portcullis_tests::server::{Address, World};
use serde_json::json;
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::time::{Instant, sleep};

const PERSON: &str = "0198a000-0000-7000-8000-000000000001";

/// A relay between the server and Postgres that can be cut.
struct Cable {
    address: String,
    plugged: watch::Sender<bool>,
}

impl Cable {
    async fn to(server: String) -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?.to_string();
        let (plugged, state) = watch::channel(true);
        tokio::spawn(async move {
            while let Ok((mut inner, _)) = listener.accept().await {
                let (server, mut state) = (server.clone(), state.clone());
                tokio::spawn(async move {
                    if !*state.borrow() {
                        return;
                    }
                    let Ok(mut outer) = TcpStream::connect(server).await else { return };
                    tokio::select! {
                        _ = copy_bidirectional(&mut inner, &mut outer) => {}
                        _ = state.wait_for(|plugged| !plugged) => {}
                    }
                });
            }
        });
        Ok(Self { address, plugged })
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_goes_away_costs_503_and_no_restart() -> Result<()> {
    let mut world = World::new(Kind::Postgres).await?;
    let url = world.setting("DATABASE__URL").to_owned();
    let (server, database) =
        url.split_once('@').and_then(|(_, rest)| rest.split_once('/')).context("a Postgres URL")?;
    let cable = Cable::to(server.to_owned()).await?;
    world.set("DATABASE__URL", format!("postgres://postgres@{}/{database}", cable.address));
    let metrics = Address::hold()?;
    world.set("METRICS__LISTEN", metrics.text());
    let _server = world.start().await?;
    let desk = world.super_api().await?;
    desk.post(&format!("/users/{PERSON}/CreateUser"), json!({"userId": PERSON})).await?.expect(201)?;
    database_is(&metrics, true).await?;

    cable.plugged.send(false)?;
    let lock = json!({"lockId": "a", "lockName": "A", "accessLevel": "USER", "grantedBy": "desk"});
    let path = format!("/users/{PERSON}/AddAccessibleLock");
    let refused = desk.post(&path, lock.clone()).await?;
    assert!(refused.headers.contains_key("retry-after"));
    let refused = refused.expect(503)?;
    assert_eq!(refused["code"], 503);
    desk.get("/readyz").await?.expect(503)?;
    desk.get("/healthz").await?.expect(200)?;
    database_is(&metrics, false).await?;

    cable.plugged.send(true)?;
    let deadline = Instant::now() + Duration::from_mins(1);
    loop {
        let answer = desk.post(&path, lock.clone()).await?;
        if answer.status != 503 {
            answer.expect(200)?;
            break;
        }
        ensure!(Instant::now() < deadline, "the server does not recover");
        sleep(Duration::from_millis(200)).await;
    }
    desk.get("/readyz").await?.expect(200)?;
    database_is(&metrics, true).await?;
    Ok(())
}

/// Waits until the metrics say so; each time they are read at once, whatever the database does.
async fn database_is(metrics: &Address, up: bool) -> Result<()> {
    let client = reqwest::Client::builder().timeout(Duration::from_secs(1)).build()?;
    let deadline = Instant::now() + Duration::from_secs(30);
    loop {
        let text = client.get(format!("http://{}/metrics", metrics.text())).send().await?.text().await?;
        let has = |part: &str| text.lines().any(|line| line.starts_with(part));
        let backlog = has("portcullis_outbox_messages{") && has("portcullis_outbox_oldest_age_seconds{");
        if has(&format!("portcullis_database_up {}", u8::from(up))) {
            ensure!(backlog == up, "the gauges of the outbox are not as the database is: {text}");
            return Ok(());
        }
        ensure!(Instant::now() < deadline, "the metrics do not tell that the database is {up}: {text}");
        sleep(Duration::from_millis(100)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_database_at_start_is_said_plainly() -> Result<()> {
    let mut world = World::new(Kind::Sqlite).await?;
    // A port that was free a moment ago: nobody listens there.
    let nobody = std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?;
    world.set("DATABASE__URL", format!("postgres://postgres:hunter2@{nobody}/portcullis"));
    let ended = world.command(&["serve"]).await?;
    assert_eq!(ended.status, Some(1), "{}", ended.stderr);
    assert!(ended.stderr.contains("database"), "{}", ended.stderr);
    assert!(!ended.stderr.contains("hunter2") && !ended.stdout.contains("hunter2"), "the password is shown");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn one_server_a_file() -> Result<()> {
    let world = World::new(Kind::Sqlite).await?;
    let _server = world.start().await?;
    let second = world.command(&["serve"]).await?;
    assert_eq!(second.status, Some(2), "{}", second.stderr);
    assert!(
        second.stderr.contains("another process") && second.stderr.contains("stop that process"),
        "{}",
        second.stderr
    );
    Ok(())
}
