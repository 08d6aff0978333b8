//! Resetting a person's camera account.

use crate::clock::Timestamp;
use crate::commit::{Effects, PrivateChange};
use crate::event::{Actor, StreamId, Version};
use crate::ids::UserId;
use crate::policy::{Action, Resource, allows};
use crate::port::GatewayError;
use crate::text::EmailAddress;
use crate::threedeye::{AccountState, Clearing, ResetRefusal, ResetSwitches, clearing};
use crate::usecase::remember::{Answer, Remembered, replay};
use crate::usecase::{IfMatch, Outcome, Request, UseCaseError};
use crate::user::{Person, Profile, Voucher};

use super::job::{CameraPorts, Job, Last, Remember, StepError};
use super::provision::{ProvisionError, provision, retire, stale};
use super::report::{RemoteReport, ReprovisionReport, ResetReport};

type Failure = UseCaseError<ResetRefusal>;

/// Resets a person's camera account: delete the remote one, clear the local rows, make a new one, each as switched on
/// and in this order. Event `ThreeDEyeReset`, and `ThreeDEyeProvisioned` before it when a new account was made.
///
/// Refused: [`ResetRefusal`]; then nothing was cleared and a repeat is safe. Neither a person nor a row: `NotFound`. A
/// new account that could not be made is no refusal but is told in the report.
pub struct ResetThreeDEye {
    ports: CameraPorts,
}

impl ResetThreeDEye {
    /// Wires the use case.
    pub const fn new(ports: CameraPorts) -> Self {
        Self { ports }
    }

    /// Does it. Run it as a task of its own: it must not be cancelled half-way.
    pub async fn execute(
        &self,
        request: &Request,
        user: UserId,
        switches: ResetSwitches,
    ) -> Result<Outcome<ResetReport>, Failure> {
        let actor = allows(&request.caller, Action::ResetThreeDEye, Resource::Person { id: user, org: None })?;
        if let Some(answer) = self.recalled(request).await {
            return answer;
        }
        let person = self.ports.users.find(user).await?;
        let state = self.ports.accounts.find(user).await?;
        if person.is_none() && state.mapping.is_none() && state.recovery.is_none() {
            return self.unknown(request, actor, user).await;
        }
        let job = match Job::take(&self.ports, request, actor, user).await {
            Ok(job) => job,
            Err(error) => return step_failure(request, error),
        };
        // An equal request may have held the job until now.
        if let Some(answer) = self.recalled(request).await {
            job.release().await;
            return answer;
        }
        let done = Reset { job: &job, request, user, switches }.run().await;
        job.release().await;
        done
    }

    async fn recalled(&self, request: &Request) -> Option<Result<Outcome<ResetReport>, Failure>> {
        let key = request.idempotency.as_ref()?;
        match self.ports.commands.events.recall(&key.scope).await {
            Ok(recalled) => recalled.map(|recalled| replay(key, &recalled)),
            Err(unavailable) => Some(Err(unavailable.into())),
        }
    }

    /// Tells that there is nothing to reset, and remembers having told so.
    async fn unknown(&self, request: &Request, actor: Actor, user: UserId) -> Result<Outcome<ResetReport>, Failure> {
        let stream = StreamId::from(user);
        if let Some(key) = request.idempotency {
            let now = self.ports.commands.clock.now();
            let answer = Answer::NotFound { kind: stream.kind(), id: stream.id().to_owned() };
            let remembered: Remembered<ResetReport, ResetRefusal> = Remembered { request: request.id.clone(), answer };
            let record = remembered.record(key, now)?;
            match self.ports.commands.remember(request, actor, record, now).await {
                Ok(None) => {}
                Ok(Some(recalled)) => return replay(&key, &recalled),
                Err(unavailable) => return Err(unavailable.into()),
            }
        }
        Err(UseCaseError::NotFound { stream, replayed: None })
    }
}

struct Reset<'a> {
    job: &'a Job<'a>,
    request: &'a Request,
    user: UserId,
    switches: ResetSwitches,
}

impl Reset<'_> {
    async fn run(&self) -> Result<Outcome<ResetReport>, Failure> {
        let (person, before) = self.job.look().await?;
        let version = person.as_ref().map(|person| person.version).unwrap_or_default();
        if self.request.if_match != IfMatch::None && !self.request.if_match.allows(version) {
            return Err(UseCaseError::Stale);
        }
        let remote = match self.delete_remote(person.as_ref(), &before).await {
            Ok(remote) => remote,
            Err(error) => return self.failed(error),
        };
        let (_, now) = self.job.look().await?;
        let mut cleared = clearing(self.user, &now, self.switches);
        let ours = now.mapping.as_ref().map(|mapping| mapping.email.clone()).filter(|_| cleared.mapping);
        let reprovision = match self.reprovision(person.as_ref(), &now, &mut cleared).await {
            Ok(reprovision) => reprovision,
            Err(error) => return step_failure(self.request, error),
        };
        let (_, after) = self.job.look().await?;
        let used_up = reprovision.attempted && after.recovery.is_none();
        let report = ResetReport {
            user: self.user,
            email: person.as_ref().and_then(|person| person.profile.email.as_ref()).map(|email| email.as_str().into()),
            cleared_mapping: before.mapping.is_some() && cleared.mapping,
            cleared_recovery: before.recovery.is_some() && (cleared.recovery || used_up),
            remote,
            reprovision,
            version: None,
        };
        self.record(report, cleared, ours).await
    }

    /// Finds the account by its address and deletes it, its roles saved before.
    async fn delete_remote(
        &self,
        person: Option<&Person>,
        before: &AccountState,
    ) -> Result<RemoteReport, ProvisionError> {
        if !self.switches.delete_remote {
            return Ok(RemoteReport::default());
        }
        let mut report = RemoteReport { attempted_delete: true, ..RemoteReport::default() };
        let address = person.and_then(|person| person.profile.email.as_ref());
        let address = address.or(before.mapping.as_ref().map(|mapping| &mapping.email));
        // Without an address there never was an account: nothing to look for, and nothing that was looked for.
        let Some(address) = address else { return Ok(RemoteReport::default()) };
        let found = self.job.gateway().find_by_email(address).await?;
        if let Some(remote) = found {
            let mut roles = before.recovery.clone().unwrap_or_default();
            retire(self.job, before, &remote, &mut roles).await?;
            report.deleted = Some(remote.id);
        } else {
            report.not_visible = true;
            if let Some(mapping) = before.mapping.clone() {
                let private = vec![PrivateChange::ThreeDEye(stale(mapping))];
                self.job.step(Effects { private, ..Effects::default() }).await?;
            }
        }
        Ok(report)
    }

    /// Clears what is to be cleared first, so that the new account's rows are not taken for the old one's.
    async fn reprovision(
        &self,
        person: Option<&Person>,
        state: &AccountState,
        cleared: &mut Clearing,
    ) -> Result<ReprovisionReport, StepError> {
        if !self.switches.reprovision {
            return Ok(ReprovisionReport::default());
        }
        let mut report = ReprovisionReport { attempted: true, ..ReprovisionReport::default() };
        let Some(person) = person else {
            report.error = Some("no such user".to_owned());
            return Ok(report);
        };
        let changes = std::mem::take(&mut cleared.changes);
        if !changes.is_empty() {
            self.job.step(Effects { private: changes, ..Effects::default() }).await?;
        }
        let left = if cleared.mapping { AccountState { mapping: None, ..state.clone() } } else { state.clone() };
        match provision(self.job, person, &left, state.mapping.as_ref()).await {
            Ok(mapping) => report.threedeye_user = mapping.threedeye_user,
            Err(ProvisionError::Step(error)) => return Err(error),
            Err(error) => report.error = Some(error.to_string()),
        }
        Ok(report)
    }

    /// The last step: rows that are still to be cleared, the event, the answer to remember. With a mapping that is cleared
    /// goes the sign that an account may be ours, so its address is vouched for by us from then on.
    async fn record(
        &self,
        mut report: ResetReport,
        cleared: Clearing,
        ours: Option<EmailAddress>,
    ) -> Result<Outcome<ResetReport>, Failure> {
        let event = report.event(self.switches, &cleared.dropped);
        let effects = |person: &Person| {
            let mut private = cleared.changes.clone();
            let profile = &person.profile;
            if ours.is_some() && ours == profile.email && !profile.email_voucher.vouches() {
                let email_voucher = Voucher::Provisioned;
                private.push(PrivateChange::Profile(Profile { email_voucher, ..profile.clone() }));
            }
            Effects { events: vec![event.clone().into()], private, ..Effects::default() }
        };
        let last = Last::Yes(self.remember(report.clone()));
        report.version = match self.job.step_on_person(effects, last).await {
            Ok(Some(version)) => Some(version),
            Ok(None) => {
                // Rows without a person: there is no stream to write to, only rows to clear.
                let effects = Effects { private: cleared.changes, ..Effects::default() };
                if let Err(error) = self.job.step(effects).await {
                    return step_failure(self.request, error);
                }
                None
            }
            Err(error) => return step_failure(self.request, error),
        };
        Ok(Outcome { value: report, replayed: false })
    }

    fn remember(&self, report: ResetReport) -> Remember {
        let key = self.request.idempotency;
        let request = self.request.id.clone();
        let now: Timestamp = self.job.now();
        Box::new(move |version: Version| {
            let Some(key) = key else { return Ok(None) };
            let report = ResetReport { version: Some(version), ..report.clone() };
            let remembered: Remembered<ResetReport, ResetRefusal> =
                Remembered { request: request.clone(), answer: Answer::Done(report) };
            remembered.record(key, now).map(Some)
        })
    }

    fn failed(&self, error: ProvisionError) -> Result<Outcome<ResetReport>, Failure> {
        match error {
            ProvisionError::Gateway(error) => Err(refused(ResetRefusal::Gateway(error))),
            ProvisionError::Step(error) => step_failure(self.request, error),
            ProvisionError::NoAddress | ProvisionError::Orphan => {
                Err(refused(ResetRefusal::Gateway(GatewayError::Rejected(error.to_string()))))
            }
        }
    }
}

const fn refused(refusal: ResetRefusal) -> Failure {
    UseCaseError::Refused { refusal, replayed: None }
}

fn step_failure(request: &Request, error: StepError) -> Result<Outcome<ResetReport>, Failure> {
    match (error, &request.idempotency) {
        (StepError::AlreadyDone(recalled), Some(key)) => replay(key, &recalled),
        (StepError::Busy | StepError::AlreadyDone(_), _) => Err(refused(ResetRefusal::Busy)),
        (StepError::Unavailable(unavailable), _) => Err(unavailable.into()),
    }
}
