//! `GET /tenants`

use axum::Json;
use axum::extract::State;
use portcullis_domain::ids::OrgId;
use portcullis_domain::org::ListedTenant;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::app::App;
use crate::http::smartphonekey::caller::Authenticated;
use crate::http::smartphonekey::json::Faults;
use crate::http::smartphonekey::path::Id;
use crate::http::smartphonekey::problem::Problem;
use crate::http::smartphonekey::query::{self, Query};

/// Organisations on a page, unless another number is asked for.
const PAGE: u32 = 100;
/// Organisations on a page at most.
const MOST: u32 = 500;

/// Which organisations.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub(super) struct Filter {
    /// At most this many: 1 to 500, 100 when absent.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 500, example = 100)]
    limit: Option<String>,
    /// `nextCursor` of the page before.
    #[param(min_length = 1, max_length = 128, example = "acme")]
    cursor: Option<String>,
}

impl Filter {
    /// After which organisation, and how many.
    fn read(self) -> Result<(Option<OrgId>, u32), Problem> {
        let mut faults = Faults::default();
        let after =
            faults.optional("cursor", self.cursor, |text| OrgId::parse(text).map_err(|_| "must be a nextCursor"));
        let limit = query::limit(&mut faults, self.limit, PAGE, MOST);
        faults.check(Some((after, limit)))
    }
}

/// An organisation.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Tenant)]
pub(crate) struct ShownTenant {
    #[schema(example = "acme")]
    pub(crate) org_id: String,
    #[schema(example = "Acme Ltd")]
    pub(crate) org_name: String,
    /// None when it was registered without.
    #[schema(required = true, format = Email, example = "olive@acme.example")]
    pub(crate) owner_email: Option<String>,
    #[schema(format = DateTime, example = "2026-11-21T10:15:00.000Z")]
    pub(crate) created_at: String,
    /// Has it a key that works?
    #[schema(example = true)]
    pub(crate) has_active_key: bool,
}

impl From<ListedTenant> for ShownTenant {
    fn from(listed: ListedTenant) -> Self {
        Self {
            org_id: listed.org.to_string(),
            org_name: listed.name.to_string(),
            owner_email: listed.owner_email.map(|email| email.as_str().to_owned()),
            created_at: listed.created_at.to_string(),
            has_active_key: listed.has_active_key,
        }
    }
}

/// A page of organisations in the order of their ids.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = TenantPage)]
pub(super) struct Answered {
    #[schema(example = true)]
    success: bool,
    tenants: Vec<ShownTenant>,
    /// For the next page; none after the last.
    #[schema(required = true, example = "acme")]
    next_cursor: Option<String>,
}

/// List organisations
///
/// In the order of their ids, with who answers for each and whether it has an active key.
///
/// Allowed: staff.
#[utoipa::path(
    get,
    path = "/tenants",
    operation_id = "listTenants",
    tag = "Organisations",
    params(Filter),
    responses((status = 200, description = "A page", body = Answered))
)]
pub(super) async fn handler(
    State(app): State<App>,
    Authenticated(caller): Authenticated,
    Query(filter): Query<Filter>,
) -> Result<Json<Answered>, Problem> {
    let (after, limit) = filter.read()?;
    let page = app.cases.orgs.list_tenants.execute(&caller, after, limit).await;
    let page = page.map_err(|error| Problem::of(error, &Id::from(String::new())))?;
    let tenants = page.tenants.into_iter().map(ShownTenant::from).collect();
    Ok(Json(Answered { success: true, tenants, next_cursor: page.next.map(|org| org.to_string()) }))
}
