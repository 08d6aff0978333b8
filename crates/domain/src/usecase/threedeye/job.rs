//! One remote job at a time per person, also across processes.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use thiserror::Error;

use crate::clock::Timestamp;
use crate::commit::{Commit, Effects, Guard, GuardKey, IdempotencyRecord, PrivateChange, StreamWrite, WorkChange};
use crate::event::{Actor, Event, StreamId, Version};
use crate::ids::{OrgId, UserId};
use crate::port::{CameraRoles, CommitError, ThreeDEyeAccounts, ThreeDEyeGateway, Timer, Unavailable, UserRepository};
use crate::secret::Secret;
use crate::text::EmailAddress;
use crate::threedeye::{AccountState, Lease, PasswordPolicy, RemoteAccount};
use crate::usecase::Request;
use crate::usecase::command::Commands;
use crate::user::Person;

/// No holder sets the end of a lease further off.
const FURTHEST: Duration = Duration::from_mins(1);
/// How long a second caller waits for the first.
pub(crate) const PATIENCE: Duration = Duration::from_secs(5);
/// End of the lease of a job nobody holds: long ago by any clock.
pub(crate) const LET_GO: Timestamp = Timestamp::from_unix_millis(0);
pub(crate) const PAUSE: Duration = Duration::from_millis(50);
/// Lost races with other commands on the person before a step gives up.
pub(crate) const ROUNDS: u32 = 32;

/// The ports a remote job needs.
#[derive(Clone)]
pub struct CameraPorts {
    /// Where commits go, the time, ids.
    pub commands: Commands,
    /// People.
    pub users: Arc<dyn UserRepository>,
    /// Local rows.
    pub accounts: Arc<dyn ThreeDEyeAccounts>,
    /// Which camera roles people are in.
    pub camera_roles: Arc<dyn CameraRoles>,
    /// 3dEye.
    pub gateway: Arc<dyn ThreeDEyeGateway>,
    /// Waiting for another caller's job.
    pub timer: Arc<dyn Timer>,
    /// How long a step may take before others may take the job over: longer than the deadline of a remote call, and at
    /// most half a minute.
    pub lease: Duration,
    /// Since when no other process serves the same database; none = others may. Whoever held a job before is dead then,
    /// and nobody waits for the end of its lease.
    pub alone_since: Option<Timestamp>,
    /// What passwords of new accounts are made like.
    pub passwords: PasswordPolicy,
}

impl CameraPorts {
    /// May the job be taken? Taking it from a holder who lives is safe: the fence tells the holders apart.
    fn is_free(&self, lease: Lease, now: Timestamp) -> bool {
        lease.until.is_none_or(|until| self.is_over(until, now))
    }

    /// Is a holder with this end dead, or taken for dead?
    pub(crate) fn is_over(&self, until: Timestamp, now: Timestamp) -> bool {
        let of_the_dead = self.alone_since.is_some_and(|since| until < since.plus(self.lease));
        // An end further off than any holder could have set is left from before the clock stepped back.
        until <= now || until > now.plus(FURTHEST) || of_the_dead
    }
}

/// Why a step was not written.
#[derive(Debug, Error)]
pub(crate) enum StepError {
    /// Another call holds the job, or has taken it over.
    #[error("another call is at work")]
    Busy,
    /// The request was answered while this one waited.
    #[error("answered before")]
    AlreadyDone(Box<crate::commit::Recalled>),
    /// The store cannot answer.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

/// A held job: every step's commit compares the fence, so that a holder who was taken for dead cannot write any more.
/// Before each remote call with an effect comes a step or [`Job::hold`], so that such a holder causes no more either.
pub(crate) struct Job<'a> {
    ports: &'a CameraPorts,
    request: &'a Request,
    actor: Actor,
    user: UserId,
    fence: u64,
}

/// What came of waiting for a job.
pub(crate) enum Taken<'a, T> {
    /// The job.
    Job(Job<'a>),
    /// What it was wanted for: whoever held it left that behind.
    Settled(T),
}

impl<'a> Job<'a> {
    /// Waits for the job and takes it.
    pub(crate) async fn take(
        ports: &'a CameraPorts,
        request: &'a Request,
        actor: Actor,
        user: UserId,
    ) -> Result<Self, StepError> {
        match Self::take_unless(ports, request, actor, user, |_| None::<Infallible>).await? {
            Taken::Job(job) => Ok(job),
            Taken::Settled(never) => match never {},
        }
    }

    /// Waits for the job and takes it, unless there is meanwhile what it is wanted for.
    pub(crate) async fn take_unless<T: Send>(
        ports: &'a CameraPorts,
        request: &'a Request,
        actor: Actor,
        user: UserId,
        settled: impl Fn(&AccountState) -> Option<T> + Send + Sync,
    ) -> Result<Taken<'a, T>, StepError> {
        let mut waited = Duration::ZERO;
        loop {
            let state = ports.accounts.find(user).await?;
            if let Some(settled) = settled(&state) {
                return Ok(Taken::Settled(settled));
            }
            let now = ports.commands.clock.now();
            if ports.is_free(state.lease, now) {
                let fence = state.lease.fence;
                let job = Self { ports, request, actor: actor.clone(), user, fence: fence + 1 };
                let taking = Guard::raise(GuardKey::ThreeDEye(user), fence);
                match job.commit(None, Effects::default(), taking, job.until(now), now, None).await {
                    Ok(()) => return Ok(Taken::Job(job)),
                    Err(CommitError::Unavailable(unavailable)) => return Err(unavailable.into()),
                    Err(_) => {}
                }
            }
            if waited >= PATIENCE {
                return Err(StepError::Busy);
            }
            ports.timer.sleep(PAUSE).await;
            waited += PAUSE;
        }
    }

    /// The person and the local rows as they are now.
    pub(crate) async fn look(&self) -> Result<(Option<Person>, AccountState), Unavailable> {
        Ok((self.ports.users.find(self.user).await?, self.ports.accounts.find(self.user).await?))
    }

    /// Whose account it is about.
    pub(crate) const fn user(&self) -> UserId {
        self.user
    }

    /// Is the account another person's by what is written here? Whoever has its address now has no right to it.
    pub(crate) async fn is_anothers(&self, remote: &RemoteAccount) -> Result<bool, Unavailable> {
        let owners = self.ports.accounts.owners(std::slice::from_ref(remote)).await?;
        let owner = owners.first().copied().unwrap_or_default();
        if let Some(by_id) = owner.by_id {
            return Ok(by_id != self.user);
        }
        match &remote.email {
            Some(address) => self.is_claimed(address).await,
            None => Ok(false),
        }
    }

    /// Is the account of the address another person's, whose mapping has no id but this address?
    pub(crate) async fn is_claimed(&self, address: &EmailAddress) -> Result<bool, Unavailable> {
        self.ports.accounts.is_claimed(address, Some(self.user)).await
    }

    /// 3dEye.
    pub(crate) fn gateway(&self) -> &dyn ThreeDEyeGateway {
        self.ports.gateway.as_ref()
    }

    /// Which camera roles people are in.
    pub(crate) fn camera_roles(&self) -> &dyn CameraRoles {
        self.ports.camera_roles.as_ref()
    }

    /// The present instant.
    pub(crate) fn now(&self) -> Timestamp {
        self.ports.commands.clock.now()
    }

    /// A password for a new account.
    pub(crate) fn new_password(&self) -> Secret<String> {
        self.ports.passwords.generate(self.ports.commands.entropy.as_ref())
    }

    /// Does the caller's own token stand for the address as the person's?
    pub(crate) fn token_vouches(&self, email: &EmailAddress) -> bool {
        let token = self.request.caller.user.as_ref();
        token.is_some_and(|token| token.id == self.user && token.verified_email.as_ref() == Some(email))
    }

    /// Holds the job for another while; before each remote call that no step comes before.
    pub(crate) async fn hold(&self) -> Result<(), StepError> {
        self.step(Effects::default()).await
    }

    /// Writes one durable step and holds the job for another while.
    pub(crate) async fn step(&self, effects: Effects) -> Result<(), StepError> {
        let now = self.now();
        settle(self.commit(None, effects, self.held(), self.until(now), now, None).await)
    }

    /// Writes what became of a remote call: rows, and the event on the stream of the person, if there still is one.
    pub(crate) async fn outcome(&self, event: impl Into<Event>, private: Vec<PrivateChange>) -> Result<(), StepError> {
        let effects = Effects { events: vec![event.into()], private, ..Effects::default() };
        if self.step_on_person(|_| effects.clone(), Last::No).await?.is_none() {
            self.step(Effects { events: Vec::new(), ..effects }).await?;
        }
        Ok(())
    }

    /// Writes a step with events on the person's stream; answers the stream's version after it. `effects` is asked
    /// anew with the present person each time another command on the person was faster.
    pub(crate) async fn step_on_person(
        &self,
        effects: impl Fn(&Person) -> Effects + Send + Sync,
        last: Last,
    ) -> Result<Option<Version>, StepError> {
        for _ in 0..ROUNDS {
            let Some(person) = self.ports.users.find(self.user).await? else { return Ok(None) };
            if let Some(version) = self.step_on(&person, effects(&person), &last).await? {
                return Ok(Some(version));
            }
        }
        Err(StepError::Busy)
    }

    /// Writes a step with events on the stream of the person as read before; none when another command on the person
    /// was faster, and nothing was written.
    pub(crate) async fn step_on(
        &self,
        person: &Person,
        effects: Effects,
        last: &Last,
    ) -> Result<Option<Version>, StepError> {
        let version = person.version.after(effects.events.len());
        let idempotency = match last {
            Last::No => None,
            Last::Yes(remember) => remember(version)?,
        };
        let now = self.now();
        let until = if matches!(last, Last::No) { self.until(now) } else { LET_GO };
        let write = (StreamId::from(self.user), person.version, person.org.clone());
        match self.commit(Some(write), effects, self.held(), until, now, idempotency).await {
            Err(CommitError::Conflict { .. }) => Ok(None),
            other => settle(other).map(|()| Some(version)),
        }
    }

    /// Lets the job go. A job that cannot be let go ends with its lease.
    pub(crate) async fn release(self) {
        if let Err(error) = self.commit(None, Effects::default(), self.held(), LET_GO, self.now(), None).await {
            tracing::debug!(user = %self.user, %error, "camera job not released; its lease will end");
        }
    }

    fn until(&self, now: Timestamp) -> Timestamp {
        now.plus(self.ports.lease)
    }

    /// What a commit compares that is written by whoever holds the job.
    pub(crate) const fn held(&self) -> Guard {
        Guard::still(GuardKey::ThreeDEye(self.user), self.fence)
    }

    async fn commit(
        &self,
        write: Option<(StreamId, Version, OrgId)>,
        mut effects: Effects,
        guard: Guard,
        until: Timestamp,
        now: Timestamp,
        idempotency: Option<IdempotencyRecord>,
    ) -> Result<(), CommitError> {
        effects.guards.push(guard);
        effects.work.push(WorkChange::Lease { user: self.user, until });
        let commands = &self.ports.commands;
        let commit = Commit {
            id: commands.commit_id(now),
            stream: write.map(|(stream, expected, org)| StreamWrite { stream, expected, org }),
            effects,
            idempotency,
            meta: self.request.metadata(self.actor.clone(), None, now),
        };
        commands.events.commit(commit).await
    }
}

/// Is this the last step of its job?
pub(crate) enum Last {
    /// No: the job is held on.
    No,
    /// Yes: the job ends with it, and the answer is remembered, given the person's version after it.
    Yes(Remember),
}

/// Makes the record of an answer.
pub(crate) type Remember = Box<dyn Fn(Version) -> Result<Option<IdempotencyRecord>, Unavailable> + Send + Sync>;

fn settle(result: Result<(), CommitError>) -> Result<(), StepError> {
    match result {
        Ok(()) => Ok(()),
        Err(CommitError::AlreadyDone(recalled)) => Err(StepError::AlreadyDone(recalled)),
        Err(CommitError::Unavailable(unavailable)) => Err(unavailable.into()),
        Err(CommitError::Conflict { .. } | CommitError::Lost { .. } | CommitError::Taken { .. }) => {
            Err(StepError::Busy)
        }
    }
}
