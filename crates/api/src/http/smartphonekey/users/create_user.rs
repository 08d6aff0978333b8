//! `POST /users/{id}/CreateUser`

use axum::extract::State;
use portcullis_domain::event::Event;
use portcullis_domain::ids::UserId;
use portcullis_domain::text::{EmailAddress, FreeText, PhoneNumber};
use portcullis_domain::usecase::Done;
use portcullis_domain::usecase::user::PersonOrder;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::app::App;
use crate::http::smartphonekey::answer::{Answer, Occurred};
use crate::http::smartphonekey::command::Command;
use crate::http::smartphonekey::json::Faults;
use crate::http::smartphonekey::path::Id;
use crate::http::smartphonekey::problem::{ErrorBody, Problem};

/// Who the person is.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = CreateUser)]
pub(super) struct Body {
    /// The person; the same as in the path.
    #[schema(value_type = String, format = Uuid, example = "0190163d-8694-739b-aea5-5966c26f8ad2")]
    user_id: Option<String>,
    /// The e-mail address; nobody else's.
    #[schema(format = Email, max_length = 254, example = "ada@example.com")]
    email: Option<String>,
    /// Given name.
    #[schema(min_length = 1, max_length = 500, example = "Ada")]
    first_name: Option<String>,
    /// Family name.
    #[schema(min_length = 1, max_length = 500, example = "Lovelace")]
    last_name: Option<String>,
    /// Phone number in international form; checked, not kept.
    #[schema(pattern = "^ *(\\+|0 *0) *[1-9]( *[0-9]){6,14} *$", example = "+48 600 100 200")]
    phone_number: Option<String>,
}

impl Body {
    fn try_into_order(self, id: &Id) -> Result<PersonOrder, Problem> {
        let mut faults = Faults::default();
        let user = faults.required("id", Some(id.text()), UserId::parse);
        let named = faults.required("userId", self.user_id, |text| UserId::parse(&text));
        if user.is_some() && named.is_some() && user != named {
            faults.note("userId", "must be the id of the path");
        }
        let email = faults.optional("email", self.email, |text| EmailAddress::parse(&text));
        let first_name = faults.optional("firstName", self.first_name, FreeText::parse);
        let last_name = faults.optional("lastName", self.last_name, FreeText::parse);
        faults.optional("phoneNumber", self.phone_number, |text| PhoneNumber::parse(&text));
        let user = faults.check(user)?;
        Ok(PersonOrder {
            user,
            email,
            first_name: first_name.map(|name| name.as_str().to_owned()),
            last_name: last_name.map(|name| name.as_str().to_owned()),
            phone_number: None,
        })
    }
}

/// The payload of `UserCreated`.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = UserCreated)]
pub(super) struct Created {
    #[schema(format = Uuid, example = "0190163d-8694-739b-aea5-5966c26f8ad2")]
    user_id: String,
    #[schema(example = "ACTIVE")]
    status: &'static str,
}

/// The person exists.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = UserCreatedAnswer)]
pub(super) struct Answered {
    #[schema(example = true)]
    success: bool,
    /// The person.
    #[schema(format = Uuid, example = "0190163d-8694-739b-aea5-5966c26f8ad2")]
    aggregate_id: String,
    /// Version of the person's stream now.
    #[schema(example = 1)]
    version: u64,
    /// None when the person existed already.
    #[schema(required = true)]
    event: Option<Occurred<Created>>,
    #[schema(format = Uuid, example = "0190163d-8694-739b-aea5-5966c26f8ad2")]
    user_id: String,
}

impl Answered {
    fn new(done: Done) -> Option<Self> {
        let event = match done.event {
            None => None,
            Some(Event::UserCreated(created)) => {
                let data = Created { user_id: created.user_id.to_string(), status: created.status.as_str() };
                Some(Occurred { name: "UserCreated", data })
            }
            Some(_) => return None,
        };
        let version = done.version.number();
        Some(Self {
            success: true,
            user_id: done.aggregate_id.clone(),
            aggregate_id: done.aggregate_id,
            version,
            event,
        })
    }
}

/// Make a person
///
/// Or finds that the person exists; then nothing is changed, and the answer is 200. People belong to the organisation
/// of the key that made them.
///
/// Allowed: the person, any key, staff.
#[utoipa::path(
    post,
    path = "/users/{id}/CreateUser",
    operation_id = "createUser",
    tag = "People",
    params(("id" = String, Path, description = "The person: a UUID", format = Uuid, example = "0190163d-8694-739b-aea5-5966c26f8ad2")),
    request_body = Body,
    responses(
        (status = 200, description = "The person existed already; nothing was changed", body = Answered),
        (status = 201, description = "The person was made", body = Answered),
        (status = 409, description = "Somebody else has the e-mail address", body = ErrorBody),
    )
)]
pub(super) async fn handler(State(app): State<App>, id: Id, command: Command) -> Result<Answer<Answered>, Problem> {
    let body: Body = command.json()?;
    let order = body.try_into_order(&id)?;
    let outcome = app.cases.users.create.execute(&command.request, order).await;
    let outcome = outcome.map_err(|error| Problem::of(error, &id))?;
    Answer::made(outcome, Answered::new)
}
