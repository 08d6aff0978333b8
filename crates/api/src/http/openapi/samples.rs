//! Samples of how to call each operation.

use code_samples::Source::{Literal, Variable};
use code_samples::{Conventions, Way};
use utoipa::openapi::OpenApi;

const KEY: Way<'_> = &[("apiKey", Variable("API_KEY"))];
const STAFF: Way<'_> = &[("adminKey", Variable("ADMIN_KEY")), ("jwt", Variable("STAFF_TOKEN"))];
const SESSION: Way<'_> = &[("userId", Variable("ADMIN_ID")), ("authToken", Variable("ADMIN_TOKEN"))];
const PROVED: Way<'_> = &[
    ("userId", Variable("ADMIN_ID")),
    ("authToken", Variable("ADMIN_TOKEN")),
    ("twoFactorMethod", Literal("totp")),
    ("twoFactorCode", Variable("BACKUP_CODE")),
];

/// What an organisation's own key is not enough for.
const MORE_THAN_A_KEY: [&str; 3] = ["setLockOrganization", "suspendUser", "reactivateUser"];

fn ways(operation: &str) -> &'static [Way<'static>] {
    if MORE_THAN_A_KEY.contains(&operation) { &[STAFF] } else { &[KEY, STAFF, PROVED, SESSION] }
}

/// Variables as `portcullis demo` prints them.
const CONVENTIONS: Conventions<'_> = Conventions {
    base: "PORTCULLIS",
    ways,
    shown: &["Idempotency-Key", "limit", "count", "type", "state", "orgId", "userId"],
    own_value: "Idempotency-Key",
};

/// Adds the samples of every operation.
pub(super) fn add(document: &mut OpenApi) {
    let told = serde_json::to_value(&*document).unwrap_or_default();
    for of in code_samples::of(&told, &CONVENTIONS) {
        let item = document.paths.paths.get_mut(&of.path);
        let operation = item.and_then(|item| match of.method.as_str() {
            "get" => item.get.as_mut(),
            "post" => item.post.as_mut(),
            "delete" => item.delete.as_mut(),
            _ => None,
        });
        if let Some(operation) = operation {
            let samples = serde_json::to_value(of.samples).unwrap_or_default();
            operation.extensions.get_or_insert_default().insert("x-codeSamples".to_owned(), samples);
        }
    }
}
