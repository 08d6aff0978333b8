//! The OpenAPI document, generated from the routes.

use axum::Json;
use axum::Router;
use axum::routing::get;
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
        tag("Organisations", "Organisations and the keys they call with."),
        tag("History", "What happened, and who did it."),
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

fn complete(path: &str, item: &mut PathItem) {
    for operation in [&mut item.post, &mut item.delete].into_iter().flatten() {
        secure(path, operation);
        conditions(operation);
        for (status, what) in [
            ("400", "The request is malformed"),
            ("409", "Too many others changed the same thing at the same time"),
            ("412", "The version named in If-Match is not the present one"),
            ("413", "The body is larger than 1 MiB"),
            ("415", "The body is not sent as JSON"),
            ("422", "The Idempotency-Key was used before with another body"),
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
        let text = ObjectBuilder::new().schema_type(Type::String).examples([example]);
        let parameter = ParameterBuilder::new().name(name).parameter_in(ParameterIn::Header).required(Required::False);
        parameter.description(Some(what)).schema(Some(text)).build().into()
    };
    operation.parameters.get_or_insert_default().extend([
        header(
            "Idempotency-Key",
            "1 to 255 visible characters; the same request again within 24 hours gets the same answer",
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
