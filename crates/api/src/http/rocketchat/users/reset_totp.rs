//! `POST /api/v1/users.resetTOTP`

use axum::Json;
use axum::extract::State;
use portcullis_domain::usecase::totp::ResetTotpRefusal;
use portcullis_domain::usecase::user::AccountName;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::app::App;
use crate::http::rocketchat::body::{Body, Kind, Schema};
use crate::http::rocketchat::failure::{ErrorBody, Failure, Refusal};
use crate::http::rocketchat::proof::SentProof;
use crate::http::rocketchat::session::Uncounted;
use crate::http::rocketchat::shape::Succeeded;

pub(super) const SCHEMA: Schema = Schema {
    required: &[],
    fields: &[("userId", Kind::Text), ("username", Kind::Text), ("user", Kind::Text)],
    open: false,
};

/// Whose second factor. Nobody named: the caller's own.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = ResetTotp, example = json!({"username": "ada"}))]
pub(super) struct Target {
    /// An id, or a user name; comes before the others.
    #[schema(value_type = String, required = false, example = "0190163d-8694-739b-aea5-5966c26f8ad2")]
    user_id: Option<String>,
    /// A user name.
    #[schema(value_type = String, required = false, example = "ada")]
    username: Option<String>,
    /// A user name too, looked at when there is no `username`.
    #[schema(value_type = String, required = false, example = "ada")]
    user: Option<String>,
}

impl Target {
    /// Who is named, if only by blank text.
    pub(super) fn name(self) -> Option<AccountName> {
        let Self { user_id: id, username, user } = self;
        let is_named = id.is_some() || username.is_some() || user.is_some();
        let told = |name: &String| !name.trim().is_empty();
        is_named.then(|| AccountName { id, username: username.filter(told).or(user), email: None })
    }
}

impl Refusal for ResetTotpRefusal {
    fn failure(self) -> Failure {
        let reason = self.to_string();
        match self {
            Self::SecondFactor(challenge) => Failure::challenge(&challenge),
            Self::NotAllowed => Failure::refused("error-not-allowed", &reason),
            Self::TwoFactorDisabled => Failure::refused("error-two-factor-not-enabled", &reason),
            Self::Nobody(nobody) => nobody.failure(),
        }
    }
}

/// Clear a second factor
///
/// Clears a person's TOTP: secret, backup codes and all, and ends the person's sessions and personal access tokens.
/// Nobody named: the caller's own.
///
/// The caller proves the own second factor with each call. Clearing somebody else's needs the permission
/// `edit-other-user-totp`. The person is told at a verified address. Where there is nothing to clear, nothing happens,
/// and sessions stay: so a repeat does no harm.
#[utoipa::path(
    post,
    path = "/api/v1/users.resetTOTP",
    operation_id = "resetTotp",
    tag = "Second factor",
    request_body(content((Target = "application/json"), (Target = "application/x-www-form-urlencoded"))),
    responses(
        (status = 200, description = "Cleared, or nothing to clear", body = Succeeded),
        (
            status = 400,
            description = "A second factor is needed, or the caller may not, or nobody has the name",
            body = ErrorBody,
            examples(
                ("second factor needed" = (value = json!({
                    "success": false,
                    "error": "TOTP Required [totp-required]",
                    "errorType": "totp-required",
                    "details": {"method": "password", "codeGenerated": false, "availableMethods": []},
                }))),
                ("not allowed" = (value = json!({
                    "success": false,
                    "error": "Not allowed [error-not-allowed]",
                    "errorType": "error-not-allowed",
                }))),
                ("nobody has the name" = (value = json!({
                    "success": false,
                    "error": "The required \"userId\" or \"username\" param provided does not match any users [error-invalid-user]",
                    "errorType": "error-invalid-user",
                }))),
            )
        ),
    )
)]
pub(super) async fn handler(
    State(app): State<App>,
    session: Uncounted,
    SentProof(proof): SentProof,
    body: Body,
) -> Result<Json<Succeeded>, Failure> {
    let target: Target = body.read(&SCHEMA)?;
    let session = session.count(&app).map_err(Failure::too_many)?;
    let done = app.cases.totp.reset.execute(&session.request, target.name().as_ref(), &proof).await;
    done.map_err(|error| Failure::of(error, || ResetTotpRefusal::NotAllowed.failure()))?;
    Ok(Json(Succeeded::NOW))
}
