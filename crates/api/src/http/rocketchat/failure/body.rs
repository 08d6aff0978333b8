//! The bodies themselves.

use portcullis_domain::totp::{Challenge, Method};
use serde::Serialize;
use utoipa::ToSchema;

/// What a client needs to ask its user for a second factor and try again. Exactly these keys: clients compare.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = RocketChatSecondFactorDetails)]
pub(crate) struct SecondFactorDetails {
    /// What to send as `x-2fa-method`: `totp`, `email` or `password`.
    #[schema(value_type = String, example = "totp")]
    pub(super) method: &'static str,
    /// Did this very answer set off a mail with a code?
    #[schema(example = false)]
    pub(super) code_generated: bool,
    /// What the person has switched on; the password fallback is not among them.
    #[schema(value_type = Vec<String>, example = json!(["totp"]))]
    pub(super) available_methods: Vec<&'static str>,
    /// With a mailed code only: the address it goes to, or at sign-in the user name.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false, nullable = false, example = "ada@example.com")]
    pub(super) email_or_username: Option<String>,
    /// With a mailed code only: until when it is good.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false, nullable = false, format = DateTime, example = "2026-11-21T11:15:00.000Z")]
    pub(super) code_expires: Option<String>,
}

impl From<&Challenge> for SecondFactorDetails {
    fn from(challenge: &Challenge) -> Self {
        let mailed = challenge.mailed.as_ref();
        Self {
            method: challenge.method.as_str(),
            code_generated: mailed.is_some_and(|mailed| mailed.generated),
            email_or_username: mailed.map(|mailed| mailed.account.expose().clone()),
            code_expires: mailed.and_then(|mailed| mailed.expires_at).map(|at| at.to_string()),
            available_methods: challenge.available.iter().copied().map(Method::as_str).collect(),
        }
    }
}

/// Which part of the peer's account editor refused, in the peer's words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = RocketChatEditorDetails)]
pub(crate) struct EditorDetails {
    #[schema(value_type = String, example = "insertOrUpdateUser")]
    pub(super) method: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, required = false, nullable = false, example = "Adding_user")]
    pub(super) action: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, required = false, nullable = false, example = "username")]
    pub(super) field: Option<&'static str>,
}

/// More about a failure, where there is more to say.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(untagged)]
#[schema(as = RocketChatErrorDetails)]
pub(crate) enum Details {
    SecondFactor(SecondFactorDetails),
    Editor(EditorDetails),
}

/// The body of every failure but those of who one is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = RocketChatError)]
pub(crate) struct ErrorBody {
    /// Always `false`.
    #[schema(example = false)]
    pub(super) success: bool,
    /// `<reason> [<code>]`
    #[schema(example = "TOTP Required [totp-required]")]
    pub(super) error: String,
    /// The code alone, where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, required = false, nullable = false, example = "totp-required")]
    pub(super) error_type: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false, nullable = false)]
    pub(super) details: Option<Details>,
}

/// The body of a 401: clients look at `status`, at `success`, or at `error`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = RocketChatUnauthorized, example = json!({
    "status": "error", "error": "You must be logged in to do this.", "message": "You must be logged in to do this.",
    "success": false,
}))]
pub(crate) struct UnauthorizedBody {
    /// Always `error`.
    #[schema(value_type = String, example = "error")]
    pub(super) status: &'static str,
    #[schema(value_type = String, example = "You must be logged in to do this.")]
    pub(super) error: &'static str,
    #[schema(value_type = String, example = "You must be logged in to do this.")]
    pub(super) message: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false, nullable = false)]
    pub(super) details: Option<SecondFactorDetails>,
    /// Always `false`.
    #[schema(example = false)]
    pub(super) success: bool,
}

/// The body of a 429: without the code by itself, as the peer has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = RocketChatTooManyRequests)]
pub(crate) struct TooManyBody {
    /// Always `false`.
    #[schema(example = false)]
    pub(super) success: bool,
    #[schema(
        example = "Error, too many requests. Please slow down. You must wait 42 seconds before trying this endpoint again. [error-too-many-requests]"
    )]
    pub(super) error: String,
}

/// The body of a 403: without the code by itself, as the peer has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = RocketChatForbidden)]
pub(crate) struct ForbiddenBody {
    /// Always `false`.
    #[schema(example = false)]
    pub(super) success: bool,
    #[schema(
        value_type = String,
        example = "User does not have the permissions required for this action [error-unauthorized]"
    )]
    pub(super) error: &'static str,
}
