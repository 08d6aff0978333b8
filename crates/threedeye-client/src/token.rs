//! The access token: kept while it is good, replaced by one sign-in at a time.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use reqwest::StatusCode;
use reqwest::header::HeaderValue;
use secrecy::SecretString;
use tokio::sync::Mutex;
use tokio::time::Instant;

use crate::answer::{Answer, UnreadableAt};
use crate::error::Error;
use crate::outcome;
use crate::redact::Redactions;
use crate::request::Effect;
use crate::transport::{self, Transport};
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
    pub(crate) fn new(username: String, password: SecretString, redactions: Redactions) -> Self {
        Self { username, password, redactions, cache: Mutex::default(), finished: AtomicU64::new(0) }
    }

    /// A token that is good by the clock and is not `refused`, the one 3dEye just answered with 401.
    ///
    /// The lock is held during the sign-in: callers that come meanwhile wait and share its outcome, a failure too — twenty
    /// waiting callers must not try a wrong password twenty times. A caller that is cancelled gives the lock free, and the
    /// next one signs in instead.
    pub(crate) async fn get(&self, transport: &Transport, refused: Option<&Arc<Token>>) -> Result<Arc<Token>, Error> {
        let finished_before = self.finished.load(Ordering::Acquire);
        let mut cache = self.cache.lock().await;
        if let Some(token) = &cache.token
            && Instant::now() < token.renew_at
            && refused.is_none_or(|refused| !Arc::ptr_eq(refused, token))
        {
            return Ok(Arc::clone(token));
        }
        if self.finished.load(Ordering::Acquire) != finished_before
            && let Some(failure) = &cache.failure
        {
            return Err(failure.clone());
        }

        *cache = Cache::default();
        let outcome = self.sign_in(transport).await;
        self.finished.fetch_add(1, Ordering::Release);
        match outcome {
            Ok(token) => {
                cache.token = Some(Arc::clone(&token));
                Ok(token)
            }
            Err(failure) => {
                cache.failure = Some(failure.clone());
                Err(failure)
            }
        }
    }

    async fn sign_in(&self, transport: &Transport) -> Result<Arc<Token>, Error> {
        // The life of a token is counted from before it was asked for, so that a slow answer cannot stretch it.
        let asked_at = Instant::now();
        let request = wire::sign_in(&self.username, &self.password);
        let answer =
            transport.send(&request, None).await.map_err(|failure| outcome::of_failure(Effect::Repeatable, failure))?;
        if !answer.status.is_success() {
            return Err(self.refusal(&answer));
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
    fn refusal(&self, answer: &Answer) -> Error {
        match outcome::of_status(Effect::Repeatable, answer, &self.redactions) {
            Error::Rejected { status, message } if is_client_error(status) => Error::Unauthorised { status, message },
            other => other,
        }
    }
}

fn is_client_error(status: u16) -> bool {
    StatusCode::from_u16(status).is_ok_and(|status| status.is_client_error())
}
