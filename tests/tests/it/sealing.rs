//! Changing the sealing key beside serving processes.

use anyhow::{Context, Result, ensure};
use portcullis_tests::client::{Credentials, totp};
use portcullis_tests::database::Kind;
use portcullis_tests::server::{ADMIN_PASSWORD, World};
use serde_json::{Value, json};

/// The key worlds begin with, and another one.
const OLD: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
const NEW: &str = "Hx4dHBsaGRgXFhUUExIREA8ODQwLCgkIBwYFBAMCAQA=";
const PERSON: &str = "0198a000-0000-7000-8000-000000000001";

/// The administrator gets TOTP; answers its secret and a backup code.
async fn enrolled(world: &World) -> Result<(String, String)> {
    let session = world.api(Credentials::None)?.sign_in("admin", ADMIN_PASSWORD, None).await?;
    let begun = session.method("2fa:enable", json!([])).await?;
    let secret = begun["result"]["secret"].as_str().context("a secret")?.to_owned();
    let confirmed = session.method("2fa:validateTempToken", json!([totp(&secret, 0)?])).await?;
    let backup = confirmed["result"]["codes"][0].as_str().context("a backup code")?.to_owned();
    Ok((secret, backup))
}

/// One file, one process, and nothing is stopped.
#[tokio::test(flavor = "multi_thread")]
async fn the_key_of_an_embedded_database_is_changed_while_it_serves() -> Result<()> {
    let mut world = World::new(Kind::Sqlite).await?;
    let file = world.folder().join("master.key");
    std::fs::write(&file, format!("{OLD}\n"))?;
    world.set("SECRETS__MASTER_KEY", "");
    let server = world.start().await?;
    let staff = world.staff_api().await?;
    let (secret, backup) = enrolled(&world).await?;
    let key = [("Idempotency-Key", "before")];
    let body = json!({"userId": PERSON, "email": "ada@residents.example"});
    let path = format!("/users/{PERSON}/CreateUser");
    let first = staff.post_with(&path, body.clone(), &key).await?.expect(201)?;

    world.command(&["secrets", "new-key"]).await?.ok()?;
    let mut rounds = 0;
    let told: Value = loop {
        let ended = world.command(&["secrets", "rotate", "--json"]).await?;
        if ended.status == Some(0) {
            break serde_json::from_str(&ended.stdout)?;
        }
        // The process had not looked into the file yet when something was sealed.
        rounds += 1;
        ensure!(rounds < 5, "{}", ended.stderr);
    };
    assert_eq!((&told["underOlder"], &told["unopened"]), (&json!(0), &json!(0)));
    assert!(told["underNewest"].as_u64() >= Some(3), "{told}");

    // The process goes on: with the secret sealed anew, and with the answer it gave before.
    let code = totp(&secret, 1)?;
    world.api(Credentials::None)?.sign_in("admin", ADMIN_PASSWORD, Some(&code)).await?;
    let again = staff.post_with(&path, body.clone(), &key).await?;
    assert_eq!((again.headers.contains_key("idempotent-replayed"), again.expect(201)?), (true, first));

    // And starts with the new key alone.
    let text = std::fs::read_to_string(&file)?;
    std::fs::write(&file, text.lines().next().context("a key")?)?;
    server.kill().await?;
    let _server = world.start().await?;
    world.api(Credentials::None)?.sign_in("admin", ADMIN_PASSWORD, Some(&backup)).await?;
    world.command(&["secrets", "rotate", "--check"]).await?.ok()?;
    let again = staff.post_with(&path, body, &key).await?;
    assert!(again.headers.contains_key("idempotent-replayed"));
    Ok(())
}

/// Two processes that are given their keys by their settings, restarted one after the other.
#[tokio::test(flavor = "multi_thread")]
async fn the_key_of_many_processes_on_postgres_is_changed_step_by_step() -> Result<()> {
    let mut world = World::new(Kind::Postgres).await?;
    let first = world.start().await?;
    let (secret, _) = enrolled(&world).await?;

    // 1: known everywhere, 2: the newest everywhere; at any time one of them answers.
    world.set("SECRETS__OLDER_MASTER_KEYS", NEW);
    let second = world.start_another().await?;
    first.stop().await?;
    world.set("SECRETS__MASTER_KEY", NEW);
    world.set("SECRETS__OLDER_MASTER_KEYS", OLD);
    let third = world.start().await?;
    let elsewhere = world.api(Credentials::None)?.at(second.url());
    let refused = elsewhere.sign_in("admin", ADMIN_PASSWORD, None).await;
    assert!(refused.is_err(), "a code is needed there, too");
    assert_eq!(world.command(&["secrets", "rotate", "--check"]).await?.status, Some(3));
    second.stop().await?;

    // 3, and 4.
    let told: Value = serde_json::from_str(&world.command(&["secrets", "rotate", "--json"]).await?.ok()?)?;
    assert_eq!((&told["underOlder"], &told["unopened"]), (&json!(0), &json!(0)), "{told}");
    world.set("SECRETS__OLDER_MASTER_KEYS", "");
    let fourth = world.start_another().await?;
    third.stop().await?;
    let code = totp(&secret, 1)?;
    let api = world.api(Credentials::None)?.at(fourth.url());
    api.sign_in("admin", ADMIN_PASSWORD, Some(&code)).await?;

    // The old key alone opens nothing any more, and the process says which one it misses.
    world.set("SECRETS__MASTER_KEY", OLD);
    let refused = world.command(&["api-key", "list"]).await?;
    assert_eq!(refused.status, Some(2), "{}", refused.stderr);
    let id = told["newestKey"].as_str().context("the key's name")?;
    assert!(refused.stderr.contains(id) && refused.stderr.contains("secrets.older_master_keys"), "{}", refused.stderr);
    Ok(())
}
