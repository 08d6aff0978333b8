//! The command line.

use std::collections::BTreeMap;
use std::os::unix::fs::PermissionsExt;

use anyhow::{Context, Result};
use portcullis_tests::cli;
use portcullis_tests::client::{Credentials, sha256, totp};
use portcullis_tests::database::Kind;
use portcullis_tests::server::{ADMIN_PASSWORD, World};
use serde_json::{Value, json};
use sqlx::{Connection, Executor, SqliteConnection};
use tempfile::TempDir;

crate::on_each_database!(the_way_back_in, the_way_in_when_no_mail_comes, a_start_tells_the_database);

#[tokio::test(flavor = "multi_thread")]
async fn the_demo_does_the_three_operations() -> Result<()> {
    let folder = TempDir::new()?;
    let printed = cli::run(folder.path(), &BTreeMap::new(), &["demo", "--once"]).await?.ok()?;
    for told in
        ["RemoveAccessibleLock", "/reset", "users.resetTOTP", "AccessibleLockRemoved", "ThreeDEyeReset", "TotpReset"]
    {
        assert!(printed.contains(told), "the demo does not show {told}:\n{printed}");
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn views_are_made_anew_when_asked() -> Result<()> {
    let folder = TempDir::new()?;
    let run = async |arguments: &[&str]| cli::run(folder.path(), &BTreeMap::new(), arguments).await?.ok();
    let tenants = ["tenant", "list", "--json"];
    let owner = ["--owner-email", "olive@acme.example"];
    run(&[&["tenant", "register", "--org", "acme", "--name", "Acme Ltd"], owner.as_slice()].concat()).await?;
    let before = run(&tenants).await?;
    assert!(before.contains("acme"), "{before}");
    // As an older process leaves it that knows nothing of a view.
    let url = format!("sqlite://{}", folder.path().join("portcullis.db").display());
    let mut database = SqliteConnection::connect(&url).await?;
    database.execute("DELETE FROM view_tenants").await?;
    database.close().await?;
    run(&["migrate"]).await?;
    assert!(!run(&tenants).await?.contains("acme"), "a migration that has nothing to do fills no view");
    run(&["migrate", "--rebuild-views"]).await?;
    assert_eq!(run(&tenants).await?, before);
    let help = run(&["migrate", "--help"]).await?;
    assert!(help.contains("Stop every process of an older release first"), "{help}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn serving_needs_no_setting() -> Result<()> {
    let folder = TempDir::new()?;
    let free = std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?.to_string();
    let environment = BTreeMap::from([("PORTCULLIS__HTTP__LISTEN".to_owned(), free)]);
    let mut child = cli::command(folder.path(), &environment, &["serve"])?.spawn()?;
    let stdout = child.stdout.take().context("standard output is piped")?;
    let mut lines = tokio::io::AsyncBufReadExt::lines(tokio::io::BufReader::new(stdout));
    while let Some(line) = lines.next_line().await? {
        if line.contains("listening on http") {
            break;
        }
    }
    assert!(folder.path().join("portcullis.db").exists());
    let mode = std::fs::metadata(folder.path().join("admin-password"))?.permissions().mode();
    assert_eq!(mode & 0o777, 0o600, "the generated password can be read by others");
    child.kill().await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn all_faults_of_a_configuration_are_told_at_once() -> Result<()> {
    let folder = TempDir::new()?;
    let environment = BTreeMap::from([
        ("PORTCULLIS__HTTP__LISTEN".to_owned(), "nowhere".to_owned()),
        ("PORTCULLIS__HTTP__LISTENN".to_owned(), "127.0.0.1:1".to_owned()),
        ("PORTCULLIS__AUTH__JWT__HS256_SECRET".to_owned(), "hunter2".to_owned()),
    ]);
    let ended = cli::run(folder.path(), &environment, &["serve"]).await?;
    assert_eq!(ended.status, Some(2), "{}", ended.stderr);
    for key in ["http.listen", "listenn", "auth.jwt.hs256_secret"] {
        assert!(ended.stderr.contains(key), "{key} is not named: {}", ended.stderr);
    }
    assert!(!ended.stderr.contains("hunter2"), "a secret is shown: {}", ended.stderr);
    Ok(())
}

/// A schema of another release stops a command before it does anything, with what to do.
#[tokio::test(flavor = "multi_thread")]
async fn another_schema_is_told_with_what_to_do() -> Result<()> {
    let folder = TempDir::new()?;
    let run = async |arguments: &[&str]| cli::run(folder.path(), &BTreeMap::new(), arguments).await;
    let told: Value = serde_json::from_str(&run(&["migrate", "--json"]).await?.ok()?)?;
    let version = told["schemaVersion"].as_i64().context("a version")?;
    let url = format!("sqlite://{}", folder.path().join("portcullis.db").display());
    for (change, error, next) in [
        (format!("INSERT INTO schema_versions VALUES ({}, 0)", version + 1), "by a newer release", "use the release"),
        (format!("DELETE FROM schema_versions WHERE version >= {version}"), "an older schema", "`portcullis migrate`"),
    ] {
        let mut database = SqliteConnection::connect(&url).await?;
        database.execute(sqlx::AssertSqlSafe(change)).await?;
        database.close().await?;
        let ended = run(&["tenant", "list"]).await?;
        assert_eq!(ended.status, Some(2), "{}", ended.stderr);
        let (said, then) = ended.stderr.split_once("\n next: ").context("nothing to do next")?;
        assert!(said.contains(error) && then.contains(next), "{}", ended.stderr);
    }
    Ok(())
}

/// Which database, and where; never who signs in there with what.
async fn a_start_tells_the_database(kind: Kind) -> Result<()> {
    let world = World::new(kind).await?;
    let url = world.setting("DATABASE__URL").to_owned();
    let mut child = world.spawn(&["serve"])?;
    let stdout = child.stdout.take().context("standard output is piped")?;
    let mut lines = tokio::io::AsyncBufReadExt::lines(tokio::io::BufReader::new(stdout));
    let mut said = String::new();
    while let Some(line) = lines.next_line().await? {
        said.push_str(&line);
        said.push('\n');
        if line.starts_with("listening on http") {
            break;
        }
    }
    child.kill().await?;
    let (_, place) = url.split_once("://").context("a URL")?;
    let place = place.rsplit_once('@').map_or(place, |(_, place)| place);
    let place = place.split('?').next().unwrap_or_default();
    let name = if kind == Kind::Sqlite { "SQLite" } else { "Postgres" };
    let line = said.lines().find(|line| line.starts_with("  database ")).context("the database")?;
    assert!(line.ends_with(&format!("{name}, {place}")), "{line} is not {place}");
    Ok(())
}

async fn the_way_back_in(kind: Kind) -> Result<()> {
    let world = World::new(kind).await?;
    let _server = world.start().await?;
    let nobody = world.api(Credentials::None)?;
    let session = nobody.sign_in("admin", ADMIN_PASSWORD, None).await?;
    let begun = session.method("2fa:enable", json!([])).await?;
    let secret = begun["result"]["secret"].as_str().context("a secret")?;
    session.method("2fa:validateTempToken", json!([totp(secret, 0)?])).await?;
    assert!(nobody.sign_in("admin", ADMIN_PASSWORD, None).await.is_err(), "a code is needed now");

    // The phone is lost; whoever has the server beside the running service gets back in.
    let told = world.command(&["user", "reset-totp", "admin", "--reason", "phone lost", "--json"]).await?.ok()?;
    let told: Value = serde_json::from_str(&told)?;
    assert_eq!((&told["reset"]["totp"], &told["reset"]["backupCodes"]), (&json!(true), &json!(12)), "{told}");
    session.get("/api/v1/me").await?.expect(401)?;
    let session = nobody.sign_in("admin", ADMIN_PASSWORD, None).await?;
    let again = world.command(&["user", "reset-totp", "admin"]).await?.ok()?;
    assert!(again.contains("nothing was changed"), "{again}");
    session.get("/api/v1/me").await?.expect(200)?;

    let password = world.folder().join("new-password");
    std::fs::write(&password, "a new password for the administrator\n")?;
    let password = password.to_str().context("a path")?;
    world.command(&["user", "set-password", "admin", "--password-file", password]).await?.ok()?;
    session.get("/api/v1/me").await?.expect(401)?;
    assert!(nobody.sign_in("admin", ADMIN_PASSWORD, None).await.is_err(), "the old password is void");
    nobody.sign_in("admin", "a new password for the administrator", None).await?;

    let id = told["aggregateId"].as_str().context("an id")?;
    let record = world.staff_api().await?.get(&format!("/admin/aggregates/user/{id}/events")).await?.expect(200)?;
    let reset = record["events"].as_array().context("events")?.iter().find(|event| event["type"] == "TotpReset");
    let reset = reset.context("the reset is on record")?;
    assert_eq!((&reset["actor"]["id"], &reset["reason"]), (&json!("system:cli"), &json!("phone lost")));
    for command in
        [["user", "reset-totp", "nobody"].as_slice(), &["user", "set-password", "nobody", "--password-file", password]]
    {
        let unknown = world.command(command).await?;
        assert_eq!(unknown.status, Some(1), "{}", unknown.stderr);
        assert!(unknown.stderr.contains("no account has the name nobody"), "{}", unknown.stderr);
    }
    Ok(())
}

/// What the operations page says of mailed codes and a dead mail server.
async fn the_way_in_when_no_mail_comes(kind: Kind) -> Result<()> {
    let mut world = World::new(kind).await?;
    world.set("SMTP__URL", "smtp://127.0.0.1:9?tls=none");
    let server = world.start().await?;
    let nobody = world.api(Credentials::None)?;
    let session = nobody.sign_in("admin", ADMIN_PASSWORD, None).await?;
    let password = sha256(ADMIN_PASSWORD);
    let proved = [("x-2fa-method", "password"), ("x-2fa-code", password.as_str())];
    let account = json!({
        "username": "ada", "name": "Ada", "email": "ada@residents.example", "password": ADMIN_PASSWORD, "verified": true,
    });
    session.post_with("/api/v1/users.create", account, &proved).await?.expect(200)?;
    let ada = nobody.sign_in("ada", ADMIN_PASSWORD, None).await?;
    ada.post_with("/api/v1/users.2fa.enableEmail", json!({}), &proved).await?.expect(200)?;
    assert!(nobody.sign_in("ada", ADMIN_PASSWORD, None).await.is_err(), "a code is needed that nobody gets");
    world.command(&["user", "reset-totp", "ada"]).await?.ok()?;
    assert!(nobody.sign_in("ada", ADMIN_PASSWORD, None).await.is_err(), "a reset is no way out");

    world.set("TWO_FACTOR__EMAIL_ENABLED", "false");
    if kind == Kind::Sqlite {
        server.stop().await?;
    }
    let local = world.start_another().await?;
    let there = nobody.at(local.url()).sign_in("ada", ADMIN_PASSWORD, None).await?;
    there.post_with("/api/v1/users.2fa.disableEmail", json!({}), &proved).await?.expect(200)?;
    local.stop().await?;
    // One that asks for mailed codes again: of nobody who switched them off.
    world.set("TWO_FACTOR__EMAIL_ENABLED", "true");
    let usual = world.start_another().await?;
    nobody.at(usual.url()).sign_in("ada", ADMIN_PASSWORD, None).await?;
    Ok(())
}
