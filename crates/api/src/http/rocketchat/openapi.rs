//! What the operations of this style have in common in the OpenAPI document.

use utoipa::openapi::path::Operation;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{ContentBuilder, PathItem, Ref, RefOr, Required, Response, ResponseBuilder};

/// The areas, with what they are about.
pub(crate) const TAGS: [(&str, &str); 3] = [
    ("Sessions", "Signing in and out with an account, and tokens that stand for it."),
    ("Accounts", "Making accounts for people."),
    ("Second factor", "Setting up, giving up and clearing TOTP."),
];

/// The pair of headers that make a session.
pub(crate) fn security_schemes() -> [(&'static str, SecurityScheme); 2] {
    let key = |header, what| SecurityScheme::ApiKey(ApiKey::Header(ApiKeyValue::with_description(header, what)));
    [
        ("userId", key("X-User-Id", "Id of the person who signed in, always with the token of the session.")),
        ("authToken", key("X-Auth-Token", "Token of the session, always with the person's id.")),
    ]
}

/// Adds to the operations of a path what no handler repeats.
pub(crate) fn complete(item: &mut PathItem) {
    if let Some(operation) = &mut item.post {
        if let Some(RefOr::T(body)) = &mut operation.request_body {
            // A post without a body is read as one without fields; what is missing then is said field by field.
            body.required = Some(Required::False);
            add(operation, "400", "The body is not what the route takes", "RocketChatError");
            add(operation, "413", "The body is larger than 1 MiB", "RocketChatError");
            add(operation, "415", "The body is neither JSON nor form-urlencoded", "RocketChatError");
        }
        secure(operation);
    }
    if let Some(operation) = &mut item.get {
        secure(operation);
    }
}

/// Where the operation itself says nothing else, a session is needed.
fn secure(operation: &mut Operation) {
    if operation.security.is_none() {
        let none: [&str; 0] = [];
        operation.security = Some(vec![SecurityRequirement::new("userId", none).add("authToken", none)]);
    }
    add(operation, "401", "Nobody is signed in with this pair of headers", "RocketChatUnauthorized");
    add(operation, "409", "Too many others changed the same thing at the same time", "RocketChatError");
    add(operation, "503", "The service cannot answer at present; see Retry-After", "RocketChatError");
}

/// Adds a failure, unless the operation says more about it itself.
fn add(operation: &mut Operation, status: &str, what: &str, schema: &str) {
    let failure = || -> RefOr<Response> {
        let content = ContentBuilder::new().schema(Some(Ref::from_schema_name(schema))).build();
        ResponseBuilder::new().description(what).content("application/json", content).build().into()
    };
    operation.responses.responses.entry(status.to_owned()).or_insert_with(failure);
}
