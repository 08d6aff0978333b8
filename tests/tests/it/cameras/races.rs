//! Twenty at once on three processes, with a 3dEye that takes its time.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use portcullis_tests::client::Answer;
use portcullis_tests::database::Kind;
use portcullis_tests::dice::Dice;
use portcullis_tests::server::{Server, World};
use threedeye_sim::{Fault, Misbehaviour, Operation};
use tokio::task::JoinSet;

use super::flow::{Flow, Subject};
use super::people::Ground;

const PEOPLE: usize = 6;
const CALLERS: usize = 20;
const ANSWERS_IN: Duration = Duration::from_millis(50);
const SEED: u64 = 20;

struct Three {
    // Dropped first: they use what the world has.
    servers: Vec<Server>,
    _world: World,
    ground: Ground,
}

impl Three {
    async fn start() -> Result<Self> {
        let mut world = World::new(Kind::Postgres).await?;
        let servers = vec![world.start().await?, world.start_another().await?, world.start_another().await?];
        let (desk, staff) = (world.super_api().await?, world.staff_api().await?);
        let ground = Ground::new(desk, staff, world.sim().state())?;
        for operation in [
            Operation::Token,
            Operation::ListUsers,
            Operation::GetUser,
            Operation::CreateUser,
            Operation::DeleteUser,
            Operation::ListRoles,
            Operation::AddUserToRole,
        ] {
            ground.sim.inject(Fault::before(operation, Misbehaviour::delay(ANSWERS_IN)))?;
        }
        Ok(Self { _world: world, servers, ground })
    }

    /// The ground as seen from one of the servers.
    fn at(&self, server: usize) -> Ground {
        self.ground.at(self.servers[server % self.servers.len()].url())
    }
}

fn count(counts: &mut BTreeMap<String, usize>, what: &str, answer: &Answer) {
    *counts.entry(format!("{what}: {}", answer.status.as_u16())).or_default() += 1;
}

#[tokio::test(flavor = "multi_thread")]
async fn postgres_twenty_callers_on_three_processes_make_one_account() -> Result<()> {
    let three = Three::start().await?;
    let mut counts = BTreeMap::new();
    for n in 1..=PEOPLE {
        let subject = Subject { n, flow: Flow::FetchNew };
        three.ground.begins(subject).await?;
        let before = three.ground.sim.calls(Operation::CreateUser);
        let mut callers = JoinSet::new();
        for caller in 0..CALLERS {
            let ground = three.at(caller);
            callers.spawn(async move { ground.fetch(subject).await });
        }
        let mut passwords = BTreeSet::new();
        while let Some(answer) = callers.join_next().await {
            let answer = answer??;
            count(&mut counts, "fetch", &answer);
            let told = answer.expect(200)?;
            passwords.insert(told["password"].as_str().context("a password")?.to_owned());
        }
        let made = three.ground.sim.calls(Operation::CreateUser) - before;
        ensure!(made == 1, "{made} accounts were asked for");
        ensure!(passwords.len() == 1, "{} passwords were told", passwords.len());
        three.ground.reaches_goal(subject).await?;
    }
    println!("{PEOPLE} people, {CALLERS} callers each, one account each: {counts:?}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn postgres_fetches_and_resets_at_once_on_three_processes_leave_one_account() -> Result<()> {
    let three = Three::start().await?;
    let mut dice = Dice::new(SEED);
    let mut counts = BTreeMap::new();
    for n in 1..=PEOPLE {
        let subject = Subject { n, flow: Flow::Reset([true, true, true]) };
        three.ground.begins(subject).await?;
        let mut callers = JoinSet::new();
        for caller in 0..CALLERS {
            let ground = three.at(dice.below(3));
            let on = [dice.percent(50), dice.percent(50), true];
            callers.spawn(async move {
                let resets = caller % 5 == 0;
                let asked = Subject { flow: if resets { Flow::Reset(on) } else { Flow::FetchNew }, ..subject };
                anyhow::Ok((if resets { "reset" } else { "fetch" }, ground.asks(asked).await?))
            });
        }
        while let Some(answer) = callers.join_next().await {
            let (what, answer) = answer??;
            count(&mut counts, what, &answer);
            ensure!([200, 409].contains(&answer.status.as_u16()), "{what}: {} {}", answer.status, answer.body);
            if what == "reset" && answer.status == 200 {
                let error = &answer.body["reprovision"]["error"];
                ensure!(error.is_null(), "a reset tells {error}");
            }
            let accounts = three.ground.sim.users().into_iter().filter(|user| user.email == subject.email()).count();
            ensure!(accounts <= 1, "{accounts} accounts");
        }
        let last = Subject { flow: Flow::FetchTakeOver, ..subject };
        three.ground.reaches_goal(last).await?;
    }
    println!("{PEOPLE} people, {CALLERS} callers each: {counts:?}");
    Ok(())
}
