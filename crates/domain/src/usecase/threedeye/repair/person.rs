//! Repairs of a person's account, by whoever holds the person's job.

use super::super::job::{Job, Last};
use super::super::provision::{ProvisionError, provision};
use super::super::restore::Provisioned;
use super::{Judge, RepairOrder, RepairReport, RepairThreeDEye, Repaired, at, refused, remembered, step_failure};
use crate::commit::{Effects, PrivateChange};
use crate::event::{Actor, Version};
use crate::ids::ThreeDEyeRoleId;
use crate::threedeye::{
    AccountState, DriftFinding, KnownAccount, Mapping, RepairRefusal, ThreeDEyeRepairStarted, ThreeDEyeRepaired,
};
use crate::usecase::{IfMatch, Outcome, Request, UseCaseError};
use crate::user::Person;

impl RepairThreeDEye {
    pub(super) async fn of_person(
        &self,
        request: &Request,
        actor: Actor,
        order: &RepairOrder,
        job: &Job<'_>,
    ) -> Repaired {
        let user = job.user();
        let (person, rows) = job.look().await?;
        let version = person.as_ref().map(|person| person.version).unwrap_or_default();
        if request.if_match != IfMatch::None && !request.if_match.allows(version) {
            return Err(UseCaseError::Stale);
        }
        let Some(person) = person else {
            let report = RepairReport::unchanged(order, Some(user), "there is no such user".to_owned());
            return self.nothing(request, actor, report).await;
        };
        let judge = Judge::holding(&self.ports, user);
        let finding = match self.finding(&judge, &order.target, KnownAccount::of(&rows)).await? {
            Ok(finding) if finding.user == Some(user) => finding,
            Ok(_) => {
                let report = RepairReport::unchanged(order, Some(user), "it is another user's now".to_owned());
                return self.nothing(request, actor, report).await;
            }
            Err(reason) => {
                return self.nothing(request, actor, RepairReport::unchanged(order, Some(user), reason)).await;
            }
        };
        let before = rows.mapping.clone();
        let rows = match begin(job, &finding, rows).await {
            Ok(rows) => rows,
            Err(error) => return step_failure(request, error),
        };
        match provision(job, &person, rows).await {
            Ok(done) => end(job, request, done_about(order, &finding, before, done)).await,
            Err(error) => fail(job, request, &finding, error).await,
        }
    }
}

/// What was done, given the mapping before: an account made anew has another password.
fn done_about(
    order: &RepairOrder,
    finding: &DriftFinding,
    before: Option<Mapping>,
    Provisioned { mapping, missing }: Provisioned,
) -> RepairReport {
    let is_new = before.is_none_or(|before| before.password != mapping.password);
    let given = |role: &ThreeDEyeRoleId| !finding.present.contains(role) && !missing.contains(role);
    let reason = (!missing.is_empty()).then(|| {
        let missing: Vec<_> = missing.iter().map(ThreeDEyeRoleId::as_str).collect();
        format!("3dEye has no such role any more: {}", missing.join(", "))
    });
    RepairReport {
        threedeye_user: mapping.threedeye_user,
        changed: is_new || finding.expected.iter().any(given),
        reason,
        ..RepairReport::planned(order, finding)
    }
}

/// Writes what is about to be done, and the rows as provisioning is to find them: with the roles the account should
/// have, and no mapping to an account that is gone.
async fn begin(
    job: &Job<'_>,
    finding: &DriftFinding,
    mut rows: AccountState,
) -> Result<AccountState, super::StepError> {
    let mut private = Vec::new();
    if !finding.expected.is_empty() {
        rows.recovery = Some(finding.expected.clone());
        private.push(PrivateChange::Recovery { user: job.user(), roles: finding.expected.clone() });
    }
    if finding.kind.loses_the_account() {
        rows.mapping = rows.mapping.map(Mapping::stale);
        private.extend(rows.mapping.clone().map(PrivateChange::ThreeDEye));
    }
    let started = ThreeDEyeRepairStarted {
        user_id: job.user(),
        finding: finding.kind,
        threedeye_user_id: finding.threedeye_user.clone(),
        role_ids: finding.expected.clone(),
    };
    job.outcome(started, private).await?;
    Ok(rows)
}

/// The last step: the event, and the answer to remember.
async fn end(job: &Job<'_>, request: &Request, mut report: RepairReport) -> Repaired {
    let event = ThreeDEyeRepaired {
        user_id: job.user(),
        finding: report.kind,
        threedeye_user_id: report.threedeye_user.clone(),
        error: report.reason.clone(),
    };
    let effects = |_: &Person| Effects { events: vec![event.clone().into()], ..Effects::default() };
    let (of, key, now, told) = (request.clone(), request.idempotency, job.now(), report.clone());
    let last = Last::Yes(Box::new(move |version: Version| {
        key.map(|key| remembered(&of, at(&told, version)).record(key, now)).transpose()
    }));
    match job.step_on_person(effects, last).await {
        Ok(version) => {
            report.version = version;
            Ok(Outcome { value: report, replayed: false })
        }
        Err(error) => step_failure(request, error),
    }
}

/// Says why it could not be done; not remembered, so that a repeat is tried anew.
async fn fail(job: &Job<'_>, request: &Request, finding: &DriftFinding, error: ProvisionError) -> Repaired {
    let text = error.to_string();
    let refusal = match error {
        ProvisionError::Step(error) => return step_failure(request, error),
        ProvisionError::NoAddress => RepairRefusal::NoAddress,
        ProvisionError::Orphan => RepairRefusal::Orphan,
        ProvisionError::Gateway(error) => RepairRefusal::Gateway(error),
    };
    let event =
        ThreeDEyeRepaired { user_id: job.user(), finding: finding.kind, threedeye_user_id: None, error: Some(text) };
    match job.outcome(event, Vec::new()).await {
        Ok(()) => Err(refused(refusal)),
        Err(error) => step_failure(request, error),
    }
}
