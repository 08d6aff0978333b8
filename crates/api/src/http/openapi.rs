//! The OpenAPI document, generated from the routes.

use axum::Json;
use axum::Router;
use axum::routing::get;
use utoipa::openapi::header::HeaderBuilder;
use utoipa::openapi::path::{Operation, Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::security::{
    ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme,
};
use utoipa::openapi::tag::TagBuilder;
use utoipa::openapi::{
    ComponentsBuilder, ContentBuilder, InfoBuilder, LicenseBuilder, OpenApi, OpenApiBuilder, PathItem, Ref, RefOr,
    Required, Response, ResponseBuilder, ServerBuilder,
};

use crate::app::App;
use crate::http::style::Style;
use crate::http::{rocketchat, smartphonekey};

const REQUEST_ID: &str = "X-Request-Id";
const REPLAYED: &str = "Idempotent-Replayed";
const ETAG: &str = "ETag";
const RETRY_AFTER: &str = "Retry-After";

/// Headers of answers: name, what it says, and an example.
const HEADERS: [(&str, &str, &str); 4] = [
    (REQUEST_ID, "The request's id, for asking about it", "req_0190163d8694739baea55966c26f8ad2"),
    (REPLAYED, "true when the answer was given to the same request before; else absent", "true"),
    (ETAG, "The version of what the answer tells of, for If-Match", "\"3\""),
    (RETRY_AFTER, "Seconds to wait before trying again", "2"),
];

/// The document of this program, as `portcullis openapi` prints it and `docs/openapi.json` keeps it.
pub fn document() -> OpenApi {
    let (_, document) = super::operations().split_for_parts();
    finish(document, None)
}

/// Serves the document.
pub(super) fn route(document: &OpenApi) -> Router<App> {
    let document = Json(serde_json::to_value(document).unwrap_or_default());
    Router::new().route("/openapi.json", get(async move || document))
}

/// What stands around the operations.
pub(super) fn frame() -> OpenApi {
    let key = |header, what| SecurityScheme::ApiKey(ApiKey::Header(ApiKeyValue::with_description(header, what)));
    let jwt = HttpBuilder::new()
        .scheme(HttpAuthScheme::Bearer)
        .bearer_format("JWT")
        .description(Some("A person's token, or that of staff."))
        .build();
    let components = ComponentsBuilder::new()
        .security_scheme("jwt", SecurityScheme::Http(jwt))
        .security_scheme("apiKey", key("X-API-Key", "Key of an organisation."))
        .security_scheme("adminKey", key("X-Admin-API-Key", "Admin key of staff, always with a token."));
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
    let license = LicenseBuilder::new().name("MIT OR Apache-2.0").identifier(Some("MIT OR Apache-2.0")).build();
    let what = "One service for taking away a lock, resetting a camera account and clearing a second factor.";
    let info = InfoBuilder::new()
        .title("Portcullis")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some(what))
        .license(Some(license))
        .build();
    let mut tags = vec![
        tag("People", "People and their profiles."),
        tag("Access", "Who has access to which lock."),
        tag("Locks", "Locks, whose they are, and who can open them."),
        tag("Cameras", "Camera accounts at 3dEye."),
        tag("Camera roles", "Roles at 3dEye, and who is in them."),
        tag("Organisations", "Organisations and the keys they call with."),
        tag("History", "What happened, and who did it."),
        tag("Outbox", "Messages to people: those that wait, and those that could not be delivered."),
        tag("Operation", "Running the service."),
    ];
    tags.extend(rocketchat::TAGS.map(|(name, what)| tag(name, what)));
    OpenApiBuilder::new().info(info).components(Some(components)).tags(Some(tags)).build()
}

/// Adds what all operations have in common, so that no handler repeats it.
pub(super) fn finish(mut document: OpenApi, public_url: Option<&str>) -> OpenApi {
    document.servers = Some(vec![ServerBuilder::new().url(public_url.unwrap_or("/")).build()]);
    for (path, item) in &mut document.paths.paths {
        match Style::of(path) {
            Style::SmartphoneKey => complete(path, item),
            Style::RocketChat => rocketchat::complete(item),
        }
    }
    document
}

/// Commands that are not about one aggregate of the path, and so answer no version.
const WITHOUT_VERSION: [&str; 2] = ["/admin/backfill-threedeye", "/admin/threedeye/drift/repair"];

fn complete(path: &str, item: &mut PathItem) {
    for operation in [&mut item.post, &mut item.delete].into_iter().flatten() {
        // What is added after this is never an answer that was given before, nor has it a version.
        for (status, answer) in answers(operation) {
            head(answer, REPLAYED);
            if status.starts_with('2') && !WITHOUT_VERSION.contains(&path) {
                head(answer, ETAG);
            }
        }
        secure(path, operation);
        conditions(operation);
        for (status, what) in [
            ("400", "The request is malformed"),
            ("409", "Too many others changed the same thing at the same time"),
            ("412", "The version named in If-Match is not the present one"),
            ("413", "The body is larger than 1 MiB"),
            ("415", "The body is not sent as JSON"),
            ("422", "The Idempotency-Key was used before with another body or query"),
        ] {
            add(operation, status, what);
        }
    }
    if let Some(operation) = &mut item.get
        && operation.security.is_none()
    {
        secure(path, operation);
        add(operation, "400", "The request is malformed");
    }
    for operation in [&mut item.get, &mut item.post, &mut item.delete].into_iter().flatten() {
        for (status, answer) in answers(operation) {
            head(answer, REQUEST_ID);
            if status == "503" {
                head(answer, RETRY_AFTER);
            }
            // A read that sends it says so by its name alone.
            if answer.headers.contains_key(ETAG) {
                head(answer, ETAG);
            }
        }
    }
}

fn answers(operation: &mut Operation) -> impl Iterator<Item = (&str, &mut Response)> {
    operation.responses.responses.iter_mut().filter_map(|(status, answer)| match answer {
        RefOr::T(answer) => Some((status.as_str(), answer)),
        RefOr::Ref(_) => None,
    })
}

/// Says of an answer that it may have a header.
fn head(answer: &mut Response, name: &str) {
    let shared = Ref::new(format!("#/components/headers/{name}"));
    answer.headers.insert(name.to_owned(), RefOr::Ref(shared));
}

fn text(example: &str) -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::String).examples([example])
}

/// Which credentials are taken: one of token and key, or both of staff.
fn secure(path: &str, operation: &mut Operation) {
    let none: [&str; 0] = [];
    let staff = SecurityRequirement::new("adminKey", none).add("jwt", none);
    let mut taken = vec![staff];
    if !smartphonekey::is_staff_only(path) {
        taken.extend([SecurityRequirement::new("jwt", none), SecurityRequirement::new("apiKey", none)]);
    }
    operation.security = Some(taken);
    add(operation, "401", "Credentials are missing or not valid");
    add(operation, "403", "These credentials do not allow this");
    add(operation, "503", "The service cannot answer at present; see Retry-After");
}

fn conditions(operation: &mut Operation) {
    let header = |name: &str, what: &str, example: &str| -> RefOr<Parameter> {
        let parameter = ParameterBuilder::new().name(name).parameter_in(ParameterIn::Header).required(Required::False);
        parameter.description(Some(what)).schema(Some(text(example))).build().into()
    };
    operation.parameters.get_or_insert_default().extend([
        header(
            "Idempotency-Key",
            "1 to 255 visible characters; the same request again within 24 hours, body and query, gets the same answer",
            "5f0c8a52-offboarding-4711",
        ),
        header("If-Match", "Do it only if the aggregate has one of these versions", "\"3\""),
    ]);
}

/// Adds a failure, unless the operation says more about it itself.
fn add(operation: &mut Operation, status: &str, what: &str) {
    let failure = || -> RefOr<Response> {
        let content = ContentBuilder::new().schema(Some(Ref::from_schema_name("ErrorBody"))).build();
        ResponseBuilder::new().description(what).content("application/json", content).build().into()
    };
    operation.responses.responses.entry(status.to_owned()).or_insert_with(failure);
}
