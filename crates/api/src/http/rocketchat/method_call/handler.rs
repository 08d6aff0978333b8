//! `POST /api/v1/method.call/{method}`

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::message::{Call, MethodError, reply};
use super::totp;
use crate::app::App;
use crate::http::rocketchat::body::{Body, Kind, Schema};
use crate::http::rocketchat::failure::{ErrorBody, Failure};
use crate::http::rocketchat::session::Uncounted;

const SCHEMA: Schema = Schema { required: &["message"], fields: &[("message", Kind::Text)], open: false };

/// A call, as text inside.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = MethodCall)]
pub(super) struct Wrapped {
    /// `{"msg": "method", "id": "1", "method": "2fa:enable", "params": []}` as text.
    #[schema(example = r#"{"msg":"method","id":"1","method":"2fa:enable","params":[]}"#)]
    message: String,
}

/// The answer, as text inside.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = MethodAnswer)]
pub(super) struct Answered {
    /// `{"msg": "result", "id": "1", "result": …}`, or with `error` in place of `result`, as text.
    #[schema(example = r#"{"id":"1","msg":"result","result":{"remaining":12}}"#)]
    message: String,
    /// Always `true`, even with an error inside.
    #[schema(example = true)]
    success: bool,
}

/// Call a method
///
/// One of `2fa:enable`, `2fa:validateTempToken`, `2fa:disable`, `2fa:regenerateCodes` and `2fa:checkCodesRemaining`,
/// as older clients manage their second factor. The method called is the one the message names.
///
/// One that fails answers 200 with the error inside; so does a call too many, with the error `too-many-requests`.
#[utoipa::path(
    post,
    path = "/api/v1/method.call/{method}",
    operation_id = "callMethod",
    tag = "Second factor",
    params(("method" = String, Path, description = "The method, as in the message", example = "2fa:enable")),
    request_body(content((Wrapped = "application/json"), (Wrapped = "application/x-www-form-urlencoded"))),
    responses(
        (status = 200, description = "The method's result, or its error", body = Answered),
        (status = 400, description = "The message is no method call", body = ErrorBody),
    )
)]
pub(super) async fn handler(State(app): State<App>, session: Uncounted, body: Body) -> Result<Json<Answered>, Failure> {
    let wrapped: Wrapped = body.read(&SCHEMA)?;
    let call = Call::read(&wrapped.message)?;
    let answer = match session.count(&app) {
        Ok(session) => totp::run(&app, &session.request, &call).await?,
        Err(too_many) => Err(MethodError::too_many(too_many)),
    };
    Ok(Json(Answered { message: reply(call.id, answer), success: true }))
}
