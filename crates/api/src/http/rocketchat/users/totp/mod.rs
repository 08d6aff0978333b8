//! `users.totp.enable`, `.validate`, `.disable`, `.regenerateCodes` and `.codesRemaining`: the own second factor, as
//! newer clients of the peer manage it. Older ones do it through `method.call`.

mod codes_remaining;
mod disable;
mod enable;
mod regenerate_codes;
mod validate;

use axum::Json;
use portcullis_domain::secret::Secret;
use portcullis_domain::totp::TotpRefusal;
use portcullis_domain::usecase::UseCaseError;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;
use crate::http::rocketchat::body::{Body, Kind, Schema};
use crate::http::rocketchat::failure::{Failure, Refusal};
use crate::http::rocketchat::second_factor;
use crate::http::rocketchat::shape::Succeeded;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(enable::handler))
        .routes(routes!(validate::handler))
        .routes(routes!(disable::handler))
        .routes(routes!(regenerate_codes::handler))
        .routes(routes!(codes_remaining::handler))
}

const SCHEMA: Schema = Schema { required: &["code"], fields: &[("code", Kind::Text)], open: false };

/// A code of the authenticator app.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = TotpCode)]
struct Code {
    #[schema(example = "148750")]
    code: String,
}

impl Code {
    fn of(body: Body) -> Result<Secret<String>, Failure> {
        body.read(&SCHEMA).map(|Self { code }| Secret::new(code))
    }
}

/// What was asked for, and that it succeeded.
#[derive(Debug, Serialize, ToSchema)]
struct SucceededWith<T: ToSchema> {
    #[serde(flatten)]
    answer: T,
    #[serde(flatten)]
    succeeded: Succeeded,
}

fn succeeded<T: ToSchema>(answer: T) -> Json<SucceededWith<T>> {
    Json(SucceededWith { answer, succeeded: Succeeded::NOW })
}

impl Refusal for TotpRefusal {
    fn failure(self) -> Failure {
        let (code, reason) = second_factor::told(&self);
        Failure::refused(code, reason)
    }
}

fn failed(error: UseCaseError<TotpRefusal>) -> Failure {
    Failure::of(error, || Failure::refused("error-not-allowed", "Not allowed"))
}
