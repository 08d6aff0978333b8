//! A key just made, whole.

use portcullis_domain::usecase::org::NewApiKey;
use serde::Serialize;
use utoipa::ToSchema;

/// A key just made. It is shown this once, and to a repeat of the request with the same Idempotency-Key.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = NewApiKey)]
pub(crate) struct MadeKey {
    /// The whole key, to be sent as X-API-Key.
    #[schema(format = Password, example = "aB3dE5gHexampleExampleExampleExampleX9Yz")]
    api_key: String,
    /// Its first 8 characters, by which it is called from now on.
    #[schema(example = "aB3dE5gH")]
    api_key_prefix: String,
    #[schema(example = "acme")]
    org_id: String,
    /// The name the organisation is registered with.
    #[schema(example = "Acme Ltd")]
    org_name: String,
    #[schema(format = DateTime, example = "2026-11-21T10:15:00.000Z")]
    created_at: String,
    /// The subject of the token that made it, or `system:` and a job. Of a subject with an e-mail address in it, `sub:` and
    /// a hash.
    #[schema(example = "staff|grace")]
    created_by: String,
    /// When it stops working, if it does.
    #[schema(required = true, format = DateTime, example = "2099-11-21T10:15:00.000Z")]
    expires_at: Option<String>,
    /// May it act for every organisation?
    #[schema(example = false)]
    #[serde(rename = "super")]
    is_super: bool,
}

impl From<NewApiKey> for MadeKey {
    fn from(made: NewApiKey) -> Self {
        Self {
            api_key: made.key.expose().to_owned(),
            api_key_prefix: made.key.prefix().to_string(),
            org_id: made.org.to_string(),
            org_name: made.org_name.to_string(),
            created_at: made.created_at.to_string(),
            created_by: made.created_by,
            expires_at: made.expires_at.map(|at| at.to_string()),
            is_super: made.is_super,
        }
    }
}
