//! `GET /users/by-phone`

use axum::Json;
use axum::extract::{Extension, State};
use axum::http::Method;
use portcullis_domain::ids::{RequestId, UserId};
use portcullis_domain::text::{EmailAddress, PhoneNumber};
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
    /// Phone number in international form, beginning with `00`, or with `+` written as `%2B`: a bare `+` in a query is a
    /// space, and spaces are ignored.
    #[param(value_type = String, pattern = "^ *(\\+|0 *0) *[1-9]( *[0-9]){6,14} *$", example = "0048600100200")]
    phone_number: Option<String>,
    /// An e-mail address for the person to be made; nobody else's. Ignored when somebody is found.
    #[param(value_type = Option<String>, format = Email, max_length = 254, example = "ada@example.com")]
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
        let number = faults.required("phoneNumber", self.phone_number, |text| {
            PhoneNumber::parse(&text).map_err(|invalid| format!("{invalid}; in a query + is written %2B"))
        });
        let email = faults.optional("email", self.email, |text| EmailAddress::parse(&text));
        let key = number.map(|number| PersonKey::PhoneNumber(number, email));
        let user = faults.optional("uuid", self.uuid, |text| UserId::parse(&text));
        let search_only = search_only(&mut faults, self.search_only, method);
        let key = faults.check(key)?;
        Ok(PersonQuery { key, user, search_only })
    }
}

/// The person.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = UserByPhone)]
pub(super) struct Answered {
    #[schema(format = Uuid, example = "0190163d-8694-739b-aea5-5966c26f8ad2")]
    uuid: String,
    /// None when the person has none.
    #[schema(required = true, format = Email, example = "ada@example.com")]
    email: Option<String>,
    #[serde(rename = "phoneNumber")]
    #[schema(required = true, example = "+48600100200")]
    phone_number: Option<String>,
    #[schema(format = DateTime, example = "2026-11-21T10:15:00.000Z")]
    created_at: String,
}

impl From<Person> for Answered {
    fn from(person: Person) -> Self {
        let profile = person.profile;
        Self {
            uuid: person.id.to_string(),
            email: profile.email.map(|email| email.as_str().to_owned()),
            phone_number: profile.phone_number.map(|number| number.as_str().to_owned()),
            created_at: person.created_at.to_string(),
        }
    }
}

/// Find or make a person by phone number
///
/// Finds the person with a phone number, or makes one as `CreateUser` does; with `searchOnly` it only looks.
///
/// Allowed: a key for people of its organisation, a super key, staff; a person's own token if the person found is the
/// caller, or to make the caller under its own id.
#[utoipa::path(
    get,
    path = "/users/by-phone",
    operation_id = "findUserByPhone",
    tag = "People",
    params(Wanted),
    responses(
        (status = 200, description = "The person, found or made", body = Answered),
        (status = 404, description = "There is nobody, and `searchOnly` was set", body = ErrorBody),
        (status = 409, description = "The uuid or the e-mail address is in use", body = ErrorBody),
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
    let person = person.map_err(|error| Problem::of(error, &Id::from("by-phone".to_owned())))?;
    Ok(Json(person.into()))
}
