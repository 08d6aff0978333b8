//! `GET /admin/threedeye/users/{userId}`

use axum::Json;
use axum::extract::State;
use portcullis_domain::ids::{ThreeDEyeRoleId, UserId};
use portcullis_domain::threedeye::RemoteAccount;
use portcullis_domain::usecase::threedeye::{CameraDiagnosis, MappingDiagnosis, RemoteDiagnosis};
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::App;
use crate::http::smartphonekey::caller::Authenticated;
use crate::http::smartphonekey::path::Id;
use crate::http::smartphonekey::problem::Problem;

/// What is known of a person's camera account; null = it could not be found out.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ThreeDEyeDiagnosis)]
pub(crate) struct Answered {
    #[schema(format = Uuid, example = "0190163d-8694-739b-aea5-5966c26f8ad2")]
    user_id: String,
    user: User,
    mapping: Mapping,
    recovery: Recovery,
    remote: Remote,
}

/// The person.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ThreeDEyeDiagnosisUser)]
pub(crate) struct User {
    #[schema(example = true)]
    found: bool,
    #[schema(required = true, format = Email, example = "ada@example.com")]
    email: Option<String>,
}

/// The local row of the account.
#[derive(Debug, Default, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ThreeDEyeDiagnosisMapping)]
pub(crate) struct Mapping {
    /// Is there a row, in whatever state?
    #[schema(example = true)]
    found: bool,
    /// The account, when 3dEye told its id.
    #[schema(required = true, example = "2f6c1a5e-8f3c-4a52-9f3b-0d6d3c1b7e11")]
    threedeye_user_id: Option<String>,
    /// Is there a password to show to the person? That of an account that is still being made, or has to be made anew, is
    /// not shown.
    #[schema(example = true)]
    has_password: bool,
    #[schema(required = true, format = DateTime, example = "2026-11-21T10:15:00.000Z")]
    created_at: Option<String>,
    /// Is its account in our customer?
    #[schema(required = true, example = true)]
    remote_account_exists: Option<bool>,
}

/// The row of what waits to be restored.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ThreeDEyeDiagnosisRecovery)]
pub(crate) struct Recovery {
    #[schema(example = false)]
    found: bool,
    /// Roles the next account gets back.
    #[schema(example = json!([]))]
    role_ids: Vec<String>,
}

/// What 3dEye said just now.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ThreeDEyeDiagnosisRemote)]
pub(crate) struct Remote {
    /// Is access to 3dEye configured?
    #[schema(example = true)]
    configured: bool,
    #[schema(required = true, example = "customer-7")]
    customer_id: Option<String>,
    /// How many accounts our customer has.
    #[schema(required = true, example = 412)]
    customer_user_count: Option<u64>,
    /// Has one of them the person's address?
    #[schema(required = true, example = true)]
    email_present_in_customer: Option<bool>,
    /// The account with the address.
    #[schema(required = true)]
    r#match: Option<Match>,
    /// Addresses of up to five of our customer's accounts.
    #[schema(example = json!(["ada@example.com", "bob@example.com"]))]
    sample_emails: Vec<String>,
    /// What went wrong first.
    #[schema(required = true, example = json!(null))]
    error: Option<String>,
}

/// An account at 3dEye.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ThreeDEyeDiagnosisMatch)]
pub(crate) struct Match {
    #[schema(example = "2f6c1a5e-8f3c-4a52-9f3b-0d6d3c1b7e11")]
    id: String,
    #[schema(format = Email, example = "ada@example.com")]
    email: String,
    #[schema(example = 2)]
    role_count: usize,
}

impl From<MappingDiagnosis> for Mapping {
    fn from(mapping: MappingDiagnosis) -> Self {
        Self {
            found: true,
            threedeye_user_id: mapping.threedeye_user.map(|id| id.to_string()),
            has_password: mapping.has_password,
            created_at: Some(mapping.created_at.to_string()),
            remote_account_exists: mapping.remote_account_exists,
        }
    }
}

impl From<RemoteAccount> for Match {
    fn from(account: RemoteAccount) -> Self {
        let email = account.email.map(|email| email.as_str().to_owned()).unwrap_or_default();
        Self { id: account.id.to_string(), email, role_count: account.roles.len() }
    }
}

impl From<RemoteDiagnosis> for Remote {
    fn from(remote: RemoteDiagnosis) -> Self {
        Self {
            configured: remote.configured,
            customer_id: remote.customer,
            customer_user_count: remote.accounts,
            email_present_in_customer: remote.email_present,
            r#match: remote.found.map(Match::from),
            sample_emails: remote.samples.iter().map(|email| email.as_str().to_owned()).collect(),
            error: remote.error,
        }
    }
}

impl Answered {
    fn new(id: &Id, diagnosis: CameraDiagnosis) -> Self {
        let user = id.user();
        let recovered = diagnosis.recovery.as_ref();
        let role_ids = recovered.map(|roles| roles.iter().map(ThreeDEyeRoleId::to_string).collect());
        Self {
            user_id: if user == UserId::NOBODY { id.text().to_owned() } else { user.to_string() },
            user: User { found: diagnosis.found, email: diagnosis.email.map(|email| email.as_str().to_owned()) },
            recovery: Recovery { found: recovered.is_some(), role_ids: role_ids.unwrap_or_default() },
            mapping: diagnosis.mapping.map(Mapping::from).unwrap_or_default(),
            remote: diagnosis.remote.into(),
        }
    }
}

/// Diagnose a camera account
///
/// Tells what is known of a person's camera account, here and at 3dEye. Changes nothing.
///
/// 3dEye is asked while the caller waits, for no longer than `threedeye.timeout` in all; what it fails to tell is
/// null, and `remote.error` says why. Of somebody unknown it is told that nothing was found. `mapping.found` says that
/// there is a row, also of an account that is being made or has to be made anew; `mapping.hasPassword` says that the
/// account is in use.
///
/// Allowed: staff.
#[utoipa::path(
    get,
    path = "/admin/threedeye/users/{userId}",
    operation_id = "readThreeDEyeUser",
    tag = "Cameras",
    params(("userId" = String, Path, description = "The person", example = "0190163d-8694-739b-aea5-5966c26f8ad2")),
    responses((status = 200, description = "What is known", body = Answered))
)]
pub(crate) async fn handler(
    State(app): State<App>,
    id: Id,
    Authenticated(caller): Authenticated,
) -> Result<Json<Answered>, Problem> {
    let diagnosis = app.cases.threedeye.diagnose.execute(&caller, id.user()).await;
    Ok(Json(Answered::new(&id, diagnosis.map_err(|error| Problem::of(error, &id))?)))
}
