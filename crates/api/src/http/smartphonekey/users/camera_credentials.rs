//! `GET /users/{id}/3deye-credentials`

use axum::Json;
use axum::extract::{Extension, State};
use portcullis_domain::ids::RequestId;
use portcullis_domain::usecase::Request;
use portcullis_domain::usecase::threedeye::CameraCredentials;
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::App;
use crate::http::client::Client;
use crate::http::smartphonekey::caller::Authenticated;
use crate::http::smartphonekey::path::Id;
use crate::http::smartphonekey::problem::{ErrorBody, Problem};

/// What a person signs in to 3dEye with.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = CameraCredentials)]
pub(super) struct Answered {
    #[schema(format = Uuid, example = "0190163d-8694-739b-aea5-5966c26f8ad2")]
    user_id: String,
    #[schema(format = Email, example = "ada@example.com")]
    email: String,
    /// The account's id, when 3dEye told it.
    #[schema(example = "2f6c1a5e-8f3c-4a52-9f3b-0d6d3c1b7e11")]
    three_deye_user_id: Option<String>,
    #[schema(format = Password, example = "Nq7-example-only")]
    password: String,
}

impl From<CameraCredentials> for Answered {
    fn from(credentials: CameraCredentials) -> Self {
        Self {
            user_id: credentials.user.to_string(),
            email: credentials.email.as_str().to_owned(),
            three_deye_user_id: credentials.threedeye_user.map(|id| id.to_string()),
            password: credentials.password.expose().clone(),
        }
    }
}

/// Read camera credentials
///
/// Address and password of a person's account at 3dEye. Makes the account first when there is none.
///
/// Allowed: the person, a key of the person's organisation, a super key, staff.
#[utoipa::path(
    get,
    path = "/users/{id}/3deye-credentials",
    operation_id = "readCameraCredentials",
    tag = "Cameras",
    params(("id" = String, Path, description = "The person", example = "0190163d-8694-739b-aea5-5966c26f8ad2")),
    responses(
        (status = 200, description = "The credentials", body = Answered),
        (status = 404, description = "No such person", body = ErrorBody),
        (status = 409, description = "The person has no address, or its account at 3dEye cannot be used from here, or another call is at work on it", body = ErrorBody),
        (status = 502, description = "3dEye failed", body = ErrorBody),
        (status = 503, description = "3dEye is not configured, or the service cannot answer at present; see Retry-After", body = ErrorBody),
    )
)]
pub(super) async fn handler(
    State(app): State<App>,
    id: Id,
    Authenticated(caller): Authenticated,
    Client(client): Client,
    Extension(request): Extension<RequestId>,
) -> Result<Json<Answered>, Problem> {
    let request = Request { client: Some(client), ..Request::plain(caller, request) };
    let user = id.user();
    let work = app.clone();
    let read = app.detached(async move { work.cases.threedeye.credentials.execute(&request, user).await }).await;
    Ok(Json(read.map_err(|error| Problem::of(error, &id))?.into()))
}
