//! `POST /api/v1/users.2fa.sendEmailCode`

use axum::Json;
use axum::extract::State;
use portcullis_domain::port::LoginName;
use portcullis_domain::text::{EmailAddress, UserName};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::app::App;
use crate::http::rocketchat::body::{Body, Kind, Schema};
use crate::http::rocketchat::failure::{ErrorBody, Failure};
use crate::http::rocketchat::session::Anonymous;
use crate::http::rocketchat::shape::Succeeded;

const SCHEMA: Schema =
    Schema { required: &["emailOrUsername"], fields: &[("emailOrUsername", Kind::Text)], open: false };

/// Whose code.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = SendEmailCode)]
pub(super) struct Named {
    /// A user name, or an address if there is an `@` in it.
    #[schema(example = "ada")]
    email_or_username: String,
}

impl Named {
    /// None for a name nobody can have, which is answered like one nobody has.
    fn login(&self) -> Option<LoginName> {
        let text = self.email_or_username.trim();
        if text.contains('@') {
            return EmailAddress::parse(text).ok().map(LoginName::Email);
        }
        UserName::parse(text).ok().map(LoginName::UserName)
    }
}

/// Mail a code to sign in with
///
/// For somebody who wants to sign in; no session is needed.
///
/// The answer is the same whoever is named, whether there is such an account or not, and whether it has codes by
/// e-mail or not. While a code is good, another one is mailed once, a minute after it at the earliest.
#[utoipa::path(
    post,
    path = "/api/v1/users.2fa.sendEmailCode",
    operation_id = "sendEmailCode",
    tag = "Second factor",
    security(()),
    request_body(content((Named = "application/json"), (Named = "application/x-www-form-urlencoded"))),
    responses(
        (status = 200, description = "If the account has codes by e-mail, one is under way", body = Succeeded),
        (status = 400, description = "Nobody is named", body = ErrorBody),
    )
)]
pub(super) async fn handler(
    State(app): State<App>,
    Anonymous(request): Anonymous,
    body: Body,
) -> Result<Json<Succeeded>, Failure> {
    let named: Named = body.read(&SCHEMA)?;
    let sent = app.cases.totp.send_email_code.execute(&request, named.login().as_ref()).await;
    sent.map_err(|error| Failure::of(error, Failure::unauthenticated))?;
    Ok(Json(Succeeded::NOW))
}
