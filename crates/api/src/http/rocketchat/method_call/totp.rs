//! The methods: setting up and giving up the own second factor.

use portcullis_domain::secret::Secret;
use portcullis_domain::totp::TotpRefusal;
use portcullis_domain::usecase::{Request, UseCaseError};
use serde_json::{Value, json};

use super::message::{Answer, Call, MethodError};
use crate::app::App;
use crate::http::rocketchat::failure::Failure;
use crate::http::rocketchat::second_factor::{Codes, Enrolment, Remaining, told, unless_wrong};

/// Runs the method a call names.
pub(super) async fn run(app: &App, request: &Request, call: &Call) -> Result<Answer, Failure> {
    let cases = &app.cases.totp;
    let done = match call.method.as_str() {
        "2fa:enable" => cases.enable.execute(request).await.map(|begun| Some(json!(Enrolment::from(&begun)))),
        "2fa:checkCodesRemaining" => {
            cases.remaining.execute(request).await.map(|remaining| Some(json!(Remaining { remaining })))
        }
        "2fa:validateTempToken" | "2fa:disable" | "2fa:regenerateCodes" => {
            let Some(Value::String(code)) = call.params.first() else {
                return Ok(Err(MethodError::new(400, "Match failed")));
            };
            with_code(app, request, &call.method, &Secret::new(code.clone())).await
        }
        unknown => return Ok(Err(MethodError::new(404, &format!("Method '{unknown}' not found")))),
    };
    match done {
        Ok(result) => Ok(Ok(result)),
        Err(UseCaseError::Refused { refusal, .. }) => {
            let (code, reason) = told(&refusal);
            Ok(Err(MethodError::new(code, reason)))
        }
        Err(UseCaseError::Denied(_) | UseCaseError::NotFound { .. }) => {
            Ok(Err(MethodError::new("error-not-allowed", "Not allowed")))
        }
        // That the service cannot answer is no result of the method.
        Err(error) => Err(Failure::of(error, Failure::unauthenticated)),
    }
}

async fn with_code(
    app: &App,
    request: &Request,
    method: &str,
    code: &Secret<String>,
) -> Result<Option<Value>, UseCaseError<TotpRefusal>> {
    let cases = &app.cases.totp;
    match method {
        "2fa:validateTempToken" => {
            cases.confirm.execute(request, code).await.map(|codes| Some(json!(Codes::from(codes))))
        }
        "2fa:disable" => {
            let disabled = unless_wrong(cases.disable.execute(request, code).await)?;
            Ok(Some(json!(disabled.is_some())))
        }
        _ => match unless_wrong(cases.regenerate.execute(request, code).await)? {
            Some(codes) => Ok(Some(json!(Codes::from(codes)))),
            // A wrong code has no result; not to be enrolled is an error.
            None => cases.remaining.execute(request).await.map(|_| None),
        },
    }
}
