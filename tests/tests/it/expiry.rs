//! The server writes down that windows ended: soon, and also what ended while it was down.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use portcullis_tests::client::Api;
use portcullis_tests::clock;
use portcullis_tests::database::Kind;
use portcullis_tests::server::World;
use serde_json::{Value, json};
use tokio::time::{Instant, sleep};

use crate::on_each_database;

on_each_database!(ends_are_written_down_soon_and_after_a_pause);

const ADA: &str = "0198a000-0000-7000-8000-00000000ada0";

async fn ends_are_written_down_soon_and_after_a_pause(kind: Kind) -> Result<()> {
    let mut world = World::new(kind).await?;
    let server = world.start().await?;
    let (api, staff) = (world.super_api().await?, world.staff_api().await?);
    api.post(&format!("/users/{ADA}/CreateUser"), json!({"userId": ADA})).await?.expect(201)?;

    let soon = grant(&api, "soon", Duration::from_secs(1)).await?;
    let later = grant(&api, "later", Duration::from_secs(6)).await?;
    let ends = written(&staff, 1).await?;
    ensure!(ends[0]["event"]["lockId"] == "soon" && ends[0]["event"]["removedAt"] == soon.as_str(), "{ends:?}");
    ensure!(ends[0]["actor"] == json!({"kind": "system", "id": "system:expiry"}), "{ends:?}");
    server.kill().await?;

    sleep(Duration::from_secs(6)).await;
    let _server = world.start().await?;
    let ends = written(&staff, 2).await?;
    ensure!(ends[1]["event"]["lockId"] == "later" && ends[1]["event"]["removedAt"] == later.as_str(), "{ends:?}");
    let list = api.get(&format!("/users/{ADA}/accessible-locks")).await?.expect(200)?;
    ensure!(list["totalCount"] == 0, "{list}");
    Ok(())
}

/// Grants a lock for a time; answers the end as the server told it.
async fn grant(api: &Api, lock: &str, period: Duration) -> Result<String> {
    let until = clock::after(period)?;
    let body = json!({
        "lockId": lock, "lockName": lock, "accessLevel": "GUEST", "grantedBy": "the test", "validUntil": until,
    });
    let granted = api.post(&format!("/users/{ADA}/AddAccessibleLock"), body).await?.expect(200)?;
    Ok(granted["validUntil"].as_str().context("the end")?.to_owned())
}

/// The removals of the stream as soon as there are so many, which must be within seconds.
async fn written(staff: &Api, count: usize) -> Result<Vec<Value>> {
    let until = Instant::now() + Duration::from_secs(15);
    loop {
        let page = staff.get(&format!("/admin/aggregates/user/{ADA}/events?type=AccessibleLockRemoved")).await?;
        let events = page.expect(200)?["events"].as_array().context("events")?.clone();
        if events.len() >= count {
            return Ok(events);
        }
        ensure!(Instant::now() < until, "the end was not written down");
        sleep(Duration::from_millis(100)).await;
    }
}
