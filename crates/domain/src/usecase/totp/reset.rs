//! Clearing a second factor.

use std::sync::Arc;

use async_trait::async_trait;
use serde::Serialize;
use thiserror::Error;

use super::own::{self, OwnState};
use super::{GateRefusal, Remembering, SecondFactorGate};
use crate::clock::Timestamp;
use crate::commit::OutboxMessage;
use crate::event::{Actor, ActorKind, Version};
use crate::ids::{OutboxId, UserId};
use crate::policy::{Action, Caller, Denied, Resource, allows};
use crate::port::{TotpStore, Unavailable, UserRepository};
use crate::secret::Secret;
use crate::text::{FreeText, UserName};
use crate::totp::{self, Challenge, Proof, TotpRefusal};
use crate::usecase::command::{Against, Command, Commands, Decision};
use crate::usecase::{Done, Outcome, Request, UseCaseError};

/// Template of the notice a person gets.
const NOTICE: &str = "totp-reset";

/// Whose second factor is to be cleared, as the caller said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ResetTarget {
    /// Nobody was named: the caller's own.
    Own,
    /// Somebody was named, if only by blank text.
    Named {
        /// An id, or a user name.
        user_id: Option<String>,
        /// A user name; looked at when there is no id.
        username: Option<String>,
    },
}

/// Why a second factor is not cleared, in the order of the gates.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ResetTotpRefusal {
    /// The caller's own second factor is not proved.
    #[error("a second factor is needed")]
    SecondFactor(Challenge),
    /// The caller may not do this to others.
    #[error("Not allowed")]
    NotAllowed,
    /// Two-factor authentication is switched off as a whole.
    #[error("Two factor authentication is not enabled")]
    TwoFactorDisabled,
    /// All names given are blank.
    #[error("The required \"userId\" or \"username\" param was not provided")]
    TargetMissing,
    /// Nobody has the name.
    #[error("The required \"userId\" or \"username\" param provided does not match any users")]
    TargetUnknown,
}

/// Clears a person's TOTP whole, ends all the person's sessions, and tells the person: event `TotpReset`. Where there
/// is nothing to clear nothing happens, and the answer has no event.
pub struct ResetTotp {
    commands: Commands,
    users: Arc<dyn UserRepository>,
    factors: Arc<dyn TotpStore>,
    gate: SecondFactorGate,
}

impl ResetTotp {
    /// Wires the use case.
    pub fn new(
        commands: Commands,
        users: Arc<dyn UserRepository>,
        factors: Arc<dyn TotpStore>,
        gate: SecondFactorGate,
    ) -> Self {
        Self { commands, users, factors, gate }
    }

    /// For somebody signed in: second factor of the caller, permission, setting, target, in this order.
    pub async fn execute(
        &self,
        request: &Request,
        target: &ResetTarget,
        proof: &Proof,
    ) -> Result<Outcome<Done>, UseCaseError<ResetTotpRefusal>> {
        let caller = own::operator(&request.caller)?.id;
        self.gate.pass(request, caller, proof, Remembering::Forbidden).await.map_err(gate_refusal)?;
        let user = match target {
            ResetTarget::Own => return self.clear(request, caller, Action::ManageOwnTotp, None).await,
            ResetTarget::Named { user_id, username } => {
                if allows(&request.caller, Action::ResetOtherTotp, Resource::Service).is_err() {
                    return Err(refused(ResetTotpRefusal::NotAllowed));
                }
                if !self.gate.policy().enabled {
                    return Err(refused(ResetTotpRefusal::TwoFactorDisabled));
                }
                self.target(user_id.as_deref(), username.as_deref()).await?
            }
        };
        self.clear(request, user, Action::ResetOtherTotp, None).await
    }

    /// For the command line: by user name, with a reason, without a second factor.
    pub async fn by_name(
        &self,
        request: &Request,
        name: &UserName,
        reason: Option<FreeText>,
    ) -> Result<Outcome<Done>, UseCaseError<ResetTotpRefusal>> {
        allows(&request.caller, Action::ResetOtherTotp, Resource::Service)?;
        let person = self.users.find_by_name(name).await?;
        let person = person.ok_or_else(|| refused(ResetTotpRefusal::TargetUnknown))?;
        self.clear(request, person.id, Action::ResetOtherTotp, reason).await
    }

    async fn target(
        &self,
        user_id: Option<&str>,
        username: Option<&str>,
    ) -> Result<UserId, UseCaseError<ResetTotpRefusal>> {
        let given = |text: Option<&str>| text.map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned);
        let found = match (given(user_id), given(username)) {
            (None, None) => return Err(refused(ResetTotpRefusal::TargetMissing)),
            (Some(id), _) => match UserId::parse(&id) {
                Ok(id) => self.users.find(id).await?,
                Err(_) => self.named(&id).await?,
            },
            (None, Some(name)) => self.named(&name).await?,
        };
        // A person without an account has nothing to sign in with, and is nobody on this route.
        let account = found.filter(|person| person.account.is_some());
        account.map(|person| person.id).ok_or_else(|| refused(ResetTotpRefusal::TargetUnknown))
    }

    async fn named(&self, name: &str) -> Result<Option<crate::user::Person>, Unavailable> {
        match UserName::parse(name) {
            Ok(name) => self.users.find_by_name(&name).await,
            Err(_) => Ok(None),
        }
    }

    async fn clear(
        &self,
        request: &Request,
        user: UserId,
        action: Action,
        reason: Option<FreeText>,
    ) -> Result<Outcome<Done>, UseCaseError<ResetTotpRefusal>> {
        let now = self.commands.clock.now();
        let notice = OutboxId::new(now, self.commands.entropy.as_ref());
        let by = authorise(&request.caller, action, user)?.kind;
        let clearing = Clearing {
            users: self.users.as_ref(),
            factors: self.factors.as_ref(),
            user,
            action,
            reason,
            notice,
            by: if action == Action::ManageOwnTotp { By::Yourself } else { By::of(by) },
        };
        self.commands.run(&clearing, request).await.map_err(|error| match error {
            UseCaseError::NotFound { .. } | UseCaseError::Refused { .. } => refused(ResetTotpRefusal::TargetUnknown),
            UseCaseError::Denied(denied) => denied.into(),
            UseCaseError::Unavailable(unavailable) => unavailable.into(),
            UseCaseError::Stale | UseCaseError::KeyReused | UseCaseError::Conflict => UseCaseError::Conflict,
        })
    }
}

fn authorise(caller: &Caller, action: Action, user: UserId) -> Result<Actor, Denied> {
    allows(caller, action, Resource::Person { id: user, org: None })
}

const fn refused(refusal: ResetTotpRefusal) -> UseCaseError<ResetTotpRefusal> {
    UseCaseError::Refused { refusal, replayed: None }
}

fn gate_refusal(error: UseCaseError<GateRefusal>) -> UseCaseError<ResetTotpRefusal> {
    match error {
        UseCaseError::Refused { refusal: GateRefusal(told), .. } => refused(ResetTotpRefusal::SecondFactor(told)),
        UseCaseError::Unavailable(unavailable) => unavailable.into(),
        UseCaseError::Denied(denied) => denied.into(),
        _ => UseCaseError::Conflict,
    }
}

/// Who did it, as the notice tells the person.
#[derive(Debug, Clone, Copy, Serialize)]
#[serde(rename_all = "kebab-case")]
enum By {
    Yourself,
    Administrator,
    CommandLine,
}

impl By {
    const fn of(kind: ActorKind) -> Self {
        match kind {
            ActorKind::System => Self::CommandLine,
            _ => Self::Administrator,
        }
    }
}

/// What the notice's template needs.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Payload {
    by: By,
    at: Timestamp,
}

struct Clearing<'a> {
    users: &'a dyn UserRepository,
    factors: &'a dyn TotpStore,
    user: UserId,
    action: Action,
    reason: Option<FreeText>,
    notice: OutboxId,
    by: By,
}

impl Clearing<'_> {
    fn notice(&self, now: Timestamp) -> OutboxMessage {
        let payload = Payload { by: self.by, at: now };
        OutboxMessage {
            id: self.notice,
            key: format!("mail/{}", self.user),
            template: NOTICE.to_owned(),
            user: Some(self.user),
            payload: Secret::new(serde_json::json!(payload).to_string()),
            at: now,
        }
    }
}

#[async_trait]
impl Command for Clearing<'_> {
    type State = OwnState;
    type Refusal = TotpRefusal;

    async fn load(&self) -> Result<OwnState, Unavailable> {
        own::load(self.users, self.factors, self.user).await
    }

    fn authorise(&self, caller: &Caller, _: &OwnState) -> Result<Actor, Denied> {
        authorise(caller, self.action, self.user)
    }

    fn version(&self, state: &OwnState) -> Version {
        own::version(state)
    }

    fn decide(&self, state: &OwnState, now: Timestamp) -> Result<Decision, Against<TotpRefusal>> {
        let mut effects = totp::reset(&state.factor).unwrap_or_default();
        if !effects.events.is_empty() {
            effects.outbox.push(self.notice(now));
        }
        let mut decision = own::decision(state, effects)?;
        decision.reason.clone_from(&self.reason);
        Ok(decision)
    }
}
