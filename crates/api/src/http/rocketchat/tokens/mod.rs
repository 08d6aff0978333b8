//! `users.generatePersonalAccessToken`, `.getPersonalAccessTokens`, `.regeneratePersonalAccessToken` and
//! `.removePersonalAccessToken`: tokens that programs keep.

mod generate;
mod list;
mod regenerate;
mod remove;

use portcullis_domain::session::{AuthToken, TokenName, TokenRefusal};
use portcullis_domain::usecase::UseCaseError;
use portcullis_domain::usecase::session::TokenOrderRefusal;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::body::{Body, Kind, Schema};
use super::failure::{Failure, Refusal};
use crate::app::App;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(generate::handler))
        .routes(routes!(list::handler))
        .routes(routes!(regenerate::handler))
        .routes(routes!(remove::handler))
}

const NAMED: Schema = Schema { required: &["tokenName"], fields: &[("tokenName", Kind::Text)], open: false };

/// Which token.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = NamedToken)]
struct Named {
    /// What its owner calls it.
    #[schema(min_length = 1, max_length = 128, example = "nightly backup")]
    token_name: String,
}

impl Named {
    fn of(body: Body) -> Result<TokenName, Failure> {
        body.read(&NAMED).and_then(|Self { token_name }| name(token_name))
    }
}

fn name(text: String) -> Result<TokenName, Failure> {
    TokenName::parse(text).map_err(|rule| Failure::invalid(format!("tokenName {rule}")))
}

/// A token; shown once.
#[derive(Serialize, ToSchema)]
#[schema(as = NewPersonalAccessToken)]
struct Made {
    /// What to send as `X-Auth-Token`, with the person's id as `X-User-Id`.
    #[schema(example = "RScctEHSmLGZGywfIhWyRpyofhKOiMoUIpimhvheU3f")]
    token: String,
    /// Always `true`.
    #[schema(example = true)]
    success: bool,
}

impl From<AuthToken> for Made {
    fn from(token: AuthToken) -> Self {
        Self { token: token.expose().to_owned(), success: true }
    }
}

impl Refusal for TokenOrderRefusal {
    fn failure(self) -> Failure {
        let reason = self.to_string();
        match self {
            Self::SecondFactor(challenge) => Failure::challenge(&challenge),
            Self::NotAllowed => Failure::refused("not-authorized", &reason),
            Self::Rule(TokenRefusal::NameTaken) => Failure::refused("error-token-already-exists", &reason),
            // The spelling is the peer's.
            Self::Rule(TokenRefusal::Unknown) => Failure::refused("error-token-does-not-exists", &reason),
            Self::Rule(TokenRefusal::TooMany) => Failure::refused("error-too-many-tokens", &reason),
        }
    }
}

/// The session the request came with may have ended meanwhile.
fn failed(error: UseCaseError<TokenOrderRefusal>) -> Failure {
    Failure::of(error, Failure::unauthenticated)
}
