//! Why 3dEye says no, and how it says so.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::json;

/// Why the stand-in does not do what was asked. The text is the `message` of the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// `x-api-key` is missing or wrong.
    #[error("Forbidden")]
    WrongApiKey,
    /// There is no login with this name and password.
    #[error("The user name or password is wrong.")]
    WrongLogin,
    /// The token is missing, unknown or has expired.
    #[error("Unauthorized")]
    WrongToken,
    /// The customer has nothing under this id.
    #[error("Not found.")]
    NotFound,
    /// The route does not exist.
    #[error("There is no such resource.")]
    NoRoute,
    /// The route exists, but not with this method.
    #[error("The method is not allowed here.")]
    NoMethod,
    /// An account, perhaps of another customer, has the address.
    #[error("A user with this e-mail address already exists.")]
    AddressTaken,
    /// The customer has a role of this name.
    #[error("A role with this name already exists.")]
    RoleNameTaken,
    /// One of the roles does not exist.
    #[error("A role does not exist.")]
    UnknownRole,
    /// The body is not announced as JSON.
    #[error("The body must be application/json.")]
    NotJson,
    /// The body is too large.
    #[error("The body is too large.")]
    BodyTooLarge,
    /// The page or `/_sim/` was asked for by a name that is not that of the stand-in, as a page elsewhere could by a trick of
    /// name resolution.
    #[error("Use localhost, an IP address, or a name the stand-in was told (--host).")]
    UnknownHost,
    /// A page elsewhere tried to change something.
    #[error("The request comes from another site.")]
    OtherSite,
    /// The state file could not be written.
    #[error("The state file cannot be written, so nothing has been changed.")]
    NotSaved,
    /// The request is malformed; the text says where.
    #[error("{0}")]
    Invalid(&'static str),
}

impl Refusal {
    pub(crate) fn status(self) -> StatusCode {
        match self {
            Self::WrongApiKey | Self::UnknownHost | Self::OtherSite => StatusCode::FORBIDDEN,
            Self::WrongLogin | Self::WrongToken => StatusCode::UNAUTHORIZED,
            Self::NotFound | Self::NoRoute => StatusCode::NOT_FOUND,
            Self::NoMethod => StatusCode::METHOD_NOT_ALLOWED,
            Self::AddressTaken | Self::RoleNameTaken => StatusCode::CONFLICT,
            Self::NotJson => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::BodyTooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::NotSaved => StatusCode::INTERNAL_SERVER_ERROR,
            Self::UnknownRole | Self::Invalid(_) => StatusCode::BAD_REQUEST,
        }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        (self.status(), Json(json!({ "message": self.to_string() }))).into_response()
    }
}
