//! Killed at every remote call of every flow, before and after its effect, and at random moments: one repeat reaches the
//! goal.

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::{Result, ensure};
use portcullis_tests::database::Kind;
use portcullis_tests::dice::Dice;
use portcullis_tests::server::{Server, World};
use threedeye_sim::{Fault, Misbehaviour, Operation, SimState};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, sleep_until, timeout};

use super::people::{Flow, Ground, Subject};

crate::on_each_database!(a_killed_server_leaves_what_one_repeat_finishes);

/// Seconds a call may take, and so those that hang: longer than all people of a kill need to get to theirs, unless the
/// machine is very slow. Then a call fails before the kill, which is one more moment to be killed at.
const CALL: u64 = 15;
/// So much longer than a call may take its person's account is held.
const MARGIN: u64 = 5;
/// A call that hangs before its effect has it so much later: after the kill.
const LATE: Duration = Duration::from_secs(12);
/// Never answered in time.
const HANGS: Duration = Duration::from_secs(20);
/// Nothing that is waited for takes so long, however slow the machine is.
const PATIENCE: Duration = Duration::from_mins(1);
/// Failures in a row there never are: those of hanging calls must not keep others from being made.
const FAILURES: u32 = 1_000;
/// People a kill; the service makes one more call at once.
const AT_ONCE: usize = 7;
const RANDOM_KILLS: usize = 4;
const SEED: u64 = 0x3d_e7e;

/// Where somebody's flow hangs when the server is killed.
#[derive(Debug, Clone, Copy)]
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

fn subjects(points: &[(Subject, Point)]) -> Vec<Subject> {
    points.iter().map(|(subject, _)| *subject).collect()
}

struct Run {
    kind: Kind,
    world: World,
    ground: Ground,
    subjects: Vec<Subject>,
    counts: BTreeMap<String, usize>,
    kills: usize,
    /// When the last server was killed.
    killed: Instant,
}

impl Run {
    async fn start(kind: Kind) -> Result<Self> {
        let mut world = World::new(kind).await?;
        world.set("THREEDEYE__TIMEOUT", CALL.to_string());
        world.set("THREEDEYE__CALL_TIMEOUT", CALL.to_string());
        world.set("THREEDEYE__BREAKER_FAILURES", FAILURES.to_string());
        let _server = world.start().await?;
        let (desk, staff) = (world.super_api().await?, world.staff_api().await?);
        let ground = Ground::new(desk, staff, world.sim().state())?;
        let (subjects, counts) = (Vec::new(), BTreeMap::new());
        Ok(Self { kind, world, ground, subjects, counts, kills: 0, killed: Instant::now() })
    }

    fn subject(&mut self, flow: Flow) -> Subject {
        let subject = Subject { n: self.subjects.len() + 1, flow };
        self.subjects.push(subject);
        subject
    }

    async fn kill(&mut self, server: Server) -> Result<()> {
        server.kill().await?;
        self.kills += 1;
        self.killed = Instant::now();
        Ok(())
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
        let mut points = Vec::new();
        for flow in Flow::all() {
            for operation in calls(flow) {
                for after in [false, true] {
                    points.push((self.subject(flow), Point { operation, after }));
                }
            }
        }
        for points in points.chunks(AT_ONCE) {
            let server = self.world.start().await?;
            self.begin(&subjects(points)).await?;
            for (subject, Point { operation, after }) in points.iter().copied() {
                let fault = if after {
                    Fault::after(operation, Misbehaviour::delay(HANGS))
                } else {
                    Fault::before(operation, Misbehaviour::delay(LATE))
                };
                self.ground.sim.inject(fault.about(subject.email()).once())?;
                let when = if after { "after" } else { "before" };
                *self.counts.entry(format!("{when} the effect of {operation}")).or_default() += 1;
            }
            // Each befalls one call and is gone with it.
            self.kill_when(server, &subjects(points), |state| state.faults().is_empty()).await?;
        }
        Ok(())
    }

    async fn kill_at_each_look(&mut self) -> Result<()> {
        let looks = |flow: &Flow| *flow == Flow::FetchNew || !calls(*flow).is_empty();
        let looking: Vec<_> = Flow::all().filter(looks).map(|flow| self.subject(flow)).collect();
        for subjects in looking.chunks(AT_ONCE) {
            let server = self.world.start().await?;
            self.begin(subjects).await?;
            self.ground.sim.inject(Fault::before(Operation::ListUsers, Misbehaviour::delay(HANGS)))?;
            *self.counts.entry("at ListUsers".to_owned()).or_default() += subjects.len();
            let looks = self.ground.sim.calls(Operation::ListUsers) + subjects.len() as u64;
            self.kill_when(server, subjects, |state| state.calls(Operation::ListUsers) >= looks).await?;
        }
        Ok(())
    }

    /// Lets them ask, and kills the server when that holds.
    async fn kill_when(
        &mut self,
        server: Server,
        subjects: &[Subject],
        all_hang: impl Fn(&SimState) -> bool,
    ) -> Result<()> {
        let state = self.ground.sim.clone();
        let asking = self.ask(subjects);
        let arrived = timeout(PATIENCE, state.until(all_hang)).await;
        ensure!(arrived.is_ok(), "not all calls hang: {:?}, {:?}", state.faults(), state.log());
        self.kill(server).await?;
        state.clear_faults();
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
            self.kill(server).await?;
            *self.counts.entry("at random".to_owned()).or_default() += subjects.len();
            drop(asking);
        }
        Ok(())
    }

    async fn finish(self) -> Result<()> {
        let state = self.world.sim().state();
        let ended = state.until(|state| state.log().iter().all(|call| call.ended));
        ensure!(timeout(PATIENCE, ended).await.is_ok(), "calls of dead servers do not end: {:?}", state.log());
        if self.kind == Kind::Postgres {
            // There may be other servers, so what a dead one held stays held for a while.
            sleep_until(self.killed + Duration::from_secs(CALL + MARGIN)).await;
        }
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
        ensure!(
            broken.is_empty(),
            "{} of {} are not where one repeat leads:\n{}",
            broken.len(),
            self.subjects.len(),
            broken.join("\n")
        );
        Ok(())
    }
}
