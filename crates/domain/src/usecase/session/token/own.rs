//! What the commands on one's own tokens share.

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use super::TokenPorts;
use crate::clock::Timestamp;
use crate::commit::Effects;
use crate::event::{Actor, ActorKind, StreamId, Version};
use crate::policy::{Caller, Denied, OperatorCaller};
use crate::port::Unavailable;
use crate::session::{AuthToken, HeldTokens, PersonalAccessToken, TokenHash, TokenRefusal};
use crate::usecase::command::{Against, Command, Decision};
use crate::user::Person;

/// The person's stream and tokens.
pub(in super::super) struct OwnTokens {
    person: Option<Person>,
    held: HeldTokens,
}

/// A command on one's own tokens; what it decides is all they differ in. Whether the caller may was asked before.
pub(in super::super) struct TokenCommand<'a, D> {
    pub(in super::super) ports: &'a TokenPorts,
    pub(in super::super) operator: &'a OperatorCaller,
    pub(in super::super) decide: D,
}

#[async_trait]
impl<D> Command for TokenCommand<'_, D>
where
    D: Fn(&HeldTokens, Timestamp) -> Result<Effects, TokenRefusal> + Send + Sync,
{
    type State = OwnTokens;
    type Refusal = TokenRefusal;

    /// In this order: what changes the tokens after they were read moves the version read before them.
    async fn load(&self) -> Result<OwnTokens, Unavailable> {
        let person = self.ports.users.find(self.operator.id).await?;
        let held = self.ports.sessions.tokens_of(self.operator.id).await?;
        Ok(OwnTokens { person, held })
    }

    fn authorise(&self, _: &Caller, _: &OwnTokens) -> Result<Actor, Denied> {
        Ok(Actor { kind: ActorKind::Operator, id: self.operator.id.to_string() })
    }

    fn version(&self, state: &OwnTokens) -> Version {
        state.person.as_ref().map(|person| person.version).unwrap_or_default()
    }

    fn decide(&self, state: &OwnTokens, now: Timestamp) -> Result<Decision, Against<TokenRefusal>> {
        let stream = StreamId::from(self.operator.id);
        let Some(person) = &state.person else { return Err(Against::NotFound(stream)) };
        let effects = (self.decide)(&state.held, now)?;
        Ok(Decision { stream, expected: person.version, org: person.org.clone(), reason: None, effects })
    }
}

/// A token just drawn.
pub(super) struct Drawn {
    token: AuthToken,
    pub(super) hash: TokenHash,
    pub(super) last_part: String,
}

impl Drawn {
    pub(super) fn new(ports: &TokenPorts) -> Self {
        let token = AuthToken::generate(ports.commands.entropy.as_ref());
        let hash = TokenHash::new(ports.hasher.digest(token.expose().as_bytes()));
        let last_part = PersonalAccessToken::last_part_of(token.expose());
        Self { token, hash, last_part }
    }

    pub(super) fn shown(&self) -> Shown {
        Shown { token: self.token.expose().to_owned() }
    }
}

/// What a repeat of the request is shown too. Written out for the remembered answer only, which stores seal.
#[derive(Serialize, Deserialize)]
pub(super) struct Shown {
    token: String,
}

impl From<Shown> for AuthToken {
    fn from(shown: Shown) -> Self {
        Self::received(shown.token)
    }
}
