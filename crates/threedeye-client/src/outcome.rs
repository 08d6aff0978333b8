//! Judges failures: the table in the documentation of [`Error`], as code.

use reqwest::StatusCode;

use crate::answer::{Answer, Failure, UnreadableAt};
use crate::error::{Cause, Error};
use crate::operation::Operation;
use crate::redact::Redactions;
use crate::request::{Effect, Request};

fn unavailable(cause: Cause) -> Error {
    Error::Unavailable { retry_after: None, cause }
}

/// No whole answer came back.
pub(crate) fn of_failure(effect: Effect, failure: Failure) -> Error {
    match (failure, effect) {
        (Failure::Connect(detail), _) => unavailable(Cause::Connect(detail)),
        (Failure::Lost(detail), Effect::Repeatable) => unavailable(Cause::Lost(detail)),
        (Failure::Lost(detail), Effect::Once) => Error::Ambiguous { cause: Cause::Lost(detail) },
        (Failure::TooLarge(limit), Effect::Repeatable) => Error::TooLarge { limit },
        (Failure::TooLarge(limit), Effect::Once) => Error::Ambiguous { cause: Cause::TooLarge(limit) },
    }
}

/// The deadline passed while nothing was on the wire, or nothing but a request that was refused.
pub(crate) fn of_late() -> Error {
    unavailable(Cause::Deadline)
}

/// No place to send the call from became free in time.
pub(crate) fn of_crowd() -> Error {
    unavailable(Cause::Crowded)
}

/// A request was handed over, and no answer came in the time there was.
pub(crate) fn of_silence(effect: Effect, cause: Cause) -> Error {
    match effect {
        Effect::Once => Error::Ambiguous { cause },
        Effect::Repeatable => unavailable(cause),
    }
}

/// The answer says success, but not in words we know.
pub(crate) fn of_unreadable(effect: Effect, UnreadableAt(path): UnreadableAt) -> Error {
    match effect {
        Effect::Repeatable => Error::Decode { path },
        Effect::Once => Error::Ambiguous { cause: Cause::Undecodable(path) },
    }
}

/// The answer says anything but success.
pub(crate) fn of_status(request: &Request, answer: &Answer, redactions: &Redactions) -> Error {
    let effect = request.effect;
    let status = answer.status.as_u16();
    let message = || redactions.apply(&answer.message());
    match answer.status {
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => Error::Unauthorised { status, message: message() },
        StatusCode::REQUEST_TIMEOUT
        | StatusCode::TOO_EARLY
        | StatusCode::TOO_MANY_REQUESTS
        | StatusCode::SERVICE_UNAVAILABLE => {
            Error::Unavailable { retry_after: answer.retry_after, cause: Cause::Status(status) }
        }
        StatusCode::CONFLICT if request.operation == Operation::CreateUser => Error::EmailTaken,
        code if code.is_client_error() => Error::Rejected { status, message: message() },
        _ if effect == Effect::Once => Error::Ambiguous { cause: Cause::Status(status) },
        code if code.is_server_error() => {
            Error::Unavailable { retry_after: answer.retry_after, cause: Cause::Status(status) }
        }
        _ => Error::Rejected { status, message: message() },
    }
}
