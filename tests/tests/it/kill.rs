//! Killed at any moment under load: nothing acknowledged is lost, nothing is half-done.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::{Context, Result, ensure};
use portcullis_tests::client::Api;
use portcullis_tests::database::Kind;
use portcullis_tests::server::World;
use serde_json::json;
use tokio::task::JoinSet;

crate::on_each_database!(what_was_acknowledged_survives_a_kill);

const PEOPLE: usize = 8;
const LOCKS: usize = 40;
const CLIENTS: usize = 32;
/// Acknowledged revocations after which the server is killed, one round each.
const KILLS: [usize; 3] = [3, 40, 120];

fn person(n: usize) -> String {
    format!("0198a000-0000-7000-8000-{n:012}")
}

/// (person, lock) with the version acknowledged.
type Acknowledged = BTreeMap<(usize, usize), u64>;

async fn what_was_acknowledged_survives_a_kill(kind: Kind) -> Result<()> {
    let mut world = World::new(kind).await?;
    let server = world.start().await?;
    let desk = world.super_api().await?;
    seed(&desk).await?;
    let mut acknowledged = Acknowledged::new();
    let mut server = Some(server);
    for kill_after in KILLS {
        let running = match server.take() {
            Some(server) => server,
            None => world.start().await?,
        };
        let count = Arc::new(AtomicUsize::new(0));
        let mut clients = spawn_clients(&desk, &acknowledged, &count);
        while count.load(Ordering::SeqCst) < kill_after {
            tokio::task::yield_now().await;
        }
        running.kill().await?;
        while let Some(done) = clients.join_next().await {
            acknowledged.extend(done?);
        }
    }
    ensure!(acknowledged.len() >= KILLS.iter().sum(), "too little was acknowledged to prove anything");
    let _server = world.start().await?;
    check(&world, &desk, &acknowledged).await
}

async fn seed(desk: &Api) -> Result<()> {
    let mut tasks = JoinSet::new();
    for n in 1..=PEOPLE {
        let desk = desk.clone();
        tasks.spawn(async move {
            let id = person(n);
            desk.post(&format!("/users/{id}/CreateUser"), json!({"userId": id})).await?.expect(201)?;
            for lock in 0..LOCKS {
                let body = json!({"lockId": format!("lock-{lock}"), "lockName": "Door", "accessLevel": "USER",
                    "grantedBy": "desk"});
                desk.post(&format!("/users/{id}/AddAccessibleLock"), body).await?.expect(200)?;
            }
            anyhow::Ok(())
        });
    }
    while let Some(done) = tasks.join_next().await {
        done??;
    }
    Ok(())
}

/// Clients that revoke until the server is gone; each answers what was acknowledged to it.
fn spawn_clients(desk: &Api, done: &Acknowledged, count: &Arc<AtomicUsize>) -> JoinSet<Acknowledged> {
    let all = (1..=PEOPLE).flat_map(|n| (0..LOCKS).map(move |lock| (n, lock)));
    let left: Vec<_> = all.filter(|pair| !done.contains_key(pair)).collect();
    let mut clients = JoinSet::new();
    for client in 0..CLIENTS {
        let mine: Vec<_> = left.iter().copied().skip(client).step_by(CLIENTS).collect();
        let (desk, count) = (desk.clone(), Arc::clone(count));
        clients.spawn(async move {
            let mut acknowledged = Acknowledged::new();
            for (n, lock) in mine {
                let body = json!({"lockId": format!("lock-{lock}"), "removedBy": "desk", "reason": "left"});
                let path = format!("/users/{}/RemoveAccessibleLock", person(n));
                let Ok(answer) = desk.post(&path, body).await else { break };
                // Revoked by the round before, whose answer the kill swallowed.
                if answer.status == 400 {
                    continue;
                }
                let Ok(body) = answer.expect(200) else { break };
                acknowledged.insert((n, lock), body["version"].as_u64().unwrap_or_default());
                count.fetch_add(1, Ordering::SeqCst);
            }
            acknowledged
        });
    }
    clients
}

async fn check(world: &World, desk: &Api, acknowledged: &Acknowledged) -> Result<()> {
    let staff = world.staff_api().await?;
    for n in 1..=PEOPLE {
        let id = person(n);
        let listed = desk.get(&format!("/users/{id}/accessible-locks")).await?.expect(200)?;
        let listed: Vec<_> = listed["locks"].as_array().context("locks")?.iter().map(|l| l["lockId"].clone()).collect();
        let page = staff.get(&format!("/admin/aggregates/user/{id}/events?limit=500")).await?.expect(200)?;
        let events = page["events"].as_array().context("events")?;
        let versions: Vec<_> = events.iter().filter_map(|event| event["version"].as_u64()).collect();
        ensure!(
            versions == (1..=versions.len() as u64).collect::<Vec<_>>(),
            "versions of {id} have a gap: {versions:?}"
        );
        for lock in 0..LOCKS {
            let name = json!(format!("lock-{lock}"));
            let removals: Vec<_> = events
                .iter()
                .filter(|event| event["type"] == "AccessibleLockRemoved" && event["event"]["lockId"] == name)
                .filter_map(|event| event["version"].as_u64())
                .collect();
            // Never half-done: the row is gone exactly if the event is there, and it is there at most once.
            ensure!(removals.len() <= 1, "{name} was removed {} times", removals.len());
            ensure!(removals.is_empty() == listed.contains(&name), "{name} of {id}: event and row disagree");
            if let Some(version) = acknowledged.get(&(n, lock)) {
                ensure!(removals == [*version], "{name} of {id}: acknowledged at {version}, found {removals:?}");
            }
        }
    }
    Ok(())
}
