//! Resetting a person's camera account.

use crate::clock::Timestamp;
use crate::commit::{Effects, PrivateChange};
use crate::event::{Actor, StreamId, Version};
use crate::ids::{ThreeDEyeRoleId, UserId};
use crate::policy::{Action, Resource, allows};
use crate::port::GatewayError;
use crate::text::EmailAddress;
use crate::threedeye::{
    AccountState, Clearing, MappingState, ResetRefusal, ResetStep, ResetSwitches, ThreeDEyeResetFailed,
    ThreeDEyeResetStarted, clearing,
};
use crate::usecase::remember::{Answer, Remembered, replay};
use crate::usecase::{IfMatch, Outcome, Request, UseCaseError};
use crate::user::{Person, Profile, Voucher};

use super::job::{CameraPorts, Job, Last, ROUNDS, Remember, StepError};
use super::provision::{ProvisionError, is_anothers, may_take_over, provision};
use super::report::{RemoteReport, ReprovisionReport, ResetReport};
use super::retire::{RemoteError, Roles, made_for_another, note_missing, of_address, retire};

type Failure = UseCaseError<ResetRefusal>;

/// Resets a person's camera account: delete the remote one, clear the local rows, make a new one, each as switched on
/// and in this order. Events: `ThreeDEyeResetStarted` before the first call of 3dEye, if there is one;
/// `ThreeDEyeRemoteDeleted` and `ThreeDEyeProvisioned` for what became of accounts; `ThreeDEyeReset`, or
/// `ThreeDEyeResetFailed` when nothing was cleared.
///
/// The person's address decides which remote account is meant. With it goes an account made for an earlier address, as
/// long as 3dEye has it under the id and the address noted here, or under the address where it never told an id. A
/// mapping that alone leads to such an account is not cleared by a reset that only clears, but marked stale: the report
/// says that none was cleared, and the next account made takes the place of the old one. Once it is stale such a reset
/// clears it.
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
        let mut rows = before.clone();
        let (remote, anothers) = match self.remote_steps(person.as_ref(), &mut rows).await {
            Ok(done) => done,
            Err(Failed::Gateway(step, error)) => return self.failed(step, error).await,
            Err(Failed::Step(error)) => return step_failure(self.request, error),
        };
        let mut cleared = clearing(self.user, &rows, self.switches);
        let ours = rows.mapping.as_ref().map(|mapping| mapping.email.clone()).filter(|_| cleared.mapping);
        let reprovision = match self.reprovision(person.as_ref(), rows, &mut cleared).await {
            Ok(reprovision) => reprovision,
            Err(error) => return step_failure(self.request, error),
        };
        let report = ResetReport {
            user: self.user,
            email: None,
            cleared_mapping: before.mapping.is_some(),
            cleared_recovery: before.recovery.is_some(),
            remote,
            reprovision,
            version: None,
        };
        self.record(report, &cleared, &anothers, ours.as_ref()).await
    }

    /// Says what is about to be done, and deletes; answers also the roles of an account that was deleted as ordered,
    /// but that the person could not have taken over. They do not follow the person.
    async fn remote_steps(
        &self,
        person: Option<&Person>,
        rows: &mut AccountState,
    ) -> Result<(RemoteReport, Vec<ThreeDEyeRoleId>), Failed> {
        let address = person.and_then(|person| person.profile.email.as_ref());
        if self.switches.call_remote(address, rows) {
            let ResetSwitches { clear_mapping, delete_remote, reprovision } = self.switches;
            let started = ThreeDEyeResetStarted { user_id: self.user, clear_mapping, delete_remote, reprovision };
            self.job.outcome(started, Vec::new()).await?;
        }
        if !self.switches.delete_remote {
            return Ok((RemoteReport::default(), Vec::new()));
        }
        // Without an address there never was an account: nothing to look for, and nothing that was looked for.
        let Some(address) = address.or(rows.mapping.as_ref().map(|mapping| &mapping.email)).cloned() else {
            return Ok((RemoteReport::default(), Vec::new()));
        };
        let mut anothers = Vec::new();
        let mut report = RemoteReport { attempted_delete: true, ..RemoteReport::default() };
        let looked = |error| Failed::at(ResetStep::LookUp, error);
        let found = of_address(self.job, rows, &address).await.map_err(looked)?;
        let anothers_by_row = is_anothers(self.job, found.as_ref()).await?;
        // An account that is another person's here is none of this one's, though the address is now.
        if let Some(remote) = found.filter(|_| !anothers_by_row) {
            let whose = match person {
                Some(person) if !may_take_over(self.job, person, rows, &address) => Roles::Anothers,
                _ => Roles::ThePersons,
            };
            retire(self.job, rows, &remote, whose).await.map_err(|error| Failed::at(ResetStep::Delete, error))?;
            if whose == Roles::Anothers {
                anothers = remote.roles;
            }
            report.deleted = Some(remote.id);
        }
        if let Some(remote) = made_for_another(self.job, rows, &address).await.map_err(looked)? {
            let whose = Roles::ThePersons;
            retire(self.job, rows, &remote, whose).await.map_err(|error| Failed::at(ResetStep::Delete, error))?;
            report.deleted = report.deleted.or(Some(remote.id));
        }
        if report.deleted.is_none() {
            report.not_visible = true;
            note_missing(self.job, rows).await?;
        }
        Ok((report, anothers))
    }

    /// Makes a new account. The mapping that is to be cleared stays until then, so that the sign that an account may be
    /// ours is never lost, and is cleared with the last step unless the new account's has taken its place.
    async fn reprovision(
        &self,
        person: Option<&Person>,
        mut rows: AccountState,
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
        let old = rows.mapping.clone().filter(|_| cleared.mapping);
        if let Some(live) = old.clone().filter(|mapping| mapping.state == MappingState::Live) {
            let stale = live.stale();
            let private = vec![PrivateChange::ThreeDEye(stale.clone())];
            self.job.step(Effects { private, ..Effects::default() }).await?;
            rows.mapping = Some(stale);
        }
        match provision(self.job, person, rows).await {
            Ok(done) => report.threedeye_user = done.mapping.threedeye_user,
            Err(ProvisionError::Step(error)) => return Err(error),
            Err(error) => report.error = Some(error.to_string()),
        }
        let (_, after) = self.job.look().await?;
        let there = after.mapping.as_ref();
        // Each mapping has a password of its own.
        if old.is_some_and(|old| there.is_none_or(|there| there.password != old.password)) {
            cleared.changes.clear();
        }
        if report.error.is_some() {
            // Made, though not all is as it should be.
            let made = there.filter(|mapping| mapping.state == MappingState::Live);
            report.threedeye_user = made.and_then(|mapping| mapping.threedeye_user.clone());
        }
        Ok(report)
    }

    /// The last step: rows that are still to be cleared, the event, the answer to remember, all as fits the person and
    /// the rows at that moment; `report` says of rows that there were any. With a mapping that is cleared goes the sign
    /// that an account may be ours, so its address is vouched for by us from then on.
    async fn record(
        &self,
        report: ResetReport,
        cleared: &Clearing,
        anothers: &[ThreeDEyeRoleId],
        ours: Option<&EmailAddress>,
    ) -> Result<Outcome<ResetReport>, Failure> {
        for _ in 0..ROUNDS {
            let (person, rows) = self.job.look().await?;
            let profile = person.as_ref().map(|person| &person.profile);
            let cleared = cleared.clone().sparing(profile, &rows, self.switches);
            let used_up = report.reprovision.attempted && rows.recovery.is_none();
            let report = ResetReport {
                email: profile.and_then(|profile| profile.email.as_ref()).map(|email| email.as_str().into()),
                cleared_mapping: report.cleared_mapping && cleared.mapping,
                cleared_recovery: report.cleared_recovery && (cleared.recovery || used_up),
                ..report.clone()
            };
            let mut effects = Effects { private: cleared.changes, ..Effects::default() };
            let Some(person) = &person else {
                // There is no stream to write to, only rows to clear.
                return match self.job.step(effects).await {
                    Ok(()) => Ok(Outcome { value: report, replayed: false }),
                    Err(error) => step_failure(self.request, error),
                };
            };
            let profile = &person.profile;
            if ours.is_some() && ours == profile.email.as_ref() && !profile.email_voucher.vouches() {
                let email_voucher = Voucher::Provisioned;
                effects.private.push(PrivateChange::Profile(Profile { email_voucher, ..profile.clone() }));
            }
            let dropped = [&cleared.dropped[..], anothers].concat();
            effects.events.push(report.event(self.switches, &dropped).into());
            match self.job.step_on(person, effects, &Last::Yes(self.remember(report.clone()))).await {
                Ok(Some(version)) => {
                    let value = ResetReport { version: Some(version), ..report };
                    return Ok(Outcome { value, replayed: false });
                }
                Ok(None) => {}
                Err(error) => return step_failure(self.request, error),
            }
        }
        step_failure(self.request, StepError::Busy)
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

    /// Nothing was cleared; the answer is not remembered, so that a repeat is tried anew.
    async fn failed(&self, step: ResetStep, error: GatewayError) -> Result<Outcome<ResetReport>, Failure> {
        let failed = ThreeDEyeResetFailed { user_id: self.user, step, error: error.to_string() };
        match self.job.outcome(failed, Vec::new()).await {
            Ok(()) => Err(refused(ResetRefusal::Gateway(error))),
            Err(error) => step_failure(self.request, error),
        }
    }
}

/// Why nothing was cleared.
enum Failed {
    /// 3dEye failed at this.
    Gateway(ResetStep, GatewayError),
    /// A step could not be written.
    Step(StepError),
}

impl Failed {
    fn at(step: ResetStep, error: RemoteError) -> Self {
        match error {
            RemoteError::Gateway(error) => Self::Gateway(step, error),
            RemoteError::Step(error) => Self::Step(error),
        }
    }
}

impl From<StepError> for Failed {
    fn from(error: StepError) -> Self {
        Self::Step(error)
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
