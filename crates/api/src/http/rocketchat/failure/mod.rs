//! The error bodies of this style, and the only place of it that knows status codes.

mod body;
mod tell;

use std::borrow::Cow;
use std::error::Error;

use axum::Json;
use axum::http::header::RETRY_AFTER;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use portcullis_domain::port::Unavailable;
use portcullis_domain::totp::{Challenge, ChallengeKind};
use portcullis_domain::usecase::UseCaseError;

use self::body::{Details, EditorDetails};
pub(crate) use self::body::{ErrorBody, ForbiddenBody, SecondFactorDetails, TooManyBody, UnauthorizedBody};
pub(crate) use self::tell::tell;
use crate::http::rate_limit::TooMany;
use crate::http::unavailable;

const NOT_LOGGED_IN: &str = "You must be logged in to do this.";

#[derive(Debug, Clone, PartialEq, Eq)]
enum Told {
    General(ErrorBody),
    Unauthorized(UnauthorizedBody),
    Forbidden(ForbiddenBody),
    TooMany(TooManyBody, u64),
}

/// A failure on its way to the client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Failure {
    status: StatusCode,
    told: Box<Told>,
}

impl Failure {
    fn new(status: StatusCode, code: &'static str, reason: &str, details: Option<Details>) -> Self {
        let error = format!("{reason} [{code}]");
        let told = Told::General(ErrorBody { success: false, error, error_type: Some(code), details });
        Self { status, told: Box::new(told) }
    }

    /// A rule stands in the way. Missing permissions are told so too on this wire, with 400.
    pub(crate) fn refused(code: &'static str, reason: &str) -> Self {
        Self::new(StatusCode::BAD_REQUEST, code, reason, None)
    }

    /// Nothing but a text: where the peer tells no code.
    pub(crate) fn plain(reason: &str) -> Self {
        let told = ErrorBody { success: false, error: reason.to_owned(), error_type: None, details: None };
        Self { status: StatusCode::BAD_REQUEST, told: Box::new(Told::General(told)) }
    }

    /// The caller's roles do not permit it, on a route that asks for a permission as a whole.
    pub(crate) fn forbidden() -> Self {
        let error = "User does not have the permissions required for this action [error-unauthorized]";
        let told = Told::Forbidden(ForbiddenBody { success: false, error });
        Self { status: StatusCode::FORBIDDEN, told: Box::new(told) }
    }

    /// The account editor does not do that.
    pub(crate) fn action(reason: &str, action: &'static str) -> Self {
        Self::action_of("insertOrUpdateUser", reason, action)
    }

    /// A method of the peer does not do that.
    pub(crate) fn action_of(method: &'static str, reason: &str, action: &'static str) -> Self {
        let details = EditorDetails { method, action: Some(action), field: None };
        let details = Some(Details::Editor(details));
        Self::new(StatusCode::BAD_REQUEST, "error-action-not-allowed", reason, details)
    }

    /// The account editor does not take a field's value. The value is not repeated.
    pub(crate) fn field(code: &'static str, reason: &str, field: &'static str) -> Self {
        let details = EditorDetails { method: "insertOrUpdateUser", action: None, field: Some(field) };
        Self::new(StatusCode::BAD_REQUEST, code, reason, Some(Details::Editor(details)))
    }

    /// The request is not what the route takes.
    pub(crate) fn invalid(reason: impl Into<Cow<'static, str>>) -> Self {
        Self::refused("invalid-params", &reason.into())
    }

    /// The body is of a kind not read here.
    pub(crate) fn unsupported_media() -> Self {
        let reason = "The body must be JSON or form-urlencoded";
        Self::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "error-unsupported-media-type", reason, None)
    }

    /// The body is too large.
    pub(crate) fn too_large() -> Self {
        Self::by_status(StatusCode::PAYLOAD_TOO_LARGE)
    }

    /// The body did not arrive in time.
    pub(crate) fn too_slow() -> Self {
        let reason = "The body did not arrive in time";
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "error-service-unavailable", reason, None)
    }

    /// Nobody is signed in.
    pub(crate) fn unauthenticated() -> Self {
        Self::unauthorized(NOT_LOGGED_IN, NOT_LOGGED_IN, None)
    }

    /// Somebody may not sign in.
    pub(crate) fn unauthorized(
        error: &'static str,
        message: &'static str,
        details: Option<SecondFactorDetails>,
    ) -> Self {
        let told = UnauthorizedBody { status: "error", error, message, details, success: false };
        Self { status: StatusCode::UNAUTHORIZED, told: Box::new(Told::Unauthorized(told)) }
    }

    /// The client called too often.
    pub(crate) fn too_many(too_many: TooMany) -> Self {
        let seconds = too_many.seconds();
        let error = format!(
            "Error, too many requests. Please slow down. You must wait {seconds} seconds before trying this endpoint \
             again. [error-too-many-requests]"
        );
        let told = Told::TooMany(TooManyBody { success: false, error }, seconds);
        Self { status: StatusCode::TOO_MANY_REQUESTS, told: Box::new(told) }
    }

    /// The second factor of somebody signed in is not proved.
    pub(crate) fn challenge(challenge: &Challenge) -> Self {
        let (code, reason) = challenge_text(challenge.kind);
        Self::new(StatusCode::BAD_REQUEST, code, reason, Some(Details::SecondFactor(challenge.into())))
    }

    /// The store cannot answer. Logged here, once.
    pub(crate) fn unavailable(cause: &Unavailable) -> Self {
        unavailable::log(cause);
        Self::by_status(StatusCode::SERVICE_UNAVAILABLE)
    }

    /// A use case failed; `denied` is what this route tells somebody who may not do it.
    pub(crate) fn of<R: Refusal>(error: UseCaseError<R>, denied: impl FnOnce() -> Self) -> Self {
        match error {
            UseCaseError::Denied(_) => denied(),
            UseCaseError::NotFound { .. } => unknown_user(),
            UseCaseError::Refused { refusal, .. } => refusal.failure(),
            // The conditions behind `Stale` and `KeyReused` cannot be sent on this wire.
            UseCaseError::Stale | UseCaseError::KeyReused | UseCaseError::Conflict => {
                let reason = "Too many others changed the same thing at the same time";
                Self::new(StatusCode::CONFLICT, "error-conflict", reason, None)
            }
            UseCaseError::Unavailable(unavailable) => Self::unavailable(&unavailable),
        }
    }

    fn by_status(status: StatusCode) -> Self {
        let (code, reason) = match status {
            StatusCode::NOT_FOUND => ("error-not-found", "Not found"),
            StatusCode::METHOD_NOT_ALLOWED => ("error-method-not-allowed", "Method not allowed"),
            StatusCode::PAYLOAD_TOO_LARGE => ("error-body-too-large", "The body is larger than 1 MiB"),
            StatusCode::SERVICE_UNAVAILABLE => ("error-service-unavailable", "The service cannot answer at present"),
            status if status.is_server_error() => ("error-internal", "Internal server error"),
            _ => ("invalid-params", "Bad request"),
        };
        Self::new(status, code, reason, None)
    }
}

/// A refusal of a use case, as this wire tells it.
pub(crate) trait Refusal: Error + 'static {
    /// What the client is told.
    fn failure(self) -> Failure;
}

impl Refusal for std::convert::Infallible {
    fn failure(self) -> Failure {
        match self {}
    }
}

/// Code and text of a challenge. The spelling of the last one is the peer's, and clients know it so.
pub(crate) const fn challenge_text(kind: ChallengeKind) -> (&'static str, &'static str) {
    match kind {
        ChallengeKind::Required => ("totp-required", "TOTP Required"),
        ChallengeKind::Invalid => ("totp-invalid", "TOTP Invalid"),
        ChallengeKind::TooManyFailures => ("totp-max-attempts", "TOTP Maximun Failed Attempts Reached"),
    }
}

/// Nobody has the id or name sent.
pub(crate) fn unknown_user() -> Failure {
    let reason = r#"The required "userId" or "username" param provided does not match any users"#;
    Failure::refused("error-invalid-user", reason)
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        match *self.told {
            Told::General(body) => (self.status, Json(body)).into_response(),
            Told::Unauthorized(body) => (self.status, Json(body)).into_response(),
            Told::Forbidden(body) => (self.status, Json(body)).into_response(),
            Told::TooMany(body, seconds) => {
                (self.status, [(RETRY_AFTER, HeaderValue::from(seconds))], Json(body)).into_response()
            }
        }
    }
}
