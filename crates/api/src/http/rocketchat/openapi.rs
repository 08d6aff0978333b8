//! What the operations of this style have in common in the OpenAPI document.

use axum::http::StatusCode;
use serde_json::{Value, json};
use utoipa::openapi::path::Operation;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{ContentBuilder, PathItem, Ref, RefOr, Required, Response, ResponseBuilder};

/// The areas, with what they are about.
pub(crate) const TAGS: [(&str, &str); 4] = [
    ("Sessions", "Signing in and out with an account, and tokens that stand for it."),
    ("Accounts", "Making, changing, showing and deleting accounts of people."),
    ("Permissions", "What roles permit."),
    ("Second factor", "Setting up, giving up and clearing TOTP; codes by e-mail."),
];

/// Headers of answers: name, what it says, and an example.
pub(crate) const RATE_HEADERS: [(&str, &str, &str); 3] = [
    ("X-RateLimit-Limit", "Calls of this route an address has in a window; absent for callers who are exempt", "10"),
    ("X-RateLimit-Remaining", "Calls left in this window; absent for callers who are exempt", "9"),
    (
        "X-RateLimit-Reset",
        "When the window ends, in milliseconds since 1970; absent for callers who are exempt",
        "1795256160000",
    ),
];

/// Operations that may ask for a second factor.
const ASKING: [&str; 8] = [
    "logIn",
    "generatePersonalAccessToken",
    "regeneratePersonalAccessToken",
    "removePersonalAccessToken",
    "updateAccount",
    "resetTotp",
    "resetE2eKeys",
    "disableEmailFactor",
];

/// The pair of headers that make a session, and the pair that proves a second factor.
pub(crate) fn security_schemes() -> [(&'static str, SecurityScheme); 4] {
    let key = |header, what| SecurityScheme::ApiKey(ApiKey::Header(ApiKeyValue::with_description(header, what)));
    let method = "Which second factor the code is of: `totp` (a code of the app, or a backup code), `email` (a mailed \
                  code) or `password`. Always with the code; without it, the person's first factor is meant.";
    let code = "A code of the caller's second factor, once the operation asked for it with `totp-required`. Where the \
                challenge names the method `password`, it is the SHA-256 of the caller's password in hex.";
    [
        ("userId", key("X-User-Id", "Id of the person who signed in, always with the token of the session.")),
        ("authToken", key("X-Auth-Token", "Token of the session, always with the person's id.")),
        ("twoFactorMethod", key("x-2fa-method", method)),
        ("twoFactorCode", key("x-2fa-code", code)),
    ]
}

/// Adds to the operations of a path what no handler repeats.
pub(crate) fn complete(item: &mut PathItem) {
    if let Some(operation) = &mut item.post {
        if let Some(RefOr::T(body)) = &mut operation.request_body {
            // A post without a body is read as one without fields; what is missing then is said field by field.
            body.required = Some(Required::False);
            add(operation, "400", "The body is not what the route takes", "RocketChatError");
            add(operation, "415", "The body is neither JSON nor form-urlencoded", "RocketChatError");
        }
        // Who says so beforehand is told so by routes that look at no body, too.
        add(operation, "413", "The body is larger than 1 MiB", "RocketChatError");
        add(operation, "409", "Too many others changed the same thing at the same time", "RocketChatError");
    }
    for operation in [&mut item.post, &mut item.get].into_iter().flatten() {
        secure(operation);
        head_answers(operation);
    }
}

/// Every answer has an id and tells how the caller stands with the route, and a call too many how long to wait.
fn head_answers(operation: &mut Operation) {
    // A remote call too many is told so inside.
    if operation.operation_id.as_deref() != Some("callMethod") {
        add(operation, "429", "Too many calls of this route from one address", "RocketChatTooManyRequests");
    }
    for (status, answer) in &mut operation.responses.responses {
        let RefOr::T(answer) = answer else { continue };
        let waits = matches!(status.as_str(), "429" | "503").then_some("Retry-After");
        for name in RATE_HEADERS.map(|(name, ..)| name).into_iter().chain(["X-Request-Id"]).chain(waits) {
            let shared = Ref::new(format!("#/components/headers/{name}"));
            answer.headers.insert(name.to_owned(), RefOr::Ref(shared));
        }
    }
}

/// Where the operation itself says nothing else, a session is needed; a second factor only once it is asked for.
fn secure(operation: &mut Operation) {
    let none: [&str; 0] = [];
    if operation.security.is_none() {
        operation.security = Some(vec![SecurityRequirement::new("userId", none).add("authToken", none)]);
        add(operation, "401", "Nobody is signed in with this pair of headers", "RocketChatUnauthorized");
    }
    if operation.operation_id.as_deref().is_some_and(|id| ASKING.contains(&id)) {
        let taken = operation.security.get_or_insert_default();
        let proved = |one: SecurityRequirement| one.add("twoFactorMethod", none).add("twoFactorCode", none);
        taken.extend(taken.last().cloned().map(proved));
    }
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

/// Is this a session with a second factor? Signing in asks for one too, in another body.
pub(crate) fn is_with_second_factor(taken: &SecurityRequirement) -> bool {
    let taken = json!(taken);
    ["authToken", "twoFactorCode"].into_iter().all(|scheme| taken.get(scheme).is_some())
}

/// What a failure looks like, where handlers say no more of it.
pub(crate) fn failure_example(status: StatusCode, asks: bool, missing: Option<&str>) -> Option<Value> {
    let (reason, code) = match status {
        StatusCode::BAD_REQUEST if asks => {
            let details = json!({"method": "totp", "codeGenerated": false, "availableMethods": ["totp"]});
            let error = "TOTP Required [totp-required]";
            return Some(json!({"success": false, "error": error, "errorType": "totp-required", "details": details}));
        }
        StatusCode::BAD_REQUEST => match missing {
            Some(field) => (format!("must have required property '{field}'"), "invalid-params"),
            None => ("must NOT have additional properties: colour".to_owned(), "invalid-params"),
        },
        StatusCode::CONFLICT => {
            ("Too many others changed the same thing at the same time".to_owned(), "error-conflict")
        }
        StatusCode::PAYLOAD_TOO_LARGE => ("The body is larger than 1 MiB".to_owned(), "error-body-too-large"),
        StatusCode::UNSUPPORTED_MEDIA_TYPE => {
            ("The body must be JSON or form-urlencoded".to_owned(), "error-unsupported-media-type")
        }
        StatusCode::SERVICE_UNAVAILABLE => {
            ("The service cannot answer at present".to_owned(), "error-service-unavailable")
        }
        _ => return None,
    };
    Some(json!({"success": false, "error": format!("{reason} [{code}]"), "errorType": code}))
}
