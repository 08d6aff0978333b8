//! One call from the circuit inwards: a place, a token, sending, one repetition after a 401, judgement.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use reqwest::StatusCode;
use secrecy::SecretString;
use serde::de::DeserializeOwned;
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::{Instant, timeout_at};

use crate::answer::{Answer, UnreadableAt};
use crate::attempt::Attempt;
use crate::circuit::{Breaker, Circuit, Policy};
use crate::config::{Config, ConfigError};
use crate::error::Error;
use crate::model::Deletion;
use crate::observer::{Load, Witness};
use crate::outcome;
use crate::redact::Redactions;
use crate::request::Request;
use crate::token::TokenSource;
use crate::transport::Transport;
use crate::wire::CreatedAnswer;

/// Longer time-outs mean "for ever" and would overflow the clock.
const MAX_TIMEOUT: Duration = Duration::from_hours(24);

/// A signed-in connection to one 3dEye customer.
///
/// Cloning is cheap, and clones share connections, the access token, the places for calls at once and the circuit. Every
/// operation ends within [`Config::timeout`]. Dropping its future abandons the call; whether 3dEye still acts on it is then
/// unknown.
#[derive(Clone)]
pub struct Client {
    shared: Arc<Shared>,
}

struct Shared {
    config: Config,
    transport: Transport,
    tokens: TokenSource,
    places: Semaphore,
    /// How many places there are.
    concurrency: usize,
    waiting: AtomicUsize,
    breaker: Arc<Breaker>,
    witness: Witness,
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("config", &self.shared.config).finish_non_exhaustive()
    }
}

impl Client {
    /// Makes the connection pool; sends nothing. The first operation signs in.
    pub fn new(config: Config) -> Result<Self, ConfigError> {
        config.check_numbers()?;
        let transport = Transport::new(&config)?;
        let witness = Witness(config.observer.clone());
        let redactions = Redactions::new(&standing_secrets(&config));
        let tokens = TokenSource::new(config.username.clone(), config.password.clone(), redactions, witness.clone());
        let policy = Policy {
            failures: config.breaker_failures,
            pause: config.breaker_pause,
            longest_pause: config.breaker_longest_pause,
        };
        let told = witness.clone();
        let breaker = Arc::new(Breaker::new(policy, Box::new(move |circuit| told.tell_circuit(circuit))));
        let concurrency = config.concurrency.min(Semaphore::MAX_PERMITS);
        let (places, waiting) = (Semaphore::new(concurrency), AtomicUsize::new(0));
        Ok(Self {
            shared: Arc::new(Shared { config, transport, tokens, places, concurrency, waiting, breaker, witness }),
        })
    }

    /// Whether calls are sent at present, and if not, for how long.
    pub fn circuit(&self) -> Circuit {
        self.shared.breaker.circuit()
    }

    /// How many calls there are at present.
    pub fn load(&self) -> Load {
        let Shared { places, concurrency, waiting, .. } = &*self.shared;
        let in_flight = concurrency.saturating_sub(places.available_permits());
        Load { in_flight, waiting: waiting.load(Ordering::Relaxed) }
    }

    pub(crate) fn config(&self) -> &Config {
        &self.shared.config
    }

    /// When an operation that starts now must end.
    pub(crate) fn deadline(&self) -> Instant {
        Instant::now() + self.shared.config.timeout.min(MAX_TIMEOUT)
    }

    /// Longest time for one exchange.
    fn call_timeout(&self) -> Duration {
        let Config { timeout, call_timeout, .. } = &self.shared.config;
        *call_timeout.min(timeout).min(&MAX_TIMEOUT)
    }

    /// Sends the call and reads its answer, if that is one of success.
    pub(crate) async fn call<T>(
        &self,
        deadline: Instant,
        request: &Request,
        read: impl FnOnce(&Answer) -> Result<T, UnreadableAt>,
    ) -> Result<T, Error> {
        let (began, came) = (Instant::now(), self.shared.tokens.finished());
        let place = self.place(deadline).await;
        let let_through = Instant::now();
        let outcome = match place {
            Ok(place) => self.attempt(deadline, request, place, came).await,
            Err(kept_back) => Err(kept_back),
        };
        let outcome = outcome.and_then(|answer| read(&answer).map_err(|at| outcome::of_unreadable(request.effect, at)));
        let told = outcome.as_ref().map(drop);
        self.shared.witness.tell(request.operation, told, let_through - began, let_through.elapsed());
        outcome
    }

    /// [`call`](Self::call), with the answer read as JSON.
    pub(crate) async fn fetch<T: DeserializeOwned>(&self, deadline: Instant, request: &Request) -> Result<T, Error> {
        self.call(deadline, request, Answer::decode).await
    }

    /// Sends a creation; the answer may leave out the id, and everything else with it.
    pub(crate) async fn create<Id: DeserializeOwned>(&self, request: &Request) -> Result<Option<Id>, Error> {
        let read = |answer: &Answer| {
            if answer.is_blank() { Ok(None) } else { answer.decode().map(|created: CreatedAnswer<Id>| created.id) }
        };
        self.call(self.deadline(), request, read).await
    }

    /// Sends a removal, for which absence is success.
    pub(crate) async fn delete(&self, request: &Request) -> Result<Deletion, Error> {
        let read = |answer: &Answer| Ok(if answer.is_absence() { Deletion::NotFound } else { Deletion::Deleted });
        self.call(self.deadline(), request, read).await
    }

    /// A place to call from, unless the circuit is open.
    async fn place(&self, deadline: Instant) -> Result<SemaphorePermit<'_>, Error> {
        let Shared { places, waiting, breaker, .. } = &*self.shared;
        // Asked before the wait too, so that nobody waits to be refused.
        if let Some(retry_after) = breaker.refuses() {
            return Err(Error::CircuitOpen { retry_after });
        }
        if let Ok(place) = places.try_acquire() {
            return Ok(place);
        }
        let _waiting = Waiting::new(waiting);
        // Not to the last moment: a call that begins with hardly any time left ends as one of which nothing is known.
        match timeout_at(deadline - self.call_timeout() / 2, places.acquire()).await {
            Ok(Ok(place)) => Ok(place),
            // Closing the semaphore is nobody's business.
            Ok(Err(_)) | Err(_) => Err(outcome::of_crowd()),
        }
    }

    /// The call itself: token, sending, one repetition after a 401, judgement.
    async fn attempt(
        &self,
        deadline: Instant,
        request: &Request,
        place: SemaphorePermit<'_>,
        came: u64,
    ) -> Result<Answer, Error> {
        let Shared { config, transport, tokens, breaker, .. } = &*self.shared;
        let permit = breaker.admit().map_err(|retry_after| Error::CircuitOpen { retry_after })?;
        let mut attempt = Attempt { transport, deadline, call_timeout: self.call_timeout(), permit, _place: place };
        let mut token = tokens.get(&mut attempt, None, came).await?;
        let mut answer = attempt.exchange(request, Some(&token.header)).await?;
        if answer.status == StatusCode::UNAUTHORIZED {
            let came = tokens.finished();
            token = tokens.get(&mut attempt, Some(&token), came).await?;
            answer = attempt.exchange(request, Some(&token.header)).await?;
        }
        if answer.status.is_success() || (request.absence_is_answer && answer.is_absence()) {
            return Ok(answer);
        }
        let standing = standing_secrets(config);
        let redactions = Redactions::new(standing.iter().chain([&token.secret]).chain(&request.private));
        Err(outcome::of_status(request, &answer, &redactions))
    }
}

/// Counts somebody who waits, for as long as it lives.
struct Waiting<'c>(&'c AtomicUsize);

impl<'c> Waiting<'c> {
    fn new(waiting: &'c AtomicUsize) -> Self {
        waiting.fetch_add(1, Ordering::Relaxed);
        Self(waiting)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// What must never come back in an error, whatever the call.
fn standing_secrets(config: &Config) -> [SecretString; 3] {
    [config.api_key.clone(), config.password.clone(), config.username.clone().into()]
}
