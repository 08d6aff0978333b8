//! Killed at every remote call of every flow, before and after its effect, and at random moments: one repeat reaches the
//! goal.

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::{Result, ensure};
use portcullis_tests::database::Kind;
use portcullis_tests::dice::Dice;
use portcullis_tests::server::World;
use threedeye_sim::{Fault, Misbehaviour, Operation, When};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use super::people::{Flow, Ground, Subject};

crate::on_each_database!(a_killed_server_leaves_what_one_repeat_finishes);

/// Seconds a call may take: longer than all subjects need to get to theirs.
const CALL: u64 = 15;
/// How long a step is held beyond that.
const MARGIN: u64 = 5;
/// A call that hangs before its effect has it so much later: after the kill.
const LATE: Duration = Duration::from_secs(10);
/// Never answered in time.
const HANGS: Duration = Duration::from_secs(25);
const PATIENCE: Duration = Duration::from_secs(9);
const RANDOM_KILLS: usize = 4;
const SEED: u64 = 0x3d_e7e;

/// Where somebody's flow hangs when the server is killed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Point {
    operation: Operation,
    after: bool,
}

/// The calls of a flow that are about somebody; the look into the list is about nobody.
fn calls(flow: Flow) -> Vec<Operation> {
    use Operation::{CreateUser, DeleteUser, GetUser};
    match flow {
        Flow::FetchNew => vec![CreateUser],
        Flow::FetchTakeOver | Flow::Reset([true, _, true] | [_, true, true]) => vec![DeleteUser, CreateUser, GetUser],
        Flow::Reset([_, true, false]) => vec![DeleteUser],
        Flow::Reset(_) => vec![],
    }
}

async fn a_killed_server_leaves_what_one_repeat_finishes(kind: Kind) -> Result<()> {
    let mut run = Run::start(kind).await?;
    run.kill_at_each_call().await?;
    run.kill_at_each_look().await?;
    run.kill_at_random().await?;
    run.finish().await
}

struct Run {
    world: World,
    ground: Ground,
    subjects: Vec<Subject>,
    counts: BTreeMap<String, usize>,
    kills: usize,
}

impl Run {
    async fn start(kind: Kind) -> Result<Self> {
        let mut world = World::new(kind).await?;
        world.set("THREEDEYE__TIMEOUT", CALL.to_string());
        let _server = world.start().await?;
        let (desk, staff) = (world.super_api().await?, world.staff_api().await?);
        let ground = Ground::new(desk, staff, world.sim().state())?;
        Ok(Self { world, ground, subjects: Vec::new(), counts: BTreeMap::new(), kills: 0 })
    }

    fn subject(&mut self, flow: Flow) -> Subject {
        let subject = Subject { n: self.subjects.len() + 1, flow };
        self.subjects.push(subject);
        subject
    }

    async fn begin(&self, subjects: &[Subject]) -> Result<()> {
        let mut tasks = JoinSet::new();
        for subject in subjects.iter().copied() {
            let ground = self.ground.clone();
            tasks.spawn(async move { ground.begins(subject).await });
        }
        while let Some(done) = tasks.join_next().await {
            done??;
        }
        Ok(())
    }

    /// All of them ask; nobody waits for the answers.
    fn ask(&self, subjects: &[Subject]) -> JoinSet<()> {
        let mut asking = JoinSet::new();
        for subject in subjects.iter().copied() {
            let ground = self.ground.clone();
            asking.spawn(async move { drop(ground.asks(subject).await) });
        }
        asking
    }

    async fn kill_at_each_call(&mut self) -> Result<()> {
        let server = self.world.start().await?;
        let mut points = Vec::new();
        for flow in Flow::all() {
            for operation in calls(flow) {
                for after in [false, true] {
                    points.push((self.subject(flow), Point { operation, after }));
                }
            }
        }
        let subjects: Vec<_> = points.iter().map(|(subject, _)| *subject).collect();
        self.begin(&subjects).await?;
        let state = self.world.sim().state();
        for (subject, point) in &points {
            let (when, delay) = if point.after { (When::After, HANGS) } else { (When::Before, LATE) };
            let what = Misbehaviour::delay(delay);
            let fault = match when {
                When::Before => Fault::before(point.operation, what),
                When::After => Fault::after(point.operation, what),
            };
            state.inject(fault.about(subject.email()).once())?;
            *self.counts.entry(format!("{:?} {when:?}", point.operation)).or_default() += 1;
        }
        let asking = self.ask(&subjects);
        let hanging = || state.log().iter().filter(|call| !call.ended).count();
        let arrived = timeout(PATIENCE, state.until(|state| {
            state.log().iter().filter(|call| !call.ended).count() == points.len()
        }));
        ensure!(arrived.await.is_ok(), "only {} of {} calls hang: {:?}", hanging(), points.len(), state.faults());
        server.kill().await?;
        self.kills += 1;
        drop(asking);
        Ok(())
    }

    async fn kill_at_each_look(&mut self) -> Result<()> {
        let server = self.world.start().await?;
        let looking = Flow::all().filter(|flow| *flow == Flow::FetchNew || !calls(*flow).is_empty());
        let subjects: Vec<_> = looking.collect::<Vec<_>>().into_iter().map(|flow| self.subject(flow)).collect();
        self.begin(&subjects).await?;
        let state = self.world.sim().state();
        state.reset_calls();
        state.inject(Fault::before(Operation::ListUsers, Misbehaviour::delay(HANGS)))?;
        let asking = self.ask(&subjects);
        let all = subjects.len() as u64;
        let arrived = timeout(PATIENCE, state.until(|state| state.calls(Operation::ListUsers) == all));
        ensure!(arrived.await.is_ok(), "only {} of {all} look", state.calls(Operation::ListUsers));
        server.kill().await?;
        state.clear_faults();
        self.kills += 1;
        *self.counts.entry("ListUsers".to_owned()).or_default() += subjects.len();
        drop(asking);
        Ok(())
    }

    async fn kill_at_random(&mut self) -> Result<()> {
        let mut dice = Dice::new(SEED);
        for _ in 0..RANDOM_KILLS {
            let server = self.world.start().await?;
            let flows = Flow::all().chain(Flow::all()).collect::<Vec<_>>();
            let subjects: Vec<_> = flows.into_iter().map(|flow| self.subject(flow)).collect();
            self.begin(&subjects).await?;
            let asking = self.ask(&subjects);
            sleep(Duration::from_millis(5 + dice.below(250) as u64)).await;
            server.kill().await?;
            self.kills += 1;
            *self.counts.entry("at random".to_owned()).or_default() += subjects.len();
            drop(asking);
        }
        Ok(())
    }

    async fn finish(self) -> Result<()> {
        let state = self.world.sim().state();
        state.clear_faults();
        sleep(Duration::from_secs(CALL + MARGIN)).await;
        state.until(|state| state.log().iter().all(|call| call.ended)).await;
        let _server = self.world.start().await?;
        let mut tasks = JoinSet::new();
        for subject in self.subjects.iter().copied() {
            let ground = self.ground.clone();
            tasks.spawn(async move { ground.reaches_goal(subject).await });
        }
        let mut broken = Vec::new();
        while let Some(done) = tasks.join_next().await {
            broken.extend(done?.err().map(|error| format!("{error:#}")));
        }
        println!("{} kills, {} people", self.kills, self.subjects.len());
        self.counts.iter().for_each(|(point, count)| println!("{count:>6}  {point}"));
        ensure!(broken.is_empty(), "{} of {} are not where one repeat leads:\n{}", broken.len(), self.subjects.len(),
            broken.join("\n"));
        Ok(())
    }
}
