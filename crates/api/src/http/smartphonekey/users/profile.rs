//! `GET /users/{id}/profile`

use axum::extract::State;
use portcullis_domain::user::Person;
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::App;
use crate::http::smartphonekey::answer::Answer;
use crate::http::smartphonekey::caller::Authenticated;
use crate::http::smartphonekey::path::Id;
use crate::http::smartphonekey::problem::{ErrorBody, Problem};

/// A person.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Profile)]
pub(super) struct Answered {
    #[schema(format = Uuid, example = "0190163d-8694-739b-aea5-5966c26f8ad2")]
    user_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = Email, nullable = false, example = "ada@example.com")]
    email: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "Ada")]
    first_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "Lovelace")]
    last_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "+48600100200")]
    phone_number: Option<String>,
    /// ACTIVE, INACTIVE or SUSPENDED.
    #[schema(example = "ACTIVE")]
    status: &'static str,
}

impl From<Person> for Answered {
    fn from(person: Person) -> Self {
        let profile = person.profile;
        Self {
            user_id: person.id.to_string(),
            email: profile.email.map(|email| email.as_str().to_owned()),
            first_name: profile.first_name,
            last_name: profile.last_name,
            phone_number: profile.phone_number.map(|number| number.as_str().to_owned()),
            status: person.status.as_str(),
        }
    }
}

/// Read a person
///
/// Name, address, phone number and status.
///
/// Allowed: the person, a key of the person's organisation, a super key, staff.
#[utoipa::path(
    get,
    path = "/users/{id}/profile",
    operation_id = "readProfile",
    tag = "People",
    params(("id" = String, Path, description = "The person", example = "0190163d-8694-739b-aea5-5966c26f8ad2")),
    responses(
        (status = 200, description = "The person", body = Answered, headers(("ETag"))),
        (status = 404, description = "No such person", body = ErrorBody),
    )
)]
pub(super) async fn handler(
    State(app): State<App>,
    id: Id,
    Authenticated(caller): Authenticated,
) -> Result<Answer<Answered>, Problem> {
    let person = app.cases.users.profile.execute(&caller, id.user()).await;
    let person = person.map_err(|error| Problem::of(error, &id))?;
    Ok(Answer::read(Some(person.version), person.into()))
}
