//! `GET /api-keys`

use axum::Json;
use axum::extract::State;
use portcullis_domain::clock::Timestamp;
use portcullis_domain::ids::{ApiKeyPrefix, OrgId};
use portcullis_domain::org::{KeyStatus, ListedKey};
use portcullis_domain::port::KeyCursor;
use portcullis_domain::usecase::org::KeyQuery;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::app::App;
use crate::http::smartphonekey::caller::Authenticated;
use crate::http::smartphonekey::json::Faults;
use crate::http::smartphonekey::path::Id;
use crate::http::smartphonekey::problem::Problem;
use crate::http::smartphonekey::query::{self, Query};

/// Keys on a page, unless another number is asked for.
const PAGE: u32 = 100;
/// Keys on a page at most.
const MOST: u32 = 500;

/// Which keys.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub(super) struct Filter {
    /// Only keys of this organisation.
    #[param(min_length = 1, max_length = 128, example = "acme")]
    org_id: Option<String>,
    /// At most this many: 1 to 500, 100 when absent.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 500, example = 100)]
    limit: Option<String>,
    /// `nextCursor` of the page before.
    #[param(pattern = "^-?[0-9]+-[0-9A-Za-z]{8}$", example = "1795256100000-aB3dE5gH")]
    cursor: Option<String>,
}

impl TryFrom<Filter> for KeyQuery {
    type Error = Problem;

    fn try_from(filter: Filter) -> Result<Self, Problem> {
        let mut faults = Faults::default();
        let org = faults.optional("orgId", filter.org_id, OrgId::parse);
        let after = faults.optional("cursor", filter.cursor, |text| cursor(&text).ok_or("must be a nextCursor"));
        let limit = query::limit(&mut faults, filter.limit, PAGE, MOST);
        faults.check(Some(Self { org, after, limit }))
    }
}

fn cursor(text: &str) -> Option<KeyCursor> {
    let (millis, prefix) = text.rsplit_once('-')?;
    let created_at = Timestamp::from_unix_millis(millis.parse().ok()?);
    Some(KeyCursor { created_at, prefix: ApiKeyPrefix::parse(prefix).ok()? })
}

fn next_cursor(KeyCursor { created_at, prefix }: &KeyCursor) -> String {
    format!("{}-{prefix}", created_at.unix_millis())
}

/// A key, not whole.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ApiKey)]
pub(crate) struct ShownKey {
    /// The first 8 characters, by which it is called.
    #[schema(example = "aB3dE5gH")]
    pub(crate) api_key_prefix: String,
    /// Its first 8 and last 4 characters.
    #[schema(example = "aB3dE5gH…X9Yz")]
    pub(crate) masked_api_key: String,
    #[schema(example = "acme")]
    pub(crate) org_id: String,
    #[schema(example = "Acme Ltd")]
    pub(crate) org_name: String,
    /// `active`, `expired` or `revoked`.
    #[schema(example = "active")]
    pub(crate) status: &'static str,
    /// May it act for every organisation?
    #[schema(example = false)]
    #[serde(rename = "super")]
    pub(crate) is_super: bool,
    #[schema(format = DateTime, example = "2026-11-21T10:15:00.000Z")]
    pub(crate) created_at: String,
    /// The subject of the token that made it, or `system:` and a job. Of a subject with an e-mail address in it, `sub:` and
    /// a hash.
    #[schema(example = "staff|grace")]
    pub(crate) created_by: String,
    /// When it stops working, if it does.
    #[schema(required = true, format = DateTime, example = "2099-11-21T10:15:00.000Z")]
    pub(crate) expires_at: Option<String>,
    #[schema(required = true, format = DateTime, example = json!(null))]
    pub(crate) revoked_at: Option<String>,
    /// When it was used last, told up to a minute late.
    #[schema(required = true, format = DateTime, example = "2026-11-21T10:15:00.000Z")]
    pub(crate) last_used_at: Option<String>,
}

const fn word(status: KeyStatus) -> &'static str {
    match status {
        KeyStatus::Active => "active",
        KeyStatus::Expired => "expired",
        KeyStatus::Revoked => "revoked",
    }
}

impl ShownKey {
    /// The key as it is at an instant.
    pub(crate) fn at(listed: ListedKey, now: Timestamp) -> Self {
        let text = |at: Option<Timestamp>| at.map(|at| at.to_string());
        Self {
            masked_api_key: listed.masked(),
            status: word(listed.view.status(now)),
            api_key_prefix: listed.view.prefix.to_string(),
            org_id: listed.view.org.to_string(),
            org_name: listed.org_name.to_string(),
            is_super: listed.view.is_super,
            created_at: listed.view.created_at.to_string(),
            created_by: listed.view.created_by,
            expires_at: text(listed.view.expires_at),
            revoked_at: text(listed.view.revoked_at),
            last_used_at: text(listed.last_used_at),
        }
    }
}

/// A page of keys, newest first.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ApiKeyPage)]
pub(super) struct Answered {
    #[schema(example = true)]
    success: bool,
    api_keys: Vec<ShownKey>,
    /// For the next page; none after the last.
    #[schema(required = true, example = "1795256100000-aB3dE5gH")]
    next_cursor: Option<String>,
}

/// List keys of organisations
///
/// The newest first, also those that no longer work. A key is told by its first 8 and last 4 characters.
///
/// Allowed: staff.
#[utoipa::path(
    get,
    path = "/api-keys",
    operation_id = "listApiKeys",
    tag = "Organisations",
    params(Filter),
    responses((status = 200, description = "A page", body = Answered))
)]
pub(super) async fn handler(
    State(app): State<App>,
    Authenticated(caller): Authenticated,
    Query(filter): Query<Filter>,
) -> Result<Json<Answered>, Problem> {
    let page = app.cases.orgs.list_keys.execute(&caller, filter.try_into()?).await;
    let page = page.map_err(|error| Problem::of(error, &Id::from(String::new())))?;
    let now = app.ports.clock.now();
    let api_keys = page.keys.into_iter().map(|key| ShownKey::at(key, now)).collect();
    Ok(Json(Answered { success: true, api_keys, next_cursor: page.next.as_ref().map(next_cursor) }))
}
