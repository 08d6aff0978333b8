//! Killed at every remote call of every flow, before and after its effect, when the outcome is written and nobody has
//! read the answer, and at random moments: one repeat reaches the goal.

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use portcullis_tests::database::Kind;
use portcullis_tests::dice::Dice;
use portcullis_tests::server::{Server, World};
use threedeye_sim::{Fault, Misbehaviour, Operation, SimState};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, sleep_until, timeout};

use super::flow::{Flow, Subject};
use super::people::Ground;

crate::on_each_database!(a_killed_server_leaves_what_one_repeat_finishes);

/// Seconds a call may take: longer than one hangs.
const CALL: u64 = 15;
/// So much longer than a call may take its person's account is held.
const MARGIN: u64 = 5;
/// So much later a call that hangs has its effect or is answered: after the kill, unless the machine is so slow that the
/// people of a kill take longer to get to theirs. Then the flow just goes on, which is one more moment to be killed at.
const HANGS: Duration = Duration::from_secs(12);
/// Nothing that is waited for takes so long, however slow the machine is.
const PATIENCE: Duration = Duration::from_mins(1);
/// Failures in a row there never are: those of hanging calls must not keep others from being made.
const FAILURES: u32 = 1_000;
/// People a kill; the service makes one more call at once.
const AT_ONCE: usize = 7;
/// People whose new role is made when the server is killed, before the effect of that and after it.
const MAKERS: u32 = 2;
const RANDOM_KILLS: usize = 4;
const SEED: u64 = 0x3d_e7e;

/// Where somebody's flow hangs when the server is killed.
#[derive(Debug, Clone, Copy)]
struct Point {
    operation: Operation,
    /// So many calls of the operation go by first.
    skip: u32,
    after: bool,
}

impl Point {
    fn fault(self) -> Fault {
        let what = Misbehaviour::delay(HANGS);
        let fault = if self.after { Fault::after(self.operation, what) } else { Fault::before(self.operation, what) };
        fault.skip(self.skip)
    }

    fn name(self) -> String {
        let when = if self.after { "after" } else { "before" };
        format!("{when} the effect of {}", self.operation)
    }
}

async fn a_killed_server_leaves_what_one_repeat_finishes(kind: Kind) -> Result<()> {
    let mut run = Run::start(kind).await?;
    run.kill_at_each_call().await?;
    run.kill_at_new_roles().await?;
    let all: Vec<_> = Flow::all().filter(|flow| flow.looks()).collect();
    run.kill_at_each_look(Operation::ListUsers, &all).await?;
    run.kill_at_each_look(Operation::ListRoles, &[Flow::CreateRole]).await?;
    run.kill_before_answers_are_read().await?;
    run.all_has_happened().await?;
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
    /// Those of them who asked under a key, and whose outcome was on record when the server was killed.
    answered: Vec<Subject>,
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
        let (subjects, answered, counts) = (Vec::new(), Vec::new(), BTreeMap::new());
        Ok(Self { kind, world, ground, subjects, answered, counts, kills: 0, killed: Instant::now() })
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

    /// All of them ask, under a key of theirs or none; nobody waits for the answers.
    fn ask(&self, subjects: &[Subject], keyed: bool) -> JoinSet<()> {
        let mut asking = JoinSet::new();
        for subject in subjects.iter().copied() {
            let ground = self.ground.clone();
            let key = keyed.then(|| subject.key());
            asking.spawn(async move { drop(ground.asks_under(subject, key.as_deref()).await) });
        }
        asking
    }

    fn count(&mut self, point: String, people: usize) {
        *self.counts.entry(point).or_default() += people;
    }

    async fn kill_at_each_call(&mut self) -> Result<()> {
        let mut points = Vec::new();
        for flow in Flow::all() {
            let calls = flow.calls();
            for (at, operation) in calls.iter().copied().enumerate() {
                let skip = calls[..at].iter().filter(|earlier| **earlier == operation).count();
                for after in [false, true] {
                    points.push((self.subject(flow), Point { operation, skip: u32::try_from(skip)?, after }));
                }
            }
        }
        for points in points.chunks(AT_ONCE) {
            let server = self.world.start().await?;
            self.begin(&subjects(points)).await?;
            for (subject, point) in points.iter().copied() {
                let about = self.ground.about(subject, point.operation)?;
                self.ground.sim.inject(point.fault().about(about).once())?;
                self.count(point.name(), 1);
            }
            // Each befalls one call and is gone with it.
            self.kill_when(server, &subjects(points), |state| state.faults().is_empty()).await?;
        }
        Ok(())
    }

    /// A role that is not there yet is nothing a fault could be about: it befalls whoever comes first.
    async fn kill_at_new_roles(&mut self) -> Result<()> {
        let server = self.world.start().await?;
        let makers: Vec<_> = (0..2 * MAKERS).map(|_| self.subject(Flow::CreateRole)).collect();
        self.begin(&makers).await?;
        for after in [false, true] {
            let point = Point { operation: Operation::CreateRole, skip: 0, after };
            self.ground.sim.inject(point.fault().times(MAKERS))?;
            self.count(point.name(), MAKERS as usize);
        }
        self.kill_when(server, &makers, |state| state.faults().is_empty()).await
    }

    async fn kill_at_each_look(&mut self, look: Operation, flows: &[Flow]) -> Result<()> {
        let looking: Vec<_> = flows.iter().map(|flow| self.subject(*flow)).collect();
        for subjects in looking.chunks(AT_ONCE) {
            let server = self.world.start().await?;
            self.begin(subjects).await?;
            self.ground.sim.inject(Fault::before(look, Misbehaviour::delay(HANGS)))?;
            self.count(format!("at {look}"), subjects.len());
            let looks = self.ground.sim.calls(look) + subjects.len() as u64;
            self.kill_when(server, subjects, |state| state.calls(look) >= looks).await?;
        }
        Ok(())
    }

    /// Killed when the last of them has come to its end by what is on record: its answer is lost, and that of others
    /// may be.
    async fn kill_before_answers_are_read(&mut self) -> Result<()> {
        let ended: Vec<_> = Flow::all().map(|flow| self.subject(flow)).collect();
        for subjects in ended.chunks(AT_ONCE) {
            let server = self.world.start().await?;
            self.begin(subjects).await?;
            let asking = self.ask(subjects, true);
            let recorded = timeout(PATIENCE, async {
                for subject in subjects {
                    while self.ground.results(*subject).await? == 0 {
                        sleep(Duration::from_millis(1)).await;
                    }
                }
                anyhow::Ok(())
            });
            recorded.await.context("not all results are on record")??;
            self.kill(server).await?;
            drop(asking);
            self.count("when the outcome is written".to_owned(), subjects.len());
        }
        self.answered = ended;
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
        let asking = self.ask(subjects, false);
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
            let subjects: Vec<_> = Flow::all().map(|flow| self.subject(flow)).collect();
            self.begin(&subjects).await?;
            let asking = self.ask(&subjects, false);
            sleep(Duration::from_millis(5 + dice.below(250) as u64)).await;
            self.kill(server).await?;
            self.count("at random".to_owned(), subjects.len());
            drop(asking);
        }
        Ok(())
    }

    /// Waits until nothing dead servers asked for is yet to happen.
    async fn all_has_happened(&self) -> Result<()> {
        let state = &self.ground.sim;
        let ended = state.until(|state| state.log().iter().all(|call| call.ended));
        ensure!(timeout(PATIENCE, ended).await.is_ok(), "calls of dead servers do not end: {:?}", state.log());
        // The stand-in remembers so many calls only.
        state.reset_calls();
        Ok(())
    }

    async fn finish(self) -> Result<()> {
        self.all_has_happened().await?;
        if self.kind == Kind::Postgres {
            // There may be other servers, so what a dead one held stays held for a while.
            sleep_until(self.killed + Duration::from_secs(CALL + MARGIN)).await;
        }
        let _server = self.world.start().await?;
        let mut tasks = JoinSet::new();
        for subject in self.subjects.iter().copied() {
            let ground = self.ground.clone();
            let is_answered = self.answered.iter().any(|answered| answered.n == subject.n);
            tasks.spawn(async move {
                if is_answered { ground.is_remembered(subject).await } else { ground.reaches_goal(subject).await }
            });
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
