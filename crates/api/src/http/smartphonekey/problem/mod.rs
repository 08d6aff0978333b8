//! The one error body, and the only place of this style that knows status codes.

mod refusal;

use std::borrow::Cow;

use axum::Json;
use axum::body::Body;
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use portcullis_domain::event::AggregateKind;
use portcullis_domain::ids::RequestId;
use portcullis_domain::port::Unavailable;
use portcullis_domain::usecase::UseCaseError;
use serde::Serialize;
use utoipa::ToSchema;

pub(crate) use self::refusal::Refusal;
use super::is_staff_only;
use super::path::Id;
use crate::http::auth::AuthError;
use crate::http::layers::REPLAYED;
use crate::http::unavailable;

/// What is wrong with one field.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct FieldFault {
    /// The field, as the wire calls it; inner ones with dots.
    #[schema(example = "reason")]
    pub(crate) field: String,
    /// What is wrong with it.
    #[schema(example = "must be not blank")]
    pub(crate) message: String,
}

/// The body of every failure.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ErrorBody {
    /// `false`, on `/admin`, `/tenants`, `/api-keys` and `/metrics` only.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    success: Option<bool>,
    /// Standard phrase of the status.
    #[schema(example = "Bad Request")]
    error: String,
    /// What is wrong.
    #[schema(example = "The lock is not in the user's list of accessible locks")]
    message: Cow<'static, str>,
    /// The HTTP status.
    #[schema(example = 400)]
    code: u16,
    /// The fields that are wrong, when the request was not understood.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    details: Vec<FieldFault>,
    /// The request's id; of the first one, when the answer is a repeated one.
    #[schema(example = "req_0190163d8694739baea55966c26f8ad2")]
    request_id: String,
}

/// A failure on its way to the body.
#[derive(Debug, Clone)]
pub(crate) struct Problem {
    status: StatusCode,
    message: Cow<'static, str>,
    details: Vec<FieldFault>,
    first: Option<RequestId>,
    /// Seconds to wait before trying again, where somebody knows.
    retry_after: Option<u64>,
}

impl Problem {
    fn new(status: StatusCode, message: impl Into<Cow<'static, str>>) -> Self {
        Self { status, message: message.into(), details: Vec::new(), first: None, retry_after: None }
    }

    /// The request cannot be understood.
    pub(crate) fn malformed(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, message)
    }

    /// Fields are wrong.
    pub(crate) fn invalid(details: Vec<FieldFault>) -> Self {
        Self { details, ..Self::malformed("The request contains invalid parameters or malformed data") }
    }

    /// One field is wrong.
    pub(crate) fn field(field: impl Into<String>, message: &(impl ToString + ?Sized)) -> Self {
        Self::invalid(vec![FieldFault { field: field.into(), message: message.to_string() }])
    }

    /// The body is of a kind not read here.
    pub(crate) fn unsupported_media() -> Self {
        Self::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "The body must be sent as Content-Type: application/json")
    }

    /// The body is too large.
    pub(crate) fn too_large() -> Self {
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "The body is larger than 1 MiB")
    }

    /// The body did not arrive in time.
    pub(crate) fn too_slow() -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "The body did not arrive in time")
    }

    /// The store cannot answer. Logged here, once.
    pub(crate) fn unavailable(cause: &Unavailable) -> Self {
        unavailable::log(cause);
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "The service cannot answer at present; please try again")
    }

    /// There is nothing with the id of the path.
    pub(crate) fn not_found(kind: AggregateKind, id: &Id) -> Self {
        Self::new(StatusCode::NOT_FOUND, format!("Aggregate not found: {}/{}", kind.class(), id.text()))
    }

    fn replayed(self, first: Option<RequestId>) -> Self {
        Self { first, ..self }
    }

    /// The failure of a use case that was asked about the aggregate of the path.
    pub(crate) fn of<R: Refusal>(error: UseCaseError<R>, path: &Id) -> Self {
        match error {
            UseCaseError::Denied(_) => Self::new(StatusCode::FORBIDDEN, "These credentials do not allow this"),
            UseCaseError::NotFound { stream, replayed } => Self::not_found(stream.kind(), path).replayed(replayed),
            UseCaseError::Refused { refusal, replayed } => refusal.problem().replayed(replayed),
            UseCaseError::Stale => {
                Self::new(StatusCode::PRECONDITION_FAILED, "The version named in If-Match is not the present one")
            }
            UseCaseError::KeyReused => Self::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                "The Idempotency-Key was used before with another request body or query",
            ),
            UseCaseError::Conflict => {
                Self::new(StatusCode::CONFLICT, "Too many others changed the same thing at the same time")
            }
            UseCaseError::Unavailable(unavailable) => Self::unavailable(&unavailable),
        }
    }
}

impl From<AuthError> for Problem {
    fn from(error: AuthError) -> Self {
        match error {
            AuthError::Missing | AuthError::Invalid(_) | AuthError::StaffOnly => {
                Self::new(StatusCode::UNAUTHORIZED, error.to_string())
            }
            AuthError::Forbidden(_) => Self::new(StatusCode::FORBIDDEN, error.to_string()),
            AuthError::ServerOnly { .. } => Self::malformed(error.to_string()),
            AuthError::Unavailable(unavailable) => Self::unavailable(&unavailable),
        }
    }
}

impl IntoResponse for Problem {
    /// The body follows in [`tell`], which knows path and request id.
    fn into_response(self) -> Response {
        let mut answer = Response::new(Body::empty());
        *answer.status_mut() = self.status;
        if let Some(seconds) = self.retry_after {
            answer.headers_mut().insert(RETRY_AFTER, seconds.into());
        }
        answer.extensions_mut().insert(self);
        answer
    }
}

/// Writes the body of a failure. What other layers answered (unknown route, wrong method, time-out, panic) gets one by
/// its status; what has a body of ours already is left alone.
pub(crate) fn tell(path: &str, request: &RequestId, mut answer: Response) -> Response {
    let status = answer.status();
    let problem = answer.extensions_mut().remove::<Problem>();
    if problem.is_none() && !(status.is_client_error() || status.is_server_error()) {
        return answer;
    }
    let problem = problem.unwrap_or_else(|| Problem::new(status, by_status(status)));
    let body = ErrorBody {
        success: is_staff_only(path).then_some(false),
        error: status.canonical_reason().unwrap_or("Error").to_owned(),
        message: problem.message,
        code: status.as_u16(),
        details: problem.details,
        request_id: problem.first.as_ref().unwrap_or(request).to_string(),
    };
    let mut told = (status, Json(body)).into_response();
    for name in [CONTENT_TYPE, CONTENT_LENGTH] {
        answer.headers_mut().remove(name);
    }
    told.headers_mut().extend(answer.headers_mut().drain());
    if problem.first.is_some() {
        told.headers_mut().insert(REPLAYED, HeaderValue::from_static("true"));
    }
    if status == StatusCode::UNAUTHORIZED {
        told.headers_mut().insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    told
}

const fn by_status(status: StatusCode) -> &'static str {
    match status {
        StatusCode::NOT_FOUND => "The requested resource was not found",
        StatusCode::METHOD_NOT_ALLOWED => "The resource does not take this method",
        StatusCode::PAYLOAD_TOO_LARGE => "The body is larger than 1 MiB",
        StatusCode::SERVICE_UNAVAILABLE => "The request took too long; please try again",
        StatusCode::INTERNAL_SERVER_ERROR => "An unexpected error occurred on the server",
        _ => "The request contains invalid parameters or malformed data",
    }
}
