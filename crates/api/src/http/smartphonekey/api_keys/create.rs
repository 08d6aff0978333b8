//! `POST /api-keys`

use axum::extract::State;
use portcullis_domain::clock::Timestamp;
use portcullis_domain::ids::OrgId;
use portcullis_domain::text::FreeText;
use portcullis_domain::usecase::org::KeyOrder;
use serde::Deserialize;
use utoipa::ToSchema;

use super::made::MadeKey;
use crate::app::App;
use crate::http::smartphonekey::answer::Answer;
use crate::http::smartphonekey::command::Command;
use crate::http::smartphonekey::json::Faults;
use crate::http::smartphonekey::path::Id;
use crate::http::smartphonekey::problem::{ErrorBody, Problem};

/// Whose key, and for how long.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = CreateApiKey)]
pub(super) struct Body {
    /// The organisation, which must be registered.
    #[schema(value_type = String, min_length = 1, max_length = 128, example = "acme")]
    org_id: Option<String>,
    /// Its name. The answer has the one it is registered with.
    #[schema(value_type = String, min_length = 1, max_length = 500, example = "Acme Ltd")]
    org_name: Option<String>,
    /// When it is to stop working (RFC 3339); in the future.
    #[schema(format = DateTime, example = "2099-11-21T10:15:00.000Z")]
    expires_at: Option<String>,
    /// May it act for every organisation?
    #[serde(rename = "super")]
    #[schema(default = false, example = false)]
    is_super: Option<bool>,
}

impl TryFrom<Body> for KeyOrder {
    type Error = Problem;

    fn try_from(body: Body) -> Result<Self, Problem> {
        let mut faults = Faults::default();
        let org = faults.required("orgId", body.org_id, OrgId::parse);
        faults.required("orgName", body.org_name, FreeText::parse);
        let expires_at = faults.optional("expiresAt", body.expires_at, |text| Timestamp::parse(&text));
        let is_super = body.is_super.unwrap_or_default();
        // Without a name, so that a key registers no organisation by the way.
        faults.check(org.map(|org| Self { org, org_name: None, is_super, expires_at }))
    }
}

/// Make a key for an organisation
///
/// The key is shown in this answer and never again; a repeat with the same `Idempotency-Key` shows it once more within
/// 24 hours. An organisation has one active key; to change it, rotate it.
///
/// Allowed: staff.
#[utoipa::path(
    post,
    path = "/api-keys",
    operation_id = "createApiKey",
    tag = "Organisations",
    request_body = Body,
    responses(
        (status = 201, description = "The key", body = MadeKey),
        (status = 404, description = "The organisation is not registered", body = ErrorBody),
        (status = 409, description = "The organisation has an active key, or too many others changed it at the same time", body = ErrorBody),
    )
)]
pub(super) async fn handler(State(app): State<App>, command: Command) -> Result<Answer<MadeKey>, Problem> {
    let order: KeyOrder = command.json::<Body>()?.try_into()?;
    let id = Id::from(order.org.to_string());
    let made = app.cases.orgs.create_key.execute(&command.request, order).await;
    let made = made.map_err(|error| Problem::of(error, &id))?;
    Ok(Answer::created(made.value.version, made.value.into()).replayed(made.replayed))
}
