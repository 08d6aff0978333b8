//! Schemathesis sends a running server what its document allows, and what it does not, with each kind of credential.

use anyhow::Result;
use portcullis_tests::database::Kind;
use portcullis_tests::script;
use portcullis_tests::server::{ADMIN_KEY, ADMIN_PASSWORD, STAFF_EMAIL, World};
use serde_json::json;

/// Runs it on a server of its own.
async fn fuzz(kind: &str) -> Result<()> {
    let mut world = World::new(Kind::Sqlite).await?;
    world.set("ORGS__DEFAULT_ID", "acme");
    // Nobody is kept out for the many wrong codes it sends.
    world.set("LOCKOUT__ENABLED", "false");
    let server = world.start().await?;
    let told = json!({
        "url": server.url(),
        "kind": kind,
        "adminPassword": ADMIN_PASSWORD,
        "adminKey": ADMIN_KEY,
        "staffToken": world.token("0198a000-0000-7000-8000-0000000000ff", STAFF_EMAIL).await?,
        "adaToken": world.token("0190163d-8694-739b-aea5-5966c26f8ad2", "ada@example.com").await?,
    });
    print!("{}", script::python("fuzz.py", &told).await?);
    Ok(())
}

/// One test a kind of credential.
macro_rules! with_each {
    ($($name:ident: $kind:literal),+ $(,)?) => {
        $(#[tokio::test(flavor = "multi_thread")]
        async fn $name() -> Result<()> {
            fuzz($kind).await
        })+
    };
}

with_each!(
    with_no_credentials: "nobody",
    with_a_persons_token: "person",
    with_a_key: "organisation",
    with_a_super_key: "super key",
    with_admin_key_and_token: "staff",
    with_a_session: "session",
    with_a_session_and_a_second_factor: "second factor",
);
