//! `DELETE /api-keys/{prefix}`

use axum::extract::State;
use portcullis_domain::event::Event;
use portcullis_domain::usecase::Done;
use serde::Serialize;
use utoipa::ToSchema;

use super::Why;
use crate::app::App;
use crate::http::smartphonekey::answer::Answer;
use crate::http::smartphonekey::command::Command;
use crate::http::smartphonekey::path::Id;
use crate::http::smartphonekey::problem::{ErrorBody, Problem};

/// The key is revoked.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = RevokedApiKey)]
pub(crate) struct RevokedKey {
    #[schema(example = "aB3dE5gH")]
    api_key_prefix: String,
    #[schema(example = "acme")]
    org_id: String,
    #[schema(format = DateTime, example = "2026-11-21T10:15:00.000Z")]
    revoked_at: String,
}

impl RevokedKey {
    /// What is told of a revocation.
    pub(crate) fn new(done: Done) -> Option<Self> {
        let Some(Event::ApiKeyRevoked(revoked)) = done.event else { return None };
        Some(Self {
            api_key_prefix: revoked.api_key_prefix.to_string(),
            org_id: revoked.org_id.to_string(),
            revoked_at: revoked.revoked_at.to_string(),
        })
    }
}

/// Revoke a key
///
/// For good, and on every server from the moment this is answered. A second revocation finds no such key.
///
/// Allowed: staff.
#[utoipa::path(
    delete,
    path = "/api-keys/{prefix}",
    operation_id = "revokeApiKey",
    tag = "Organisations",
    params(("prefix" = String, Path, description = "The first 8 characters of the key", pattern = "^[0-9A-Za-z]{8}$", example = "aB3dE5gH")),
    request_body = Option<Why>,
    responses(
        (status = 200, description = "The key is revoked", body = RevokedKey),
        (status = 404, description = "No such key, or it is revoked already", body = ErrorBody),
    )
)]
pub(super) async fn handler(State(app): State<App>, id: Id, command: Command) -> Result<Answer<RevokedKey>, Problem> {
    let reason = command.json_or_default::<Why>()?.reason()?;
    let outcome = app.cases.orgs.revoke_key.execute(&command.request, super::prefix(&id)?, reason).await;
    let outcome = outcome.map_err(|error| Problem::of(error, &id))?;
    Answer::changed(outcome, RevokedKey::new)
}
