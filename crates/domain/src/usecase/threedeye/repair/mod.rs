//! Setting one finding of a comparison right.

mod nobody;
mod person;
mod report;

use std::sync::Arc;

pub use report::{RepairOrder, RepairReport, RepairTarget};

use super::drift::{Judge, Owned, Stop};
use super::job::{CameraPorts, Job, StepError};
use crate::event::{Actor, Version};
use crate::ids::{OrgId, ThreeDEyeUserId, UserId};
use crate::policy::{Action, Resource, allows};
use crate::port::ApiKeys;
use crate::threedeye::{DriftFinding, KnownAccount, Remedy, RepairRefusal};
use crate::usecase::remember::{Answer, Remembered, replay};
use crate::usecase::{Outcome, Request, UseCaseError};

type Failure = UseCaseError<RepairRefusal>;
type Repaired = Result<Outcome<RepairReport>, Failure>;

/// Sets one finding right: events `ThreeDEyeRepairStarted` and `ThreeDEyeRepaired` on the person's stream, with those
/// of what was done to accounts between; for an account that belongs to nobody `ThreeDEyeOrphanDeleteStarted` and
/// `ThreeDEyeOrphanDeleted` on the stream of the organisation that everything without one belongs to.
///
/// Looks first, under the person's job, whether it is still so; if not, nothing is done and the report says why. An
/// account is only taken over when somebody stands for the person's address, as everywhere. Interrupted anywhere, the
/// next fetch, reset or backfill finishes it.
pub struct RepairThreeDEye {
    ports: CameraPorts,
    keys: Arc<dyn ApiKeys>,
    org: OrgId,
}

impl RepairThreeDEye {
    /// Wires the use case; `org` is the organisation on whose stream it is told what became of accounts of nobody.
    pub fn new(ports: CameraPorts, keys: Arc<dyn ApiKeys>, org: OrgId) -> Self {
        Self { ports, keys, org }
    }

    /// Does it. Run it as a task of its own: it must not be cancelled half-way.
    pub async fn execute(&self, request: &Request, order: RepairOrder) -> Repaired {
        let actor = allows(&request.caller, Action::RepairCameras, Resource::Service)?;
        if let Some(answer) = self.recalled(request).await {
            return answer;
        }
        let user = match &order.target {
            RepairTarget::OfPerson { user, .. } => Some(*user),
            RepairTarget::Orphan(id) => match self.orphan(&Judge::new(&self.ports), id).await? {
                Err(reason) => {
                    return self.nothing(request, actor, RepairReport::unchanged(&order, None, reason)).await;
                }
                Ok(finding) if finding.remedy == Remedy::Provision => finding.user,
                Ok(finding) => return self.of_nobody(request, actor, &order, finding).await,
            },
        };
        // An orphan that is to be given to somebody names who.
        let Some(user) = user else { return Err(refused(RepairRefusal::Orphan)) };
        if order.dry_run {
            return self.look(request, actor, &order, user).await;
        }
        let job = match Job::take(&self.ports, request, actor.clone(), user).await {
            Ok(job) => job,
            Err(error) => return step_failure(request, error),
        };
        // An equal request may have held the job until now.
        let done = match self.recalled(request).await {
            Some(answer) => answer,
            None => self.of_person(request, actor, &order, &job).await,
        };
        job.release().await;
        done
    }

    async fn recalled(&self, request: &Request) -> Option<Repaired> {
        let key = request.idempotency.as_ref()?;
        match self.ports.commands.events.recall(&key.scope).await {
            Ok(recalled) => recalled.map(|recalled| replay(key, &recalled)),
            Err(unavailable) => Some(Err(unavailable.into())),
        }
    }

    /// Says what would be done.
    async fn look(&self, request: &Request, actor: Actor, order: &RepairOrder, user: UserId) -> Repaired {
        let rows = self.ports.accounts.find(user).await?;
        let judge = Judge::new(&self.ports);
        let report = match self.finding(&judge, &order.target, KnownAccount::of(&rows)).await? {
            Ok(finding) => RepairReport::planned(order, &finding),
            Err(reason) => RepairReport::unchanged(order, Some(user), reason),
        };
        self.nothing(request, actor, report).await
    }

    /// The finding as it is now, or why it is none any more.
    async fn finding(
        &self,
        judge: &Judge<'_>,
        target: &RepairTarget,
        known: Option<KnownAccount>,
    ) -> Result<Result<DriftFinding, String>, Failure> {
        let (kind, known) = match (target, known) {
            (RepairTarget::Orphan(id), _) => return self.orphan(judge, id).await,
            (RepairTarget::OfPerson { .. }, None) => return Ok(Err("the user has no mapping".to_owned())),
            (RepairTarget::OfPerson { kind, .. }, Some(known)) => (*kind, known),
        };
        Ok(match judge.mapping(&known).await? {
            Some(finding) if finding.kind == kind => Ok(finding),
            Some(finding) => Err(format!("it is {} now", finding.kind.as_str())),
            None => Err("nothing is wrong any more, or somebody is at work on it".to_owned()),
        })
    }

    async fn orphan(&self, judge: &Judge<'_>, id: &ThreeDEyeUserId) -> Result<Result<DriftFinding, String>, Failure> {
        let Some(account) = self.ports.gateway.find(id).await.map_err(Stop::from)? else {
            return Ok(Err("the account is not in our customer any more".to_owned()));
        };
        Ok(match judge.account(&account).await? {
            Owned::ByNobody(finding) => Ok(finding),
            Owned::BySomebody => Err("a mapping names the account, or somebody is at work on it".to_owned()),
        })
    }

    /// An answer that comes without effects.
    async fn nothing(&self, request: &Request, actor: Actor, report: RepairReport) -> Repaired {
        if let Some(key) = request.idempotency {
            let commands = &self.ports.commands;
            let now = commands.clock.now();
            let record = remembered(request, report.clone()).record(key, now)?;
            if let Some(recalled) = commands.remember(request, actor, record, now).await? {
                return replay(&key, &recalled);
            }
        }
        Ok(Outcome { value: report, replayed: false })
    }
}

fn remembered(request: &Request, report: RepairReport) -> Remembered<RepairReport, RepairRefusal> {
    Remembered { request: request.id.clone(), answer: Answer::Done(report) }
}

/// The report with the version of the stream after it.
fn at(report: &RepairReport, version: Version) -> RepairReport {
    RepairReport { version: Some(version), ..report.clone() }
}

const fn refused(refusal: RepairRefusal) -> Failure {
    UseCaseError::Refused { refusal, replayed: None }
}

fn step_failure(request: &Request, error: StepError) -> Repaired {
    match (error, &request.idempotency) {
        (StepError::AlreadyDone(recalled), Some(key)) => replay(key, &recalled),
        (StepError::Busy | StepError::AlreadyDone(_), _) => Err(refused(RepairRefusal::Busy)),
        (StepError::Unavailable(unavailable), _) => Err(unavailable.into()),
    }
}

impl From<Stop> for Failure {
    fn from(stop: Stop) -> Self {
        match stop {
            Stop::Gateway(error) => refused(RepairRefusal::Gateway(error)),
            Stop::Store(unavailable) => unavailable.into(),
        }
    }
}
