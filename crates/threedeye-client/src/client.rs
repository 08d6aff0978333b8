//! One call from the deadline inwards: token, sending, one repetition after a 401, judgement.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use reqwest::StatusCode;
use secrecy::SecretString;
use serde::de::DeserializeOwned;
use tokio::time::{Instant, timeout_at};

use crate::answer::Answer;
use crate::config::{Config, ConfigError};
use crate::error::Error;
use crate::model::Deletion;
use crate::outcome;
use crate::redact::Redactions;
use crate::request::Request;
use crate::token::{Token, TokenSource};
use crate::transport::Transport;
use crate::wire::CreatedAnswer;

/// Longer time-outs mean "for ever" and would overflow the clock.
const MAX_TIMEOUT: Duration = Duration::from_hours(24);

/// A signed-in connection to one 3dEye customer.
///
/// Cloning is cheap, and clones share connections and the access token. Every operation ends within
/// [`Config::timeout`]. Dropping its future abandons the call; whether 3dEye still acts on it is then unknown.
#[derive(Clone)]
pub struct Client {
    shared: Arc<Shared>,
}

struct Shared {
    config: Config,
    transport: Transport,
    tokens: TokenSource,
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("config", &self.shared.config).finish_non_exhaustive()
    }
}

impl Client {
    /// Makes the connection pool; sends nothing. The first operation signs in.
    pub fn new(config: Config) -> Result<Self, ConfigError> {
        let transport = Transport::new(&config)?;
        let redactions = Redactions::new(&standing_secrets(&config));
        let tokens = TokenSource::new(config.username.clone(), config.password.clone(), redactions);
        Ok(Self { shared: Arc::new(Shared { config, transport, tokens }) })
    }

    pub(crate) fn config(&self) -> &Config {
        &self.shared.config
    }

    /// When an operation that starts now must end.
    pub(crate) fn deadline(&self) -> Instant {
        Instant::now() + self.shared.config.timeout.min(MAX_TIMEOUT)
    }

    /// Sends the call and gives back its answer of success.
    pub(crate) async fn call(&self, deadline: Instant, request: &Request) -> Result<Answer, Error> {
        let mut sent = false;
        match timeout_at(deadline, self.attempt(request, &mut sent)).await {
            Ok(outcome) => outcome,
            Err(_) => Err(outcome::of_deadline(request.effect, sent)),
        }
    }

    /// [`call`](Self::call), with the answer read as JSON.
    pub(crate) async fn fetch<T: DeserializeOwned>(&self, deadline: Instant, request: &Request) -> Result<T, Error> {
        let answer = self.call(deadline, request).await?;
        answer.decode().map_err(|at| outcome::of_unreadable(request.effect, at))
    }

    /// Sends a creation; the answer may leave out the id, and everything else with it.
    pub(crate) async fn create<Id: DeserializeOwned>(&self, request: &Request) -> Result<Option<Id>, Error> {
        let answer = self.call(self.deadline(), request).await?;
        if answer.is_blank() {
            return Ok(None);
        }
        let created: CreatedAnswer<Id> = answer.decode().map_err(|at| outcome::of_unreadable(request.effect, at))?;
        Ok(created.id)
    }

    /// Sends a removal, for which absence is success.
    pub(crate) async fn delete(&self, request: &Request) -> Result<Deletion, Error> {
        match self.call(self.deadline(), request).await {
            Ok(_) => Ok(Deletion::Deleted),
            Err(Error::Rejected { status: 404, .. }) => Ok(Deletion::NotFound),
            Err(error) => Err(error),
        }
    }

    /// `sent` holds, whenever this future is dropped, whether 3dEye may be at work on the call.
    async fn attempt(&self, request: &Request, sent: &mut bool) -> Result<Answer, Error> {
        let Shared { transport, tokens, .. } = &*self.shared;
        let mut token = tokens.get(transport, None).await?;
        let mut answer = self.exchange(request, &token, sent).await?;
        if answer.status == StatusCode::UNAUTHORIZED {
            token = tokens.get(transport, Some(&token)).await?;
            answer = self.exchange(request, &token, sent).await?;
        }
        if answer.status.is_success() {
            return Ok(answer);
        }
        let standing = standing_secrets(&self.shared.config);
        let redactions = Redactions::new(standing.iter().chain([&token.secret]).chain(&request.private));
        Err(outcome::of_status(request.effect, &answer, &redactions))
    }

    async fn exchange(&self, request: &Request, token: &Token, sent: &mut bool) -> Result<Answer, Error> {
        *sent = true;
        let answer = self
            .shared
            .transport
            .send(request, Some(&token.header))
            .await
            .map_err(|failure| outcome::of_failure(request.effect, failure))?;
        *sent = !answer.status.is_client_error();
        Ok(answer)
    }
}

/// What must never come back in an error, whatever the call.
fn standing_secrets(config: &Config) -> [SecretString; 3] {
    [config.api_key.clone(), config.password.clone(), config.username.clone().into()]
}
