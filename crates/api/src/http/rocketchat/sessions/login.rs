//! `POST /api/v1/login`

use axum::Json;
use axum::extract::State;
use portcullis_domain::session::{AuthToken, Blocked, SignInRefusal};
use portcullis_domain::usecase::Request;
use portcullis_domain::usecase::session::{NewSession, SignInOrder};
use portcullis_domain::user::UserStatus;
use serde::Serialize;
use utoipa::ToSchema;

use super::credentials::{Credentials, Meant, SCHEMA};
use crate::app::App;
use crate::http::rocketchat::body::Body;
use crate::http::rocketchat::failure::{ErrorBody, Failure, Refusal, TooManyBody, UnauthorizedBody, challenge_text};
use crate::http::rocketchat::proof::SentProof;
use crate::http::rocketchat::session::{self, Anonymous};
use crate::http::rocketchat::shape::Me;

/// The session: what to send as `X-User-Id` and `X-Auth-Token`.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = LoggedInData)]
struct Data {
    #[schema(example = "0190163d-8694-739b-aea5-5966c26f8ad2")]
    user_id: String,
    #[schema(example = "RScctEHSmLGZGywfIhWyRpyofhKOiMoUIpimhvheU3f")]
    auth_token: String,
    me: Me,
}

/// Somebody signed in.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = LoggedIn)]
pub(super) struct Answered {
    /// Always `success`.
    #[schema(value_type = String, example = "success")]
    status: &'static str,
    data: Data,
    /// Always `true`.
    #[schema(example = true)]
    success: bool,
}

impl Refusal for SignInRefusal {
    fn failure(self) -> Failure {
        match self {
            Self::WrongCredentials => Failure::unauthorized("Unauthorized", "Unauthorized", None),
            Self::NotActivated => Failure::unauthorized("error-user-is-not-activated", "User is not activated", None),
            Self::Blocked(Blocked::Account) => {
                let reason = "Login has been temporarily blocked For User";
                Failure::unauthorized("error-login-blocked-for-user", reason, None)
            }
            Self::Blocked(Blocked::Address) => {
                let reason = "Login has been temporarily blocked For IP";
                Failure::unauthorized("error-login-blocked-for-ip", reason, None)
            }
            Self::SecondFactor(challenge) => {
                let (code, reason) = challenge_text(challenge.kind);
                Failure::unauthorized(code, reason, Some((&challenge).into()))
            }
        }
    }
}

/// Sign in
///
/// By user name or address with a password, in clear or as its SHA-256; or goes on with a session by its token. Where
/// the person has set up TOTP or codes by e-mail, a code is asked for with a 401 whose `error` is `totp-required`; one
/// by e-mail is mailed then.
///
/// Ten wrong passwords for a name within five minutes, or fifty from an address, and it answers
/// `error-login-blocked-for-user` or `error-login-blocked-for-ip` until the five minutes are over, whether there is
/// such an account or not (both numbers and the time are settings). Signing in clears the counts.
#[utoipa::path(
    post,
    path = "/api/v1/login",
    operation_id = "logIn",
    tag = "Sessions",
    security(()),
    request_body(content(
        (Credentials = "application/json"),
        (Credentials = "application/x-www-form-urlencoded"),
    )),
    responses(
        (status = 200, description = "Signed in", body = Answered),
        (
            status = 400,
            description = "The body is not what the route takes",
            body = ErrorBody,
            example = json!({
                "success": false,
                "error": "must have required property 'user' [invalid-params]",
                "errorType": "invalid-params",
            })
        ),
        (
            status = 401,
            description = "Wrong name or password, no or a wrong code, a switched-off account, or too many failures before",
            body = UnauthorizedBody,
            examples(
                ("wrong name or password" = (value = json!({
                    "status": "error", "error": "Unauthorized", "message": "Unauthorized", "success": false,
                }))),
                ("second factor needed" = (value = json!({
                    "status": "error", "error": "totp-required", "message": "TOTP Required",
                    "details": {"method": "totp", "codeGenerated": false, "availableMethods": ["totp"]},
                    "success": false,
                }))),
                ("switched off" = (value = json!({
                    "status": "error", "error": "error-user-is-not-activated", "message": "User is not activated",
                    "success": false,
                }))),
                ("too many failures for the name" = (value = json!({
                    "status": "error", "error": "error-login-blocked-for-user",
                    "message": "Login has been temporarily blocked For User", "success": false,
                }))),
                ("too many failures from the address" = (value = json!({
                    "status": "error", "error": "error-login-blocked-for-ip",
                    "message": "Login has been temporarily blocked For IP", "success": false,
                }))),
            )
        ),
        (status = 429, description = "Too many sign-ins from one address, failed or not", body = TooManyBody),
    )
)]
pub(super) async fn handler(
    State(app): State<App>,
    Anonymous(request): Anonymous,
    SentProof(proof): SentProof,
    body: Body,
) -> Result<Json<Answered>, Failure> {
    let credentials: Credentials = body.read(&SCHEMA)?;
    let NewSession { user, token } = match credentials.try_into_meant(app.ports.hasher.as_ref(), proof)? {
        Meant::Resume(token) => resume(&app, token).await?,
        Meant::SignIn(order) => sign_in(&app, &request, &order).await?,
    };
    let own = app.cases.sessions.read_own.of(user).await;
    let own = own.map_err(|error| Failure::of(error, || SignInRefusal::WrongCredentials.failure()))?;
    let data = Data { user_id: user.to_string(), auth_token: token.expose().to_owned(), me: Me::new(&own, &app) };
    Ok(Json(Answered { status: "success", data, success: true }))
}

async fn sign_in(app: &App, request: &Request, order: &SignInOrder) -> Result<NewSession, Failure> {
    let begun = app.cases.sessions.sign_in.execute(request, order).await;
    app.ports.metrics.sign_ins.ended(&begun);
    begun.map_err(|error| Failure::of(error, || SignInRefusal::WrongCredentials.failure()))
}

/// The token is the proof, of the second factor too: it was asked for when the session began.
async fn resume(app: &App, token: AuthToken) -> Result<NewSession, Failure> {
    let found = session::find(app, &token).await.map_err(|unavailable| Failure::unavailable(&unavailable))?;
    let signed_in = found.ok_or_else(|| SignInRefusal::WrongCredentials.failure())?;
    match signed_in.status {
        UserStatus::Active => Ok(NewSession { user: signed_in.user, token }),
        UserStatus::Inactive | UserStatus::Suspended | UserStatus::Deleted => {
            Err(SignInRefusal::NotActivated.failure())
        }
    }
}
