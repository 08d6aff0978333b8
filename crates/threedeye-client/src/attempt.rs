//! One call that was let through: everything it sends goes through here, is bounded in time, and is judged for the circuit.

use std::time::Duration;

use reqwest::StatusCode;
use reqwest::header::HeaderValue;
use tokio::sync::SemaphorePermit;
use tokio::time::{Instant, timeout_at};

use crate::answer::{Answer, Failure};
use crate::circuit::{Permit, Verdict};
use crate::error::{Cause, Error};
use crate::outcome;
use crate::request::Request;
use crate::transport::Transport;

pub(crate) struct Attempt<'c> {
    pub(crate) transport: &'c Transport,
    /// When everything must be over.
    pub(crate) deadline: Instant,
    /// For one exchange.
    pub(crate) call_timeout: Duration,
    pub(crate) permit: Permit,
    /// Kept as long as there may be something on the wire.
    pub(crate) _place: SemaphorePermit<'c>,
}

impl Attempt<'_> {
    /// Sends a request and waits for its answer, whatever that says.
    pub(crate) async fn exchange(&mut self, request: &Request, bearer: Option<&HeaderValue>) -> Result<Answer, Error> {
        let now = Instant::now();
        if self.deadline <= now {
            return Err(outcome::of_late());
        }
        let alone = now + self.call_timeout;
        let (until, cause) =
            if self.deadline <= alone { (self.deadline, Cause::Deadline) } else { (alone, Cause::CallDeadline) };
        self.permit.begin();
        match timeout_at(until, self.transport.send(request, bearer)).await {
            Ok(Ok(answer)) => {
                self.permit.showed(verdict(&answer));
                Ok(answer)
            }
            Ok(Err(failure)) => {
                self.permit.showed(match failure {
                    Failure::Connect(_) | Failure::Lost(_) => Verdict::Failed { retry_after: None },
                    Failure::TooLarge(_) => Verdict::Answered,
                });
                Err(outcome::of_failure(request.effect, failure))
            }
            Err(_) => {
                // With little time left, running out of it says nothing about 3dEye.
                if until - now >= self.call_timeout / 2 {
                    self.permit.showed(Verdict::Failed { retry_after: None });
                }
                Err(outcome::of_silence(request.effect, cause))
            }
        }
    }
}

/// Every status that says "not now" or "something is wrong here". A refusal is an answer like any other.
fn verdict(answer: &Answer) -> Verdict {
    match answer.status {
        StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_EARLY | StatusCode::TOO_MANY_REQUESTS => {
            Verdict::Failed { retry_after: answer.retry_after }
        }
        status if status.is_server_error() => Verdict::Failed { retry_after: answer.retry_after },
        _ => Verdict::Answered,
    }
}
