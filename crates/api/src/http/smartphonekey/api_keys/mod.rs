//! Keys of organisations.

mod create;
mod list;
mod made;
mod revoke;
mod rotate;

pub(crate) use list::ShownKey;
pub(crate) use made::MadeKey;
pub(crate) use revoke::RevokedKey;

use portcullis_domain::ids::ApiKeyPrefix;
use portcullis_domain::org::OrgRefusal;
use portcullis_domain::text::FreeText;
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::json::Faults;
use super::path::Id;
use super::problem::{Problem, Refusal};
use crate::app::App;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(create::handler, list::handler))
        .routes(routes!(revoke::handler))
        .routes(routes!(rotate::handler))
}

/// Why a key goes; nothing at all says nothing.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[schema(as = ApiKeyEnd)]
struct Why {
    /// Kept with the event.
    #[schema(min_length = 1, max_length = 500, example = "laptop stolen")]
    reason: Option<String>,
}

impl Why {
    fn reason(self) -> Result<Option<FreeText>, Problem> {
        let mut faults = Faults::default();
        let reason = faults.optional("reason", self.reason, FreeText::parse);
        faults.check(Some(reason))
    }
}

/// The key a path names. What no key can be called is no key.
fn prefix(id: &Id) -> Result<ApiKeyPrefix, Problem> {
    ApiKeyPrefix::parse(id.text()).map_err(|_| OrgRefusal::NoSuchKey.problem())
}
