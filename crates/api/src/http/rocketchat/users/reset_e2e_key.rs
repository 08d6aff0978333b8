//! `POST /api/v1/users.resetE2EKey`

use axum::Json;
use axum::extract::State;
use portcullis_domain::usecase::user::ResetKeysRefusal;

use super::reset_totp::{SCHEMA, Target};
use crate::app::App;
use crate::http::rocketchat::body::Body;
use crate::http::rocketchat::failure::{ErrorBody, Failure, Refusal};
use crate::http::rocketchat::proof::SentProof;
use crate::http::rocketchat::session::Uncounted;
use crate::http::rocketchat::shape::Succeeded;

impl Refusal for ResetKeysRefusal {
    fn failure(self) -> Failure {
        match self {
            Self::SecondFactor(challenge) => Failure::challenge(&challenge),
            Self::Nobody(nobody) => nobody.failure(),
            Self::NotAllowed => Failure::refused("error-not-allowed", "Not allowed"),
        }
    }
}

/// Reset keys of encrypted chats
///
/// Answers as the peer does when it resets a person's keys of end-to-end encryption. There are none here, so nothing
/// happens but that a code of the second factor is spent.
///
/// The caller proves the own second factor with each call. Somebody else's keys need the permission
/// `edit-other-user-e2ee`.
#[utoipa::path(
    post,
    path = "/api/v1/users.resetE2EKey",
    operation_id = "resetE2eKeys",
    tag = "Second factor",
    request_body(content((Target = "application/json"), (Target = "application/x-www-form-urlencoded"))),
    responses(
        (status = 200, description = "There are no keys", body = Succeeded),
        (status = 400, description = "A second factor is needed, or nobody has the name, or the caller may not", body = ErrorBody),
    )
)]
pub(super) async fn handler(
    State(app): State<App>,
    session: Uncounted,
    SentProof(proof): SentProof,
    body: Body,
) -> Result<Json<Succeeded>, Failure> {
    let target: Target = body.read(&SCHEMA)?;
    let session = session.count(&app).map_err(Failure::too_many)?;
    let done = app.cases.users.reset_e2e_keys.execute(&session.request, target.name().as_ref(), &proof).await;
    done.map_err(|error| Failure::of(error, || ResetKeysRefusal::NotAllowed.failure()))?;
    Ok(Json(Succeeded::NOW))
}
