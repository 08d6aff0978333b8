//! Camera accounts at the command line, with the stand-in behind it and a server beside it.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use portcullis_tests::client::Api;
use portcullis_tests::database::Kind;
use portcullis_tests::server::{Server, World};
use serde_json::{Value, json};
use threedeye_sim::{Fault, Misbehaviour, Operation, SimState};
use tokio::process::Command;

crate::on_each_database!(a_failure_takes_nothing_told_away, ctrl_c_ends_it_after_the_repair_under_way);

/// A service, its stand-in, and some people.
struct Ground {
    world: World,
    sim: SimState,
    desk: Api,
    _server: Server,
}

fn id(n: usize) -> String {
    format!("0198a000-0000-7000-8000-{n:012}")
}

fn email(n: usize) -> String {
    format!("person-{n}@example.com")
}

impl Ground {
    async fn with(kind: Kind, people: usize) -> Result<Self> {
        let mut world = World::new(kind).await?;
        let server = world.start().await?;
        let desk = world.super_api().await?;
        for n in 1..=people {
            let body = json!({"userId": id(n), "email": email(n)});
            desk.post(&format!("/users/{}/CreateUser", id(n)), body).await?.expect(201)?;
        }
        let sim = world.sim().state();
        Ok(Self { world, sim, desk, _server: server })
    }

    /// The same, and everybody has an account.
    async fn with_accounts(kind: Kind, people: usize) -> Result<Self> {
        let ground = Self::with(kind, people).await?;
        ground.world.command(&["threedeye", "backfill", "--all"]).await?.ok()?;
        ensure!(ground.sim.users().len() == people, "{:?}", ground.sim.users());
        Ok(ground)
    }

    /// Deletes somebody's account behind our back.
    fn lose(&self, n: usize) -> Result<()> {
        Ok(self.sim.delete_user(self.sim.user(&email(n)).context("an account")?.id)?)
    }

    /// Does the password told to somebody open the account?
    async fn opens(&self, n: usize) -> Result<bool> {
        let told = self.desk.get(&format!("/users/{}/3deye-credentials", id(n))).await?.expect(200)?;
        Ok(self.sim.password_matches(&email(n), told["password"].as_str().context("a password")?))
    }
}

async fn a_failure_takes_nothing_told_away(kind: Kind) -> Result<()> {
    let ground = Ground::with_accounts(kind, 3).await?;
    ground.lose(2)?;
    // The look for another account of the address goes well, and the list after that does not, for as long as it is asked for.
    ground.sim.inject(Fault::before(Operation::ListUsers, Misbehaviour::status(500)).skip(1))?;
    let ended = ground.world.command(&["threedeye", "drift", "--json"]).await?;
    let told: Value = serde_json::from_str(&ended.stdout)?;
    assert_eq!((ended.status, told.as_array().map(Vec::len)), (Some(1), Some(1)), "{}", ended.stderr);
    assert_eq!(told[0]["finding"]["id"], format!("missing:{}", id(2)));
    assert!(ended.stderr.contains("ended early: 3dEye did not do what was asked"), "{}", ended.stderr);

    // The same with a repair, for which the list is there.
    ground.sim.clear_faults();
    ground.sim.inject(Fault::before(Operation::ListUsers, Misbehaviour::status(500)).skip(1).once())?;
    ground.sim.inject(Fault::before(Operation::ListUsers, Misbehaviour::status(500)).skip(3))?;
    let ended = ground.world.command(&["threedeye", "drift", "--repair"]).await?;
    assert_eq!(ended.status, Some(1), "{}", ended.stdout);
    let line = ended.stdout.lines().find(|line| line.contains(&id(2))).context("the finding")?;
    assert!(line.starts_with("missing") && line.trim_end().ends_with("done"), "{}", ended.stdout);
    assert!(ended.stderr.contains("ended early"), "{}", ended.stderr);
    ground.sim.clear_faults();
    ensure!(ground.opens(2).await?, "the password told opens nothing");
    Ok(())
}

async fn ctrl_c_ends_it_after_the_repair_under_way(kind: Kind) -> Result<()> {
    let ground = Ground::with_accounts(kind, 2).await?;
    ground.lose(1)?;
    ground.lose(2)?;
    let made = ground.sim.calls(Operation::CreateUser);
    ground.sim.inject(Fault::before(Operation::CreateUser, Misbehaviour::delay(Duration::from_secs(2))).once())?;
    let running = ground.world.spawn(&["threedeye", "drift", "--repair", "--json"])?;
    ground.sim.until(|sim| sim.calls(Operation::CreateUser) > made).await;
    let pid = running.id().context("it still runs")?.to_string();
    ensure!(Command::new("kill").args(["-INT", &pid]).status().await?.success(), "it could not be interrupted");
    let ended = running.wait_with_output().await?;
    let told: Value = serde_json::from_slice(&ended.stdout)?;
    assert_eq!((ended.status.code(), told.as_array().map(Vec::len)), (Some(1), Some(2)), "{told}");
    assert_eq!(told[0]["repair"]["changed"], true, "{told}");
    assert_eq!(told[1].get("repair"), None, "{told}");
    assert_eq!(ground.sim.calls(Operation::CreateUser), made + 1);
    Ok(())
}
