//! `GET /users/by-email`

use axum::Json;
use axum::extract::{Extension, State};
use axum::http::Method;
use portcullis_domain::ids::{RequestId, UserId};
use portcullis_domain::text::EmailAddress;
use portcullis_domain::usecase::Request;
use portcullis_domain::usecase::user::{PersonKey, PersonQuery};
use portcullis_domain::user::Person;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::search_only;
use crate::app::App;
use crate::http::client::Client;
use crate::http::smartphonekey::caller::Authenticated;
use crate::http::smartphonekey::json::Faults;
use crate::http::smartphonekey::path::Id;
use crate::http::smartphonekey::problem::{ErrorBody, Problem};
use crate::http::smartphonekey::query::Query;

/// Whom to find, or to make.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub(super) struct Wanted {
    /// The e-mail address.
    #[param(value_type = String, format = Email, max_length = 254, example = "ada@example.com")]
    email: Option<String>,
    /// The id of the person to be made; without one it is made here. Ignored when somebody is found.
    #[param(value_type = Option<String>, format = Uuid, example = "0190163d-8694-739b-aea5-5966c26f8ad2")]
    uuid: Option<String>,
    /// `true`: only look, make nobody.
    #[param(value_type = Option<bool>, example = false)]
    search_only: Option<String>,
}

impl Wanted {
    fn try_into_query(self, method: &Method) -> Result<PersonQuery, Problem> {
        let mut faults = Faults::default();
        let email = faults.required("email", self.email, |text| EmailAddress::parse(&text));
        let key = email.map(PersonKey::Email);
        let user = faults.optional("uuid", self.uuid, |text| UserId::parse(&text));
        let search_only = search_only(&mut faults, self.search_only, method);
        let key = faults.check(key)?;
        Ok(PersonQuery { key, user, search_only })
    }
}

/// The person.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = UserByEmail)]
pub(super) struct Answered {
    #[schema(format = Uuid, example = "0190163d-8694-739b-aea5-5966c26f8ad2")]
    uuid: String,
    #[schema(required = true, nullable = false, format = Email, example = "ada@example.com")]
    email: Option<String>,
    #[schema(format = DateTime, example = "2026-11-21T10:15:00.000Z")]
    created_at: String,
}

impl From<Person> for Answered {
    fn from(person: Person) -> Self {
        Self {
            uuid: person.id.to_string(),
            email: person.profile.email.map(|email| email.as_str().to_owned()),
            created_at: person.created_at.to_string(),
        }
    }
}

/// Find or make a person by e-mail address
///
/// Finds the person with an e-mail address, or makes one as `CreateUser` does; with `searchOnly` it only looks.
///
/// Allowed: a key for people of its organisation, a super key, staff; a person's own token if the person found is the
/// caller, or to make the caller under its own id.
#[utoipa::path(
    get,
    path = "/users/by-email",
    operation_id = "findUserByEmail",
    tag = "People",
    params(Wanted),
    responses(
        (status = 200, description = "The person, found or made", body = Answered),
        (status = 404, description = "There is nobody, and `searchOnly` was set", body = ErrorBody),
        (status = 409, description = "The uuid is in use", body = ErrorBody),
    )
)]
pub(super) async fn handler(
    State(app): State<App>,
    method: Method,
    Authenticated(caller): Authenticated,
    Client(client): Client,
    Extension(request): Extension<RequestId>,
    Query(wanted): Query<Wanted>,
) -> Result<Json<Answered>, Problem> {
    let query = wanted.try_into_query(&method)?;
    let request = Request { client: Some(client), ..Request::plain(caller, request) };
    let person = app.cases.users.find_or_create.execute(&request, &query).await;
    // The path has no id, and whom it is about is no aggregate before it is found.
    let person = person.map_err(|error| Problem::of(error, &Id::from("by-email".to_owned())))?;
    Ok(Json(person.into()))
}
