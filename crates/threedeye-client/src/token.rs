//! The access token: kept while it is good, replaced by one sign-in at a time.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use reqwest::StatusCode;
use reqwest::header::HeaderValue;
use secrecy::SecretString;
use tokio::sync::Mutex;
use tokio::time::{Instant, timeout_at};

use crate::answer::{Answer, UnreadableAt};
use crate::attempt::Attempt;
use crate::error::{Cause, Error};
use crate::observer::Witness;
use crate::operation::Operation;
use crate::outcome;
use crate::redact::Redactions;
use crate::request::{Effect, Request};
use crate::transport;
use crate::wire::{self, TokenAnswer};

/// Assumed where 3dEye does not tell.
const DEFAULT_LIFETIME: Duration = Duration::from_hours(1);
/// Believed at most; longer lives gain nothing and must not overflow the clock.
const MAX_LIFETIME: Duration = Duration::from_hours(24);
/// Replaced this long before its end, or at nine tenths of a short life: a token must not run out under way.
const MARGIN: Duration = Duration::from_mins(1);

pub(crate) struct Token {
    pub(crate) header: HeaderValue,
    pub(crate) secret: SecretString,
    renew_at: Instant,
}

pub(crate) struct TokenSource {
    username: String,
    password: SecretString,
    redactions: Redactions,
    witness: Witness,
    cache: Mutex<Cache>,
    /// Sign-ins that ran to their end, well or badly.
    finished: AtomicU64,
}

#[derive(Default)]
struct Cache {
    token: Option<Arc<Token>>,
    /// How the last sign-in failed, if it did.
    failure: Option<Error>,
}

impl TokenSource {
    pub(crate) fn new(username: String, password: SecretString, redactions: Redactions, witness: Witness) -> Self {
        Self { username, password, redactions, witness, cache: Mutex::default(), finished: AtomicU64::new(0) }
    }

    /// Sign-ins that ran to their end up to now.
    pub(crate) fn finished(&self) -> u64 {
        self.finished.load(Ordering::Acquire)
    }

    /// A token that is good by the clock and is not `refused`, the one 3dEye just answered with 401.
    ///
    /// The lock is held during the sign-in: callers that come meanwhile wait and share its outcome, a failure too — twenty
    /// waiting callers must not try a wrong password twenty times. `came` is what [`finished`](Self::finished) was when the
    /// caller came, perhaps before it waited for something else. A caller that is cancelled gives the lock free, and the
    /// next one signs in instead.
    pub(crate) async fn get(
        &self,
        attempt: &mut Attempt<'_>,
        refused: Option<&Arc<Token>>,
        came: u64,
    ) -> Result<Arc<Token>, Error> {
        let mut cache = timeout_at(attempt.deadline, self.cache.lock()).await.map_err(|_| outcome::of_late())?;
        if let Some(token) = &cache.token
            && Instant::now() < token.renew_at
            && refused.is_none_or(|refused| !Arc::ptr_eq(refused, token))
        {
            return Ok(Arc::clone(token));
        }
        if self.finished() != came
            && let Some(failure) = &cache.failure
        {
            return Err(failure.clone());
        }

        *cache = Cache::default();
        let started = Instant::now();
        let outcome = self.sign_in(attempt).await;
        self.witness.tell(Operation::SignIn, outcome.as_ref().map(drop), Duration::ZERO, started.elapsed());
        match outcome {
            Ok(token) => {
                self.finished.fetch_add(1, Ordering::Release);
                cache.token = Some(Arc::clone(&token));
                Ok(token)
            }
            // It was this caller who ran out of time; the next one may have more of it.
            Err(late @ Error::Unavailable { cause: Cause::Deadline, .. }) => Err(late),
            Err(failure) => {
                self.finished.fetch_add(1, Ordering::Release);
                cache.failure = Some(failure.clone());
                Err(failure)
            }
        }
    }

    async fn sign_in(&self, attempt: &mut Attempt<'_>) -> Result<Arc<Token>, Error> {
        // The life of a token is counted from before it was asked for, so that a slow answer cannot stretch it.
        let asked_at = Instant::now();
        let request = wire::sign_in(&self.username, &self.password);
        let answer = attempt.exchange(&request, None).await?;
        if !answer.status.is_success() {
            return Err(self.refusal(&request, &answer));
        }
        let unreadable = |at| outcome::of_unreadable(Effect::Repeatable, at);
        let TokenAnswer { access_token, expires_in } = answer.decode().map_err(unreadable)?;
        let header =
            transport::bearer(&access_token).ok_or_else(|| unreadable(UnreadableAt("accessToken".to_owned())))?;
        let lifetime = expires_in.map_or(DEFAULT_LIFETIME, Duration::from_secs).min(MAX_LIFETIME);
        Ok(Arc::new(Token {
            header,
            secret: access_token,
            renew_at: asked_at + lifetime.saturating_sub(MARGIN.min(lifetime / 10)),
        }))
    }

    /// As for any call, but for one thing: 400 or 404 to a sign-in means our login, not the call it is made for.
    fn refusal(&self, request: &Request, answer: &Answer) -> Error {
        match outcome::of_status(request, answer, &self.redactions) {
            Error::Rejected { status, message } if is_client_error(status) => Error::Unauthorised { status, message },
            other => other,
        }
    }
}

fn is_client_error(status: u16) -> bool {
    StatusCode::from_u16(status).is_ok_and(|status| status.is_client_error())
}
