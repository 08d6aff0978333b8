//! What Prometheus reads.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use portcullis_tests::client::{Api, Credentials, totp};
use portcullis_tests::database::Kind;
use portcullis_tests::script;
use portcullis_tests::server::{ADMIN_PASSWORD, Address, World};
use serde_json::{Value, json};
use sqlx::{Connection, Executor, SqliteConnection};
use threedeye_sim::{Fault, Misbehaviour, Operation};
use tokio::task::JoinSet;

const PERSON: &str = "0198a000-0000-7000-8000-000000000001";
const EMAIL: &str = "ada@residents.example";
const PASSWORD: &str = "a password for Ada";
/// Longest wait for what is to happen soon.
const SOON: Duration = Duration::from_secs(20);
/// Grants asked for at once, so that some find that others were faster.
const CROWD: usize = 24;

async fn read(listen: &Address) -> Result<String> {
    let client = reqwest::Client::builder().timeout(Duration::from_secs(5)).build()?;
    Ok(client.get(format!("http://{}/metrics", listen.text())).send().await?.error_for_status()?.text().await?)
}

/// Waits until all of these lines are told.
async fn told(listen: &Address, lines: &[&str]) -> Result<()> {
    let deadline = Instant::now() + SOON;
    loop {
        let text = read(listen).await?;
        let missing = lines.iter().find(|line| !text.lines().any(|known| known == **line));
        let Some(missing) = missing else { return Ok(()) };
        ensure!(Instant::now() < deadline, "{missing} is not in\n{text}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

/// Signs in and sets a second factor up; answers the session and its backup codes.
async fn enrolled(nobody: &Api, user: &str, password: &str) -> Result<(Api, Vec<String>)> {
    let session = nobody.sign_in(user, password, None).await?;
    let begun = session.method("2fa:enable", json!([])).await?;
    let secret = begun["result"]["secret"].as_str().context("a secret")?.to_owned();
    let confirmed = session.method("2fa:validateTempToken", json!([totp(&secret, 0)?])).await?;
    let codes = confirmed["result"]["codes"].as_array().context("backup codes")?;
    Ok((session, codes.iter().filter_map(|code| code.as_str().map(str::to_owned)).collect()))
}

/// Many grants of one person at once; answers how many were made and how many were told to try again.
async fn crowd(desk: &Api) -> Result<(u64, u64)> {
    let mut grants = JoinSet::new();
    for number in 0..CROWD {
        let desk = desk.clone();
        let grant =
            json!({"lockId": format!("door-{number}"), "lockName": "Door", "accessLevel": "USER", "grantedBy": "desk"});
        grants.spawn(async move { desk.post(&format!("/users/{PERSON}/AddAccessibleLock"), grant).await });
    }
    let (mut made, mut refused) = (0, 0);
    for answer in grants.join_all().await {
        match answer?.status.as_u16() {
            200 => made += 1,
            409 => refused += 1,
            other => anyhow::bail!("{other} to a grant"),
        }
    }
    Ok((made, refused))
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_counted_is_what_was_done() -> Result<()> {
    let mut world = World::new(Kind::Sqlite).await?;
    let listen = Address::hold()?;
    world.set("METRICS__LISTEN", listen.text());
    let server = world.start().await?;
    let (desk, staff, nobody) = (world.super_api().await?, world.staff_api().await?, world.api(Credentials::None)?);

    // Locks: one taken away, one that is not there, one on a version that is over, and a crowd.
    let person = json!({"userId": PERSON, "email": EMAIL, "firstName": "Ada"});
    desk.post(&format!("/users/{PERSON}/CreateUser"), person).await?.expect(201)?;
    desk.post("/locks/garage/CreateLock", json!({"name": "Garage"})).await?.expect(201)?;
    let grant = json!({"lockId": "garage", "lockName": "Garage", "accessLevel": "USER", "grantedBy": "desk"});
    desk.post(&format!("/users/{PERSON}/AddAccessibleLock"), grant).await?.expect(200)?;
    let path = format!("/users/{PERSON}/RemoveAccessibleLock");
    let removal = || json!({"lockId": "garage", "removedBy": "front desk", "reason": "moved out"});
    desk.post_with(&path, removal(), &[("If-Match", "\"1\"")]).await?.expect(412)?;
    desk.post(&path, removal()).await?.expect(200)?;
    desk.post(&path, removal()).await?.expect(400)?;
    let (made, refused) = crowd(&desk).await?;

    // A camera account, at the second try.
    world.sim().state().inject(Fault::before(Operation::CreateUser, Misbehaviour::status(503)).times(1))?;
    let credentials = format!("/users/{PERSON}/3deye-credentials");
    desk.get(&credentials).await?.expect(502)?;
    desk.get(&credentials).await?.expect(200)?;
    let switches = json!({"clearMapping": true, "deleteRemote": true, "reprovision": true});
    staff.post(&format!("/admin/threedeye/users/{PERSON}/reset"), switches).await?.expect(200)?;

    // A second factor cleared, with the mail that tells of it.
    let (admin, codes) = enrolled(&nobody, "admin", ADMIN_PASSWORD).await?;
    let account = json!({"username": "bob", "name": "Bob", "email": "bob@residents.example", "password": PASSWORD, "verified": true});
    admin.post("/api/v1/users.create", account).await?.expect(200)?;
    enrolled(&nobody, "bob", PASSWORD).await?;
    nobody.post("/api/v1/login", json!({"user": "bob", "password": PASSWORD})).await?.expect(401)?;
    nobody.post("/api/v1/login", json!({"user": "bob", "password": "wrong"})).await?.expect(401)?;
    let reset = json!({"username": "bob"});
    admin.post("/api/v1/users.resetTOTP", reset.clone()).await?.expect(400)?;
    let with = [("x-2fa-method", "totp"), ("x-2fa-code", codes[0].as_str())];
    admin.post_with("/api/v1/users.resetTOTP", reset, &with).await?.expect(200)?;
    told(&listen, &["portcullis_outbox_deliveries_total{outcome=\"delivered\"} 1"]).await?;

    // What is nothing of ours.
    nobody.get(&format!("/nothing/of/{PERSON}")).await?.expect(404)?;
    desk.get(&path).await?.expect(405)?;
    told(&listen, &["portcullis_database_up 1", "portcullis_outbox_messages{state=\"waiting\"} 0"]).await?;

    let requests = "portcullis_http_requests_total";
    let of = |method: &str, route: &str, status: u16| json!({"method": method, "route": route, "status": status.to_string()});
    let equal = json!([
        [requests, of("POST", "/users/{id}/CreateUser", 201), 1],
        [requests, of("POST", "/users/{id}/RemoveAccessibleLock", 200), 1],
        [requests, of("POST", "/users/{id}/RemoveAccessibleLock", 400), 1],
        [requests, of("POST", "/users/{id}/RemoveAccessibleLock", 412), 1],
        [requests, of("POST", "/users/{id}/AddAccessibleLock", 200), made + 1],
        [requests, json!({"route": "/users/{id}/AddAccessibleLock"}), made + refused + 1],
        [requests, of("GET", "/users/{id}/3deye-credentials", 502), 1],
        [requests, of("GET", "/users/{id}/3deye-credentials", 200), 1],
        [requests, of("POST", "/admin/threedeye/users/{userId}/reset", 200), 1],
        [requests, of("POST", "/api/v1/users.resetTOTP", 400), 1],
        [requests, of("POST", "/api/v1/users.resetTOTP", 200), 1],
        [requests, of("POST", "/api/v1/login", 401), 2],
        [requests, of("GET", "(none)", 404), 1],
        [requests, of("GET", "(none)", 405), 1],
        ["portcullis_http_request_duration_seconds_count", {"route": "/users/{id}/RemoveAccessibleLock"}, 3],
        ["portcullis_http_requests_in_flight", {}, 0],
        ["portcullis_sign_ins_total", {"outcome": "ok"}, 2],
        ["portcullis_sign_ins_total", {"outcome": "wrong"}, 1],
        ["portcullis_sign_ins_total", {"outcome": "factor_asked"}, 1],
        ["portcullis_store_commits_total", {"outcome": "failed"}, 0],
        ["portcullis_store_transactions_total", {"outcome": "failed"}, 0],
        ["portcullis_outbox_deliveries_total", {}, 1],
        ["portcullis_outbox_messages", {}, 0],
        ["portcullis_outbox_oldest_age_seconds", {}, 0],
        ["portcullis_threedeye_calls_total", {"operation": "create_user", "outcome": "unavailable"}, 1],
        ["portcullis_threedeye_calls_total", {"operation": "create_user", "outcome": "ok"}, 2],
        ["portcullis_threedeye_calls_total", {"operation": "delete_user", "outcome": "ok"}, 1],
        ["portcullis_threedeye_call_duration_seconds_count", {"operation": "create_user"}, 3],
        ["portcullis_job_runs_total", {"outcome": "failed"}, 0],
        ["portcullis_build_info", {}, 1],
    ]);
    let at_least = json!([
        ["portcullis_store_commits_total", {"outcome": "ok"}, made + 10],
        ["portcullis_store_commits_total", {"outcome": "conflict"}, 1],
        ["portcullis_store_connections", {"pool": "write"}, 1],
        ["portcullis_job_runs_total", {"job": "sweep_expired", "outcome": "ok"}, 1],
        ["portcullis_job_last_success_timestamp_seconds", {"job": "look_at_database"}, 1_700_000_000],
        ["process_start_time_seconds", {}, 1_700_000_000],
    ]);
    let secret = [PERSON, EMAIL, "garage", "bob", PASSWORD];
    let url = format!("http://{}/metrics", listen.text());
    let known = json!({"url": url, "equal": equal, "atLeast": at_least, "secret": secret});
    print!("{}", script::python("metrics.py", &known).await?);

    // It serves nothing else, and the service itself asks for credentials.
    assert_eq!(reqwest::get(url.replace("/metrics", "/healthz")).await?.status(), 404);
    nobody.get("/metrics").await?.expect(401)?;
    assert_eq!(server.stop().await?.0, Some(0));
    ensure!(read(&listen).await.is_err(), "it still listens");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn mail_that_does_not_leave_shows() -> Result<()> {
    let mut world = World::new(Kind::Sqlite).await?;
    let listen = Address::hold()?;
    world.set("METRICS__LISTEN", listen.text());
    let away = Address::hold()?;
    world.set("SMTP__URL", format!("smtp://{}?tls=none", away.text()));
    let _server = world.start().await?;
    let nobody = world.api(Credentials::None)?;
    let (admin, codes) = enrolled(&nobody, "admin", ADMIN_PASSWORD).await?;
    let account = json!({"username": "ada", "name": "Ada", "email": EMAIL, "password": PASSWORD, "verified": true});
    admin.post("/api/v1/users.create", account).await?.expect(200)?;
    enrolled(&nobody, "ada", PASSWORD).await?;
    let with = [("x-2fa-method", "totp"), ("x-2fa-code", codes[0].as_str())];
    admin.post_with("/api/v1/users.resetTOTP", json!({"username": "ada"}), &with).await?.expect(200)?;
    let put_off = "portcullis_outbox_deliveries_total{outcome=\"put_off\"} 1";
    // One after the other: a few seconds later there is a second try, and the database is not looked at that often.
    told(&listen, &[put_off]).await?;
    told(&listen, &["portcullis_outbox_messages{state=\"waiting\"} 1"]).await?;
    let age = |text: &str| {
        let line = text.lines().find(|line| line.starts_with("portcullis_outbox_oldest_age_seconds{"));
        line.and_then(|line| line.rsplit_once(' ')?.1.parse::<f64>().ok()).context("an age")
    };
    let first = age(&read(&listen).await?)?;
    let deadline = Instant::now() + SOON;
    while age(&read(&listen).await?)? < first + 4.0 {
        ensure!(Instant::now() < deadline, "it does not get older than {first} s");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    let waits: Value = world.staff_api().await?.get("/admin/outbox?state=waiting").await?.expect(200)?;
    assert_eq!(waits["messages"].as_array().map(Vec::len), Some(1), "{waits}");
    Ok(())
}

/// The database can be read, and some of it cannot be written.
#[tokio::test(flavor = "multi_thread")]
async fn work_that_cannot_be_written_down_shows() -> Result<()> {
    const STUCK: &str = "CREATE TRIGGER no_delivery BEFORE UPDATE ON work_outbox BEGIN SELECT RAISE(ABORT, 'no'); END; \
        CREATE TRIGGER no_key_use BEFORE INSERT ON work_key_use BEGIN SELECT RAISE(ABORT, 'no'); END";
    let mut world = World::new(Kind::Sqlite).await?;
    let listen = Address::hold()?;
    world.set("METRICS__LISTEN", listen.text());
    // It makes the tables.
    let desk = world.super_api().await?;
    let mut database = SqliteConnection::connect(world.setting("DATABASE__URL")).await?;
    database.execute(STUCK).await?;
    database.close().await?;
    let server = world.start().await?;
    desk.post("/locks/garage/CreateLock", json!({"name": "Garage"})).await?.expect(201)?;
    let nobody = world.api(Credentials::None)?;
    let (admin, codes) = enrolled(&nobody, "admin", ADMIN_PASSWORD).await?;
    let account = json!({"username": "ada", "name": "Ada", "email": EMAIL, "password": PASSWORD, "verified": true});
    admin.post("/api/v1/users.create", account).await?.expect(200)?;
    enrolled(&nobody, "ada", PASSWORD).await?;
    let with = [("x-2fa-method", "totp"), ("x-2fa-code", codes[0].as_str())];
    admin.post_with("/api/v1/users.resetTOTP", json!({"username": "ada"}), &with).await?.expect(200)?;
    told(&listen, &["portcullis_outbox_messages{state=\"waiting\"} 1"]).await?;
    let failed = async || {
        let text = read(&listen).await?;
        let line =
            text.lines().find(|line| line.starts_with("portcullis_job_runs_total{job=\"deliver\",outcome=\"failed\"}"));
        line.and_then(|line| line.rsplit_once(' ')?.1.parse::<u64>().ok()).context("runs that failed")
    };
    let deadline = Instant::now() + SOON;
    while failed().await? == 0 {
        ensure!(Instant::now() < deadline, "no delivery is told to have failed");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    let (status, log) = server.stop().await?;
    assert_eq!(status, Some(0));
    let lost = log.lines().find(|line| line.contains("which keys were used in the last minute is lost"));
    ensure!(lost.context("the loss is told")?.contains("request_id=job_"), "{lost:?}");
    Ok(())
}
