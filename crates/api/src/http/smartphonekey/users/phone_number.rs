//! `GET /users/{id}/phone-number`

use axum::extract::State;
use portcullis_domain::user::Person;
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::App;
use crate::http::smartphonekey::answer::Answer;
use crate::http::smartphonekey::caller::Authenticated;
use crate::http::smartphonekey::path::Id;
use crate::http::smartphonekey::problem::{ErrorBody, Problem};

/// A person's phone number.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = UserPhoneNumber)]
pub(super) struct Answered {
    #[schema(format = Uuid, example = "0190163d-8694-739b-aea5-5966c26f8ad2")]
    user_id: String,
    /// None when the person has none.
    #[schema(required = true, example = "+48600100200")]
    phone_number: Option<String>,
}

impl From<Person> for Answered {
    fn from(person: Person) -> Self {
        let number = person.profile.phone_number;
        Self { user_id: person.id.to_string(), phone_number: number.map(|number| number.as_str().to_owned()) }
    }
}

/// Read a phone number
///
/// The number of a person, in international form.
///
/// Allowed: the person, a key of the person's organisation, a super key, staff.
#[utoipa::path(
    get,
    path = "/users/{id}/phone-number",
    operation_id = "readPhoneNumber",
    tag = "People",
    params(("id" = String, Path, description = "The person", example = "0190163d-8694-739b-aea5-5966c26f8ad2")),
    responses(
        (status = 200, description = "The number, or null", body = Answered, headers(("ETag"))),
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
