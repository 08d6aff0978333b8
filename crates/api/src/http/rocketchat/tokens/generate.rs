//! `POST /api/v1/users.generatePersonalAccessToken`

use axum::Json;
use axum::extract::State;
use portcullis_domain::usecase::session::TokenOrder;
use serde::Deserialize;
use utoipa::ToSchema;

use super::{Made, failed, name};
use crate::app::App;
use crate::http::rocketchat::body::{Body, Kind, Schema};
use crate::http::rocketchat::failure::{ErrorBody, Failure};
use crate::http::rocketchat::proof::SentProof;
use crate::http::rocketchat::session::Session;

const SCHEMA: Schema = Schema {
    required: &["tokenName"],
    fields: &[("tokenName", Kind::Text), ("bypassTwoFactor", Kind::Flag)],
    open: false,
};

/// The token wanted.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = GeneratePersonalAccessToken)]
pub(super) struct NewToken {
    /// What to call it; none of the caller's tokens may have the name. 1 to 128 characters.
    #[schema(min_length = 1, max_length = 128, example = "nightly backup")]
    token_name: String,
    /// Shall it pass where a second factor is asked for? No when left out.
    #[serde(default)]
    #[schema(example = false)]
    bypass_two_factor: bool,
}

impl NewToken {
    fn try_into_order(self) -> Result<TokenOrder, Failure> {
        Ok(TokenOrder { name: name(self.token_name)?, bypass_two_factor: self.bypass_two_factor })
    }
}

/// Make a personal access token
///
/// A token that stands for the caller until it is removed, for programs: it has no end, and stays when the caller's
/// sessions end; what ends every session ends it too: a new password, a reset of the second factor, a suspension. It
/// is shown in this answer and never again.
///
/// Needs the permission `create-personal-access-tokens`, and the caller's second factor. A person can have 50.
#[utoipa::path(
    post,
    path = "/api/v1/users.generatePersonalAccessToken",
    operation_id = "generatePersonalAccessToken",
    tag = "Sessions",
    request_body(content((NewToken = "application/json"), (NewToken = "application/x-www-form-urlencoded"))),
    responses(
        (status = 200, description = "The token, shown once", body = Made),
        (
            status = 400,
            description = "A second factor is needed, the caller may not, or the name is taken",
            body = ErrorBody,
            examples(
                ("name taken" = (value = json!({
                    "success": false,
                    "error": "A token with this name already exists [error-token-already-exists]",
                    "errorType": "error-token-already-exists",
                }))),
                ("not allowed" = (value = json!({
                    "success": false,
                    "error": "Not Authorized [not-authorized]",
                    "errorType": "not-authorized",
                }))),
            )
        ),
    )
)]
pub(super) async fn handler(
    State(app): State<App>,
    session: Session,
    SentProof(proof): SentProof,
    body: Body,
) -> Result<Json<Made>, Failure> {
    let order = body.read::<NewToken>(&SCHEMA)?.try_into_order()?;
    let made = app.cases.sessions.create_token.execute(&session.request, &order, &proof).await;
    Ok(Json(made.map_err(failed)?.into()))
}
