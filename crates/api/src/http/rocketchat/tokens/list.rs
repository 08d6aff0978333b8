//! `GET /api/v1/users.getPersonalAccessTokens`

use axum::Json;
use axum::extract::State;
use portcullis_domain::session::HeldToken;
use serde::Serialize;
use utoipa::ToSchema;

use super::failed;
use crate::app::App;
use crate::http::rocketchat::failure::{ErrorBody, Failure};
use crate::http::rocketchat::session::Session;

/// What is known of a token.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = PersonalAccessToken)]
struct Row {
    #[schema(example = "nightly backup")]
    name: String,
    #[schema(format = DateTime, example = "2026-11-21T10:15:00.000Z")]
    created_at: String,
    /// Its last six characters.
    #[schema(example = "vheU3f")]
    last_token_part: String,
    /// Does it pass where a second factor is asked for?
    #[schema(example = false)]
    bypass_two_factor: bool,
}

impl From<HeldToken> for Row {
    fn from(held: HeldToken) -> Self {
        Self {
            name: held.about.name.as_str().to_owned(),
            created_at: held.created_at.to_string(),
            last_token_part: held.about.last_part,
            bypass_two_factor: held.about.bypass_two_factor,
        }
    }
}

/// The caller's tokens.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PersonalAccessTokens)]
pub(super) struct Answered {
    /// Oldest first.
    tokens: Vec<Row>,
    /// Always `true`.
    #[schema(example = true)]
    success: bool,
}

/// List personal access tokens
///
/// The caller's own, oldest first; what to send is shown only when one is made.
///
/// Needs the permission `create-personal-access-tokens`.
#[utoipa::path(
    get,
    path = "/api/v1/users.getPersonalAccessTokens",
    operation_id = "listPersonalAccessTokens",
    tag = "Sessions",
    responses(
        (status = 200, description = "The tokens", body = Answered),
        (
            status = 400,
            description = "The caller may not",
            body = ErrorBody,
            example = json!({
                "success": false,
                "error": "Not Authorized [not-authorized]",
                "errorType": "not-authorized",
            })
        ),
    )
)]
pub(super) async fn handler(State(app): State<App>, session: Session) -> Result<Json<Answered>, Failure> {
    let held = app.cases.sessions.list_tokens.execute(&session.request).await.map_err(failed)?;
    Ok(Json(Answered { tokens: held.into_iter().map(Row::from).collect(), success: true }))
}
