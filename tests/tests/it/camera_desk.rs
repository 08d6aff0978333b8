//! Camera accounts at the command line, with the stand-in behind it and a server beside it.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use portcullis_tests::client::Api;
use portcullis_tests::database::Kind;
use portcullis_tests::server::{Server, World};
use serde_json::{Value, json};
use threedeye_sim::{Fault, Misbehaviour, NewUser, Operation, SimState};
use tokio::process::Command;
use tokio::time::timeout;

crate::on_each_database!(
    accounts_are_made_for_everybody,
    what_drifted_apart_is_told_and_set_right,
    a_failure_takes_nothing_told_away,
    ctrl_c_ends_it_after_the_repair_under_way,
);

/// A service, its stand-in, and some people.
struct Ground {
    // Dropped first: it uses what the world has.
    _server: Server,
    world: World,
    sim: SimState,
    desk: Api,
}

/// How long a call takes while something is done to the command: short of the time-out of a call.
const MEANWHILE: Duration = Duration::from_secs(4);
const PATIENCE: Duration = Duration::from_secs(30);

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
        // The administrator has an address too.
        world.command(&["threedeye", "backfill", "--all"]).await?.ok()?;
        let desk = world.super_api().await?;
        for n in 1..=people {
            let body = json!({"userId": id(n), "email": email(n)});
            desk.post(&format!("/users/{}/CreateUser", id(n)), body).await?.expect(201)?;
        }
        let sim = world.sim().state();
        Ok(Self { _server: server, world, sim, desk })
    }

    /// The same, and everybody has an account.
    async fn with_accounts(kind: Kind, people: usize) -> Result<Self> {
        let ground = Self::with(kind, people).await?;
        ground.world.command(&["threedeye", "backfill", "--all"]).await?.ok()?;
        ensure!(ground.accounts() == people, "{:?}", ground.sim.users());
        Ok(ground)
    }

    /// How many there are but for the administrator's.
    fn accounts(&self) -> usize {
        self.sim.users().len() - 1
    }

    /// Waits until so many accounts and one more were asked for.
    async fn asked_after(&self, made: u64) -> Result<()> {
        let asked = timeout(PATIENCE, self.sim.until(|sim| sim.calls(Operation::CreateUser) > made)).await;
        asked.context("no account is asked for")
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

async fn accounts_are_made_for_everybody(kind: Kind) -> Result<()> {
    let ground = Ground::with(kind, 5).await?;
    ground.sim.add_foreign_user(&email(5))?;
    let first = ground.world.command(&["threedeye", "backfill", "--limit", "2", "--json"]).await?.ok()?;
    let told = json!({"success": true, "total": 2, "created": 2, "failed": 0, "errors": []});
    assert_eq!(serde_json::from_str::<Value>(&first)?, told);
    assert_eq!(ground.accounts(), 2);

    // An address that is taken elsewhere keeps nobody from an account.
    let all = ground.world.command(&["threedeye", "backfill", "--all", "--concurrency", "3"]).await?;
    assert_eq!(all.status, Some(3), "{}", all.stderr);
    assert!(all.stdout.starts_with("2 accounts made, 1 failed\n") && all.stdout.contains(&id(5)), "{}", all.stdout);
    assert!(!format!("{}{}", all.stdout, all.stderr).contains('@'), "{}{}", all.stdout, all.stderr);
    let again = ground.world.command(&["threedeye", "backfill", "--all", "--json"]).await?;
    assert_eq!((again.status, serde_json::from_str::<Value>(&again.stdout)?["total"].as_u64()), (Some(3), Some(1)));

    let made = ground.sim.calls(Operation::CreateUser);
    for n in 1..=4 {
        ensure!(ground.opens(n).await?, "the password told to {n} opens nothing");
    }
    assert_eq!(ground.sim.calls(Operation::CreateUser), made, "a fetch makes no other account");

    ground.sim.inject(Fault::before(Operation::ListRoles, Misbehaviour::status_retry_after(503, 60)))?;
    let closed = ground.world.command(&["threedeye", "backfill", "--all"]).await?;
    assert_eq!(closed.status, Some(1), "{}", closed.stdout);
    assert!(closed.stderr.contains("3dEye is not called at present"), "{}", closed.stderr);
    Ok(())
}

async fn what_drifted_apart_is_told_and_set_right(kind: Kind) -> Result<()> {
    let ground = Ground::with_accounts(kind, 3).await?;
    let drift = async |options: &[&str]| {
        let ended = ground.world.command(&[&["threedeye", "drift", "--json"], options].concat()).await?;
        let told: Value = serde_json::from_str(&ended.stdout).with_context(|| ended.stderr.clone())?;
        ensure!(told["complete"] == true, "{told}");
        anyhow::Ok((ended.status, told["findings"].clone()))
    };
    assert_eq!(drift(&[]).await?, (Some(0), json!([])));
    ground.lose(2)?;
    let stranger = ground.sim.add_user(NewUser::new("stranger@example.com", "of somebody else"))?;
    let (status, told) = drift(&[]).await?;
    let ids = [json!(format!("missing:{}", id(2))), json!(format!("orphaned:{stranger}"))];
    assert_eq!((status, [&told[0]["finding"]["id"], &told[1]["finding"]["id"]]), (Some(3), ids.each_ref()));
    assert!(!told.to_string().contains("stranger@"), "{told}");

    let (status, told) = drift(&["--repair", "--dry-run"]).await?;
    let planned = [&told[0]["repair"]["action"], &told[1]["repair"]["action"]];
    assert_eq!((status, planned), (Some(3), [&json!("provision"), &json!("deleteRemote")]));
    assert_eq!(ground.accounts(), 3, "nothing was done");

    let (status, told) = drift(&["--repair"]).await?;
    assert_eq!((status, &told[0]["repair"]["changed"], &told[1]["repair"]), (Some(3), &json!(true), &Value::Null));
    assert!(told[1]["error"].as_str().is_some_and(|error| error.contains("deleteRemote")), "{told}");
    assert_eq!(ground.accounts(), 4, "the stranger's is left alone");
    ensure!(ground.opens(2).await?, "the password told opens nothing");

    let staff = ground.world.staff_api().await?;
    let order = json!({"finding": told[1]["finding"], "dryRun": false, "deleteRemote": true});
    let deleted = staff.post("/admin/threedeye/drift/repair", order).await?.expect(200)?;
    assert_eq!((&deleted["changed"], &deleted["threedeyeUserId"]), (&json!(true), &json!(stranger.to_string())));
    assert_eq!(drift(&[]).await?, (Some(0), json!([])));
    Ok(())
}

async fn a_failure_takes_nothing_told_away(kind: Kind) -> Result<()> {
    let ground = Ground::with_accounts(kind, 3).await?;
    ground.lose(2)?;
    // The look for another account of the address goes well, and the list after that does not, for as long as it is
    // asked for.
    ground.sim.inject(Fault::before(Operation::ListUsers, Misbehaviour::status(500)).skip(1))?;
    let ended = ground.world.command(&["threedeye", "drift", "--json"]).await?;
    let told: Value = serde_json::from_str(&ended.stdout)?;
    assert_eq!((ended.status, &told["complete"]), (Some(1), &json!(false)), "{told} {}", ended.stderr);
    let found = told["findings"].as_array().context("findings")?;
    assert_eq!((found.len(), &found[0]["finding"]["id"]), (1, &json!(format!("missing:{}", id(2)))));
    assert!(ended.stderr.contains("ended early: 3dEye did not do what was asked"), "{}", ended.stderr);

    // The same with a repair: the list is there for it, and gone again when it is done.
    ground.sim.clear_faults();
    let made = ground.sim.calls(Operation::CreateUser);
    ground.sim.inject(Fault::before(Operation::ListUsers, Misbehaviour::status(500)).skip(1).once())?;
    ground.sim.inject(Fault::after(Operation::CreateUser, Misbehaviour::delay(MEANWHILE)))?;
    let running = ground.world.spawn(&["threedeye", "drift", "--repair"])?;
    ground.asked_after(made).await?;
    ground.sim.inject(Fault::before(Operation::ListUsers, Misbehaviour::status(500)))?;
    let ended = running.wait_with_output().await?;
    let (stdout, stderr) = (String::from_utf8(ended.stdout)?, String::from_utf8(ended.stderr)?);
    assert_eq!(ended.status.code(), Some(1), "{stdout}{stderr}");
    let line = stdout.lines().find(|line| line.contains(&id(2))).context("the finding")?;
    assert!(line.starts_with("missing") && line.trim_end().ends_with("done"), "{stdout}");
    assert!(stderr.contains("ended early"), "{stderr}");
    ground.sim.clear_faults();
    ensure!(ground.opens(2).await?, "the password told opens nothing");
    Ok(())
}

async fn ctrl_c_ends_it_after_the_repair_under_way(kind: Kind) -> Result<()> {
    let ground = Ground::with_accounts(kind, 2).await?;
    ground.lose(1)?;
    ground.lose(2)?;
    let made = ground.sim.calls(Operation::CreateUser);
    ground.sim.inject(Fault::before(Operation::CreateUser, Misbehaviour::delay(MEANWHILE)).once())?;
    let running = ground.world.spawn(&["threedeye", "drift", "--repair", "--json"])?;
    ground.asked_after(made).await?;
    let pid = running.id().context("it still runs")?.to_string();
    ensure!(Command::new("kill").args(["-INT", &pid]).status().await?.success(), "it could not be interrupted");
    let ended = running.wait_with_output().await?;
    let told: Value = serde_json::from_slice(&ended.stdout)?;
    let found = told["findings"].as_array().context("findings")?;
    assert_eq!((ended.status.code(), found.len()), (Some(3), 2), "{told}");
    assert_eq!((&found[0]["repair"]["changed"], found[1].get("repair")), (&json!(true), None), "{told}");
    assert_eq!(ground.sim.calls(Operation::CreateUser), made + 1);
    Ok(())
}
