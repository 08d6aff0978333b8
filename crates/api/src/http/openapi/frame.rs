//! What stands around the operations: what the service is, its areas, its credentials, headers of answers.

use utoipa::openapi::header::HeaderBuilder;
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::tag::TagBuilder;
use utoipa::openapi::{ComponentsBuilder, InfoBuilder, LicenseBuilder, OpenApi, OpenApiBuilder};

use crate::http::rocketchat;

pub(super) const REQUEST_ID: &str = "X-Request-Id";
pub(super) const REPLAYED: &str = "Idempotent-Replayed";
pub(super) const ETAG: &str = "ETag";
pub(super) const RETRY_AFTER: &str = "Retry-After";

/// A request's id.
pub(super) const AN_ID: &str = "req_0190163d8694739baea55966c26f8ad2";

/// Headers of answers: name, what it says, and an example.
const HEADERS: [(&str, &str, &str); 4] = [
    (REQUEST_ID, "The request's id, for asking about it", AN_ID),
    (REPLAYED, "true when the answer was given to the same request before; else absent", "true"),
    (ETAG, "The version of what the answer tells of, for If-Match", "\"3\""),
    (RETRY_AFTER, "Seconds to wait before trying again", "2"),
];

/// What a newcomer reads first.
const INTRODUCTION: &str = include_str!("introduction.md");

const LICENCE: &str = "MIT OR Apache-2.0";

/// The document without its operations.
pub(in crate::http) fn frame() -> OpenApi {
    let key = |header, what| SecurityScheme::ApiKey(ApiKey::Header(ApiKeyValue::with_description(header, what)));
    let jwt = HttpBuilder::new()
        .scheme(HttpAuthScheme::Bearer)
        .bearer_format("JWT")
        .description(Some(
            "Token of a person or of staff: a JWT of the identity provider that is configured. Its `sub` is the person.",
        ))
        .build();
    let components = ComponentsBuilder::new()
        .security_scheme("jwt", SecurityScheme::Http(jwt))
        .security_scheme(
            "apiKey",
            key("X-API-Key", "Key of an organisation, 40 letters and digits, as `POST /api-keys` shows it once."),
        )
        .security_scheme(
            "adminKey",
            key(
                "X-Admin-API-Key",
                "Admin key of the service, always with the token of a staff member. `X-API-Key` takes it too.",
            ),
        );
    let components = HEADERS.into_iter().chain(rocketchat::DOCUMENTED_HEADERS).fold(
        components,
        |components, (name, what, example)| {
            let header = HeaderBuilder::new().description(Some(what)).schema(Some(text(example))).build();
            components.header(name, header)
        },
    );
    let components = rocketchat::security_schemes()
        .into_iter()
        .fold(components, |components, (name, scheme)| components.security_scheme(name, scheme))
        .build();
    let tag = |name: &str, what: &str| TagBuilder::new().name(name).description(Some(what)).build();
    let license = LicenseBuilder::new().name(LICENCE).identifier(Some(LICENCE)).build();
    let info = InfoBuilder::new()
        .title("Portcullis")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some(INTRODUCTION))
        .license(Some(license))
        .build();
    let mut tags = vec![
        tag("People", "People: making, finding, reading, suspending and changing them."),
        tag("Access", "Putting locks on people's lists, and taking them off."),
        tag("Locks", "Locks, whose they are, and who can open them."),
        tag("Cameras", "Camera accounts of people at 3dEye: reading, resetting, comparing and repairing them."),
        tag("Camera roles", "Roles at 3dEye, and who is in them."),
        tag("Organisations", "Organisations (tenants), and the keys they call with."),
        tag("History", "Every state and event there is, for staff: what happened, who did it, and why."),
        tag("Outbox", "Messages to people: those that wait, and those that could not be delivered."),
        tag("Operation", "Running the service: is it alive, can it serve, and what did it count."),
    ];
    tags.extend(rocketchat::TAGS.map(|(name, what)| tag(name, what)));
    OpenApiBuilder::new().info(info).components(Some(components)).tags(Some(tags)).build()
}

pub(super) fn text(example: &str) -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::String).examples([example])
}
