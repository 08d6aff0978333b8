//! Camera accounts for everybody who lacks one.

use std::collections::VecDeque;
use std::num::NonZeroUsize;

use serde::{Deserialize, Serialize};

use super::credentials::ensure_within;
use super::crowd::Crowd;
use super::job::{CameraPorts, Job, StepError};
use crate::clock::Timestamp;
use crate::commit::{Commit, Effects, PrivateChange};
use crate::event::Actor;
use crate::ids::UserId;
use crate::policy::{Action, Resource, allows};
use crate::port::{CommitError, GatewayError, Unavailable};
use crate::threedeye::{BackfillRefusal, CredentialsRefusal, WithoutAccount};
use crate::usecase::remember::{Answer, Remembered, replay};
use crate::usecase::{Outcome, Request, UseCaseError};
use crate::user::UserStatus;

/// Errors told; more are only counted.
const ERRORS: usize = 100;

/// How much a backfill takes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BackfillOrder {
    /// At most this many people; none = everybody.
    pub limit: Option<u64>,
    /// This many at once.
    pub concurrency: NonZeroUsize,
}

/// What a backfill did so far, or in all.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BackfillReport {
    /// People whose turn came: those who got an account, and those for whom it failed.
    pub total: u64,
    /// Accounts made, or found unfinished and finished.
    pub created: u64,
    /// People who still have none.
    pub failed: u64,
    /// Why, each with the person's id and never an address; the first hundred.
    pub errors: Vec<String>,
    /// Why it ended before everybody's turn had come.
    pub stopped: Option<String>,
}

/// Watches a backfill.
pub trait BackfillWatch: Send + Sync {
    /// This many wait, as far as is known when it begins.
    fn begins(&self, waiting: u64) {
        let _ = waiting;
    }

    /// Somebody's turn is over.
    fn goes_on(&self, so_far: &BackfillReport) {
        let _ = so_far;
    }

    /// Why it is to end after those under way, if it is. Asked before each.
    fn is_to_end(&self) -> Option<&'static str> {
        None
    }
}

/// Makes camera accounts for active people who have an address and no account in use. Each gets it as by a fetch of
/// their credentials: under the person's own job, so that any number of backfills, fetches and resets go on beside each
/// other.
///
/// Whoever was never tried comes first, then those whose last try is longest ago, so that nobody for whom it always
/// fails keeps others waiting; nobody comes twice in one run. People who are suspended or switched off are passed over
/// and not counted: an account would let them in. Ends early when 3dEye is not called any more.
pub struct BackfillThreeDEye {
    ports: CameraPorts,
}

/// What became of somebody's turn.
enum Turn {
    Made,
    /// Nothing to do: somebody else was faster, or the person is not to have one.
    PassedOver,
    Failed(UserId, String),
    /// 3dEye is not called at present, so there is no use in going on.
    Closed(GatewayError),
}

impl BackfillThreeDEye {
    /// Wires the use case.
    pub const fn new(ports: CameraPorts) -> Self {
        Self { ports }
    }

    /// Does it. Run it as a task of its own: it must not be cancelled half-way.
    pub async fn execute(
        &self,
        request: &Request,
        order: BackfillOrder,
        watch: &dyn BackfillWatch,
    ) -> Result<Outcome<BackfillReport>, UseCaseError<BackfillRefusal>> {
        let actor = allows(&request.caller, Action::BackfillCameras, Resource::Service)?;
        let commands = &self.ports.commands;
        if let Some(key) = &request.idempotency
            && let Some(recalled) = commands.events.recall(&key.scope).await?
        {
            return replay(key, &recalled);
        }
        // The cheapest question there is. Any other failure may be over before the first turn.
        if let Err(error @ (GatewayError::NotConfigured | GatewayError::CircuitOpen { .. })) =
            self.ports.gateway.roles().await
        {
            return Err(UseCaseError::Refused { refusal: BackfillRefusal::Gateway(error), replayed: None });
        }
        let run = Run { ports: &self.ports, request, actor: &actor, begun: commands.clock.now() };
        watch.begins(self.ports.accounts.count_without_account(run.begun).await?);
        let report = run.all(order, watch).await;
        if let Some(key) = request.idempotency {
            let now = commands.clock.now();
            let answer = Answer::Done(report.clone());
            let remembered: Remembered<_, BackfillRefusal> = Remembered { request: request.id.clone(), answer };
            if let Some(recalled) = commands.remember(request, actor, remembered.record(key, now)?, now).await? {
                return replay(&key, &recalled);
            }
        }
        Ok(Outcome { value: report, replayed: false })
    }
}

/// What goes on at the same time.
enum Step {
    /// Somebody's turn is over.
    Over(Turn),
    /// These come next.
    TakenOn(Result<Vec<WithoutAccount>, Unavailable>),
}

struct Run<'a> {
    ports: &'a CameraPorts,
    request: &'a Request,
    actor: &'a Actor,
    begun: Timestamp,
}

impl Run<'_> {
    /// Everything is done in the crowd: what is awaited beside it would wait for what nobody goes on with, such as the
    /// database connection one of the turns was just given.
    async fn all(&self, order: BackfillOrder, watch: &dyn BackfillWatch) -> BackfillReport {
        let at_once = order.concurrency.get();
        let mut report = BackfillReport::default();
        let (mut queue, mut nobody_left) = (VecDeque::new(), false);
        let (mut turns, mut taking_on, mut last) = (0, false, None);
        let mut crowd = Crowd::new();
        loop {
            let room =
                |turns: usize| order.limit.map_or(u64::MAX, |limit| limit.saturating_sub(report.total + turns as u64));
            let is_done = queue.is_empty() && (nobody_left || room(turns) == 0);
            if report.stopped.is_none() && !is_done {
                report.stopped = watch.is_to_end().map(str::to_owned);
            }
            if report.stopped.is_none() {
                while turns < at_once
                    && let Some(user) = queue.pop_front()
                {
                    crowd.begin(async move { Step::Over(self.turn(user).await) });
                    turns += 1;
                }
                let few = room(turns).min(at_once as u64);
                if queue.is_empty() && !taking_on && !nobody_left && few > 0 {
                    crowd.begin(async move { Step::TakenOn(self.next_few(few, last).await) });
                    taking_on = true;
                }
            }
            match crowd.next().await {
                Some(Step::Over(turn)) => {
                    turns -= 1;
                    report.count(turn);
                    watch.goes_on(&report);
                }
                Some(Step::TakenOn(next)) => {
                    taking_on = false;
                    match next {
                        Ok(next) => {
                            nobody_left = next.is_empty();
                            last = next.last().copied();
                            queue.extend(next.into_iter().map(|waiting| waiting.user));
                        }
                        // Those under way are seen to their end all the same.
                        Err(error) => report.stopped = Some(error.to_string()),
                    }
                }
                None => break,
            }
        }
        report
    }

    /// The next whose turn it is, after the last. They count as tried from here on: whatever becomes of it, others come
    /// first next time, and another backfill takes others up.
    async fn next_few(&self, few: u64, last: Option<WithoutAccount>) -> Result<Vec<WithoutAccount>, Unavailable> {
        let few = u32::try_from(few).unwrap_or(u32::MAX);
        let people = self.ports.accounts.without_account(self.begun, last, few).await?;
        if people.is_empty() {
            return Ok(people);
        }
        let commands = &self.ports.commands;
        let now = commands.clock.now();
        // Even if the clock stepped back: nobody comes twice.
        let at = now.max(self.begun);
        let private = people.iter().map(|waiting| PrivateChange::CameraTried { user: waiting.user, at }).collect();
        let commit = Commit {
            id: commands.commit_id(now),
            stream: None,
            effects: Effects { private, ..Effects::default() },
            idempotency: None,
            meta: self.request.metadata(self.actor.clone(), None, now),
        };
        match commands.events.commit(commit).await {
            Err(CommitError::Unavailable(unavailable)) => Err(unavailable),
            // A commit without stream, guards and claims has nothing to lose.
            _ => Ok(people),
        }
    }

    async fn turn(&self, user: UserId) -> Turn {
        match self.try_one(user).await {
            Ok(turn) => turn,
            Err(unavailable) => {
                tracing::warn!(%user, error = %unavailable, "no camera account made");
                Turn::Failed(user, unavailable.to_string())
            }
        }
    }

    async fn try_one(&self, user: UserId) -> Result<Turn, Unavailable> {
        // Or shut out, since the turn was noted.
        let person = self.ports.users.find(user).await?;
        if person.is_none_or(|person| person.status != UserStatus::Active) {
            return Ok(Turn::PassedOver);
        }
        let job = match Job::take(self.ports, self.request, self.actor.clone(), user).await {
            Ok(job) => job,
            Err(StepError::Unavailable(unavailable)) => return Err(unavailable),
            Err(busy) => return Ok(Turn::Failed(user, busy.to_string())),
        };
        let turn = make(&job, user).await;
        job.release().await;
        turn
    }
}

async fn make(job: &Job<'_>, user: UserId) -> Result<Turn, Unavailable> {
    // Whoever held the job before may have made the account.
    let (_, state) = job.look().await?;
    if state.ready().is_some() {
        return Ok(Turn::PassedOver);
    }
    match ensure_within(job).await {
        Ok(_) => Ok(Turn::Made),
        Err(UseCaseError::Refused { refusal: CredentialsRefusal::Gateway(error), .. }) => match error {
            GatewayError::CircuitOpen { .. } | GatewayError::NotConfigured => Ok(Turn::Closed(error)),
            error => Ok(Turn::Failed(user, error.to_string())),
        },
        // The person, or the address, went meanwhile.
        Err(UseCaseError::NotFound { .. } | UseCaseError::Refused { refusal: CredentialsRefusal::NoAddress, .. }) => {
            Ok(Turn::PassedOver)
        }
        Err(UseCaseError::Unavailable(unavailable)) => Err(unavailable),
        Err(error) => Ok(Turn::Failed(user, error.to_string())),
    }
}

impl BackfillReport {
    fn count(&mut self, turn: Turn) {
        match turn {
            Turn::Made => self.created += 1,
            Turn::Failed(user, why) => {
                self.failed += 1;
                if self.errors.len() < ERRORS {
                    self.errors.push(format!("user {user}: {why}"));
                }
            }
            Turn::PassedOver => {}
            Turn::Closed(error) => drop(self.stopped.get_or_insert(error.to_string())),
        }
        self.total = self.created + self.failed;
    }
}
