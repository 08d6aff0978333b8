//! What Prometheus reads.

use std::time::Duration;

use anyhow::{Result, ensure};
use portcullis_tests::client::Credentials;
use portcullis_tests::database::Kind;
use portcullis_tests::server::{Address, World};
use serde_json::json;

const PERSON: &str = "0198a000-0000-7000-8000-000000000001";

#[tokio::test(flavor = "multi_thread")]
async fn a_listener_of_its_own_tells_them() -> Result<()> {
    let mut world = World::new(Kind::Sqlite).await?;
    let listen = Address::hold()?;
    world.set("METRICS__LISTEN", listen.text());
    let server = world.start().await?;
    let client = reqwest::Client::builder().timeout(Duration::from_secs(30)).build()?;
    let read = async |path: &str| client.get(format!("http://{}{path}", listen.text())).send().await;
    let desk = world.super_api().await?;
    let body = json!({"userId": PERSON, "email": "ada@example.com"});
    desk.post(&format!("/users/{PERSON}/CreateUser"), body).await?.expect(201)?;
    desk.get(&format!("/users/{PERSON}/3deye-credentials")).await?.expect(200)?;

    let told = read("/metrics").await?.error_for_status()?.text().await?;
    for line in [
        "portcullis_threedeye_circuit_state{state=\"closed\"} 1",
        "portcullis_threedeye_calls_total{operation=\"create_user\",outcome=\"ok\"} 1",
    ] {
        ensure!(told.lines().any(|known| known == line), "{line} is not in\n{told}");
    }
    ensure!(!told.contains("example.com") && !told.contains(PERSON), "{told}");
    // It serves nothing else, and the service itself asks for credentials.
    assert_eq!(read("/healthz").await?.status(), 404);
    world.api(Credentials::None)?.get("/metrics").await?.expect(401)?;
    assert_eq!(server.stop().await?.0, Some(0));
    ensure!(read("/metrics").await.is_err(), "it still listens");
    Ok(())
}
