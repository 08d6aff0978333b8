//! What the operations of people, locks, organisations and staff have in common.

use utoipa::openapi::path::{Operation, Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::ObjectBuilder;
use utoipa::openapi::security::SecurityRequirement;
use utoipa::openapi::{ContentBuilder, PathItem, Ref, RefOr, Required, Response, ResponseBuilder};

use super::frame::{ETAG, REPLAYED, REQUEST_ID, RETRY_AFTER, text};
use super::{answers, operations};
use crate::http::smartphonekey;

/// Commands that are not about one aggregate of the path, and so answer no version.
const WITHOUT_VERSION: [&str; 2] = ["/admin/backfill-threedeye", "/admin/threedeye/drift/repair"];

/// Operations no person may do with a token alone.
const NOT_FOR_PEOPLE: [&str; 10] = [
    "suspendUser",
    "reactivateUser",
    "createLock",
    "setLockOwner",
    "setLockOrganization",
    "createCameraRole",
    "deleteCameraRole",
    "assignCameraRoleUser",
    "removeCameraRoleUser",
    "readCameraRole",
];

/// Adds to the operations of a path what no handler repeats.
pub(super) fn complete(path: &str, item: &mut PathItem) {
    for operation in [&mut item.post, &mut item.delete].into_iter().flatten() {
        // What is added after this is never an answer that was given before, nor has it a version.
        for (status, answer) in answers(operation) {
            // Nothing from 500 on is remembered.
            if !status.starts_with('5') {
                head(answer, REPLAYED);
            }
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
    for operation in operations(item) {
        for (status, answer) in answers(operation) {
            head(answer, REQUEST_ID);
            if ["502", "503"].contains(&status) {
                head(answer, RETRY_AFTER);
            }
            // A read that sends it says so by its name alone.
            if answer.headers.contains_key(ETAG) {
                head(answer, ETAG);
            }
        }
    }
}

/// Says of an answer that it may have a header.
fn head(answer: &mut Response, name: &str) {
    let shared = Ref::new(format!("#/components/headers/{name}"));
    answer.headers.insert(name.to_owned(), RefOr::Ref(shared));
}

/// Which credentials are taken: one of token and key, or both of staff.
fn secure(path: &str, operation: &mut Operation) {
    let none: [&str; 0] = [];
    let staff = SecurityRequirement::new("adminKey", none).add("jwt", none);
    let mut taken = vec![staff];
    if !smartphonekey::is_staff_only(path) {
        if !operation.operation_id.as_deref().is_some_and(|id| NOT_FOR_PEOPLE.contains(&id)) {
            taken.push(SecurityRequirement::new("jwt", none));
        }
        taken.push(SecurityRequirement::new("apiKey", none));
    }
    operation.security = Some(taken);
    add(operation, "401", "Credentials are missing or not valid");
    add(operation, "403", "These credentials do not allow this");
    add(operation, "503", "The service cannot answer at present; see Retry-After");
}

fn conditions(operation: &mut Operation) {
    let header = |name: &str, what: &str, schema: ObjectBuilder| -> RefOr<Parameter> {
        let parameter = ParameterBuilder::new().name(name).parameter_in(ParameterIn::Header).required(Required::False);
        parameter.description(Some(what)).schema(Some(schema)).build().into()
    };
    let key = text("5f0c8a52-offboarding-ada").min_length(Some(1)).max_length(Some(255)).pattern(Some("^[!-~]+$"));
    operation.parameters.get_or_insert_default().extend([
        header(
            "Idempotency-Key",
            "1 to 255 visible characters; the same request again within 24 hours, body and query, gets the same answer",
            key,
        ),
        // Without a pattern: makers of test data would send versions that never were, and see little else than 412.
        header(
            "If-Match",
            "Do it only if the aggregate has one of these versions: `\"3\"`, several with commas between, or `*` for any",
            text("\"3\""),
        ),
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
