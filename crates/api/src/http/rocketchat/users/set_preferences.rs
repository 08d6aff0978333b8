//! `POST /api/v1/users.setPreferences`

use axum::Json;
use axum::extract::State;
use portcullis_domain::ids::UserId;
use portcullis_domain::text::Language;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::app::App;
use crate::http::rocketchat::body::{self, Body, Kind, Schema};
use crate::http::rocketchat::failure::{ErrorBody, Failure};
use crate::http::rocketchat::session::Session;
use crate::http::rocketchat::shape::Settings;

const SCHEMA: Schema =
    Schema { required: &["data"], fields: &[("userId", Kind::Text), ("data", Kind::Object)], open: false };

/// The peer knows many more. Told rather than saying that something was kept that was not.
const DATA: Schema = Schema { required: &[], fields: &[("language", Kind::Text)], open: false };

/// What a person prefers.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = PreferencesData)]
struct Data {
    /// The language of notices, such as `de` or `pt-BR`; empty for that of the service. There is a text in English and
    /// German; who prefers another language is written to in that of the service.
    #[schema(value_type = String, required = false, pattern = "^ *([A-Za-z][0-9A-Za-z_-]{0,34})? *$", example = "de")]
    language: Option<String>,
}

/// Whose preferences, and which.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = SetPreferences)]
pub(super) struct Change {
    /// Somebody else, by the id; the caller when left out.
    #[schema(value_type = String, required = false, example = "0190163d-8694-739b-aea5-5966c26f8ad2")]
    user_id: Option<String>,
    #[schema(value_type = Data)]
    data: Map<String, Value>,
}

impl Change {
    #[expect(clippy::option_option, reason = "said, unsaid and taken back are three things")]
    fn language(self) -> Result<Option<Option<Language>>, Failure> {
        DATA.check("data ", &self.data)?;
        let data: Data = body::decode(Value::Object(self.data))?;
        let parse = |tag: String| match tag.trim() {
            "" => Ok(None),
            tag => Language::parse(tag).map(Some).map_err(|rule| Failure::invalid(format!("data language {rule}"))),
        };
        data.language.map(parse).transpose()
    }
}

/// Whose preferences they are.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RocketChatPreferencesOf)]
struct Of {
    #[serde(rename = "_id")]
    #[schema(example = "0190163d-8694-739b-aea5-5966c26f8ad2")]
    id: String,
    settings: Settings,
}

/// The preferences as they are now.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RocketChatPreferencesAnswer)]
pub(super) struct Answered {
    user: Of,
    /// Always `true`.
    #[schema(example = true)]
    success: bool,
}

/// Set preferences
///
/// The language a person is written to in; other preferences are refused. One's own, or with the permission
/// `edit-other-user-info` somebody else's.
#[utoipa::path(
    post,
    path = "/api/v1/users.setPreferences",
    operation_id = "setPreferences",
    tag = "Accounts",
    request_body(content((Change = "application/json"))),
    responses(
        (status = 200, description = "The preferences are set", body = Answered),
        (status = 400, description = "A field is wrong, the caller may not, or there is no such person", body = ErrorBody),
    )
)]
pub(super) async fn handler(State(app): State<App>, session: Session, body: Body) -> Result<Json<Answered>, Failure> {
    let change: Change = body.read(&SCHEMA)?;
    let named = change.user_id.as_deref().map(|id| UserId::parse(id).unwrap_or(UserId::NOBODY));
    let user = named.unwrap_or(session.user);
    let language = change.language()?;
    let set = app.cases.users.set_language.execute(&session.request, user, language).await;
    let not_allowed = || Failure::action("Editing user is not allowed", "Editing_user");
    let language = set.map_err(|error| Failure::of(error, not_allowed))?;
    Ok(Json(Answered { user: Of { id: user.to_string(), settings: Settings::new(language.as_ref()) }, success: true }))
}
