//! `GET /api/v1/users.info`

use axum::Json;
use axum::extract::State;
use portcullis_domain::usecase::UseCaseError;
use portcullis_domain::usecase::user::AccountName;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::app::App;
use crate::http::rocketchat::body::{Kind, Schema};
use crate::http::rocketchat::failure::{ErrorBody, Failure};
use crate::http::rocketchat::query::Query;
use crate::http::rocketchat::session::Session;
use crate::http::rocketchat::shape::{Services, ShownUser};

const SCHEMA: Schema = Schema {
    required: &[],
    fields: &[("userId", Kind::Text), ("username", Kind::Text), ("email", Kind::Text), ("importId", Kind::Text)],
    open: false,
};

/// Whose record: exactly one of these.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub(super) struct Who {
    /// The id.
    #[param(value_type = Option<String>, example = "0190163d-8694-739b-aea5-5966c26f8ad2")]
    user_id: Option<String>,
    /// The user name.
    #[param(value_type = Option<String>)]
    username: Option<String>,
    /// The address; finds others only with the permission `view-full-other-user-info`.
    #[param(value_type = Option<String>)]
    email: Option<String>,
    /// An id at the system the account came from; finds nobody, as none comes from elsewhere.
    #[param(value_type = Option<String>)]
    import_id: Option<String>,
}

impl TryFrom<Who> for AccountName {
    type Error = Failure;

    fn try_from(who: Who) -> Result<Self, Failure> {
        let Who { user_id: id, username, email, import_id } = who;
        let named = [&id, &username, &email, &import_id].into_iter().flatten().count();
        if named != 1 {
            return Err(Failure::invalid("must have exactly one of 'userId', 'username', 'email' and 'importId'"));
        }
        if import_id.is_some() {
            return Err(nobody());
        }
        Ok(Self { id, username, email })
    }
}

/// A record.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = RocketChatUserRecord)]
struct Record {
    #[serde(flatten)]
    user: ShownUser,
    /// May the caller see all of it?
    #[schema(example = true)]
    can_view_all_info: bool,
    /// Only in the own record.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false, nullable = false)]
    services: Option<Services>,
}

/// The record asked for.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RocketChatUserInfo)]
pub(super) struct Answered {
    user: Record,
    /// Always `true`.
    #[schema(example = true)]
    success: bool,
}

fn nobody() -> Failure {
    Failure::plain("User not found.")
}

/// Show an account
///
/// All of it to whoever it is of and with the permission `view-full-other-user-info`, else what everybody sees.
/// Exactly one of the parameters says whose.
#[utoipa::path(
    get,
    path = "/api/v1/users.info",
    operation_id = "readAccount",
    tag = "Accounts",
    params(Who),
    responses(
        (status = 200, description = "The record", body = Answered),
        (status = 400, description = "Nobody is found, or the query is not what the route takes", body = ErrorBody),
    )
)]
pub(super) async fn handler(State(app): State<App>, session: Session, query: Query) -> Result<Json<Answered>, Failure> {
    let name = query.read::<Who>(&SCHEMA)?.try_into()?;
    let caller = &session.request.caller;
    let record = app.cases.users.records.one(caller, &name).await.map_err(|error| match error {
        UseCaseError::Refused { .. } => nobody(),
        error => Failure::of(error, Failure::forbidden),
    })?;
    let services = if record.own {
        let own = app.cases.sessions.read_own.execute(caller).await;
        Some(Services::new(&own.map_err(|error| Failure::of(error, nobody))?))
    } else {
        None
    };
    let user = ShownUser::new(&record.person, record.full);
    Ok(Json(Answered { user: Record { user, can_view_all_info: record.full, services }, success: true }))
}
