//! `POST /tenants/{orgId}/register`

use axum::extract::State;
use portcullis_domain::event::Event;
use portcullis_domain::ids::OrgId;
use portcullis_domain::text::{EmailAddress, FreeText};
use portcullis_domain::usecase::Done;
use portcullis_domain::usecase::org::TenantOrder;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::app::App;
use crate::http::smartphonekey::answer::{Answer, Changed};
use crate::http::smartphonekey::command::Command;
use crate::http::smartphonekey::json::Faults;
use crate::http::smartphonekey::path::Id;
use crate::http::smartphonekey::problem::Problem;

/// What is known of the organisation.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = RegisterTenant)]
pub(super) struct Body {
    /// Its name.
    #[schema(value_type = String, min_length = 1, max_length = 500, example = "Acme Ltd")]
    org_name: Option<String>,
    /// Address of its owner. The event has it masked.
    #[schema(value_type = String, format = Email, max_length = 254, example = "olive@acme.example")]
    owner_email: Option<String>,
}

impl Body {
    fn try_into_order(self, id: &Id) -> Result<TenantOrder, Problem> {
        let mut faults = Faults::default();
        let org = faults.required("orgId", Some(id.text()), OrgId::parse);
        let name = faults.required("orgName", self.org_name, FreeText::parse);
        let owner = faults.required("ownerEmail", self.owner_email, |text| EmailAddress::parse(&text));
        let order = org.zip(name).zip(owner);
        faults.check(order.map(|((org, name), owner_email)| TenantOrder { org, name, owner_email }))
    }
}

/// The payload of `TenantRegistered`.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = TenantRegistered)]
pub(crate) struct Payload {
    #[schema(example = "acme")]
    org_id: String,
    #[schema(example = "Acme Ltd")]
    org_name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "o***@acme.example")]
    masked_owner_email: Option<String>,
}

/// What is told of a registration.
pub(crate) fn told(done: Done) -> Option<Changed<Payload>> {
    Changed::new(done, payload)
}

fn payload(event: Event) -> Option<Payload> {
    let Event::TenantRegistered(registered) = event else { return None };
    Some(Payload {
        org_id: registered.org_id.to_string(),
        org_name: registered.org_name.to_string(),
        masked_owner_email: registered.masked_owner_email,
    })
}

/// Register an organisation
///
/// Or finds that it is registered; then nothing is changed, and the answer is 200. An organisation needs this before
/// it can have a key.
///
/// Allowed: staff.
#[utoipa::path(
    post,
    path = "/tenants/{orgId}/register",
    operation_id = "registerTenant",
    tag = "Organisations",
    params(("orgId" = String, Path, description = "The organisation", min_length = 1, max_length = 128, example = "acme")),
    request_body = Body,
    responses(
        (status = 200, description = "The organisation was registered already; nothing was changed", body = Changed<Payload>),
        (status = 201, description = "The organisation is registered", body = Changed<Payload>),
    )
)]
pub(super) async fn handler(
    State(app): State<App>,
    id: Id,
    command: Command,
) -> Result<Answer<Changed<Payload>>, Problem> {
    let order = command.json::<Body>()?.try_into_order(&id)?;
    let outcome = app.cases.orgs.register.execute(&command.request, order).await;
    let outcome = outcome.map_err(|error| Problem::of(error, &id))?;
    Answer::made(outcome, told)
}
