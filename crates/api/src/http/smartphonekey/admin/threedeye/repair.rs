//! `POST /admin/threedeye/drift/repair`

use axum::extract::State;
use portcullis_domain::ids::{ThreeDEyeUserId, UserId};
use portcullis_domain::threedeye::{DriftKind, Remedy};
use portcullis_domain::usecase::threedeye::{RepairOrder, RepairReport, RepairTarget};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::drift::texts;
use crate::app::App;
use crate::http::smartphonekey::answer::Answer;
use crate::http::smartphonekey::command::Command;
use crate::http::smartphonekey::json::Faults;
use crate::http::smartphonekey::path::Id;
use crate::http::smartphonekey::problem::{ErrorBody, Problem};

/// Which finding, and what may be done.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ThreeDEyeRepair)]
pub(crate) struct Body {
    #[schema(value_type = Named)]
    finding: Option<Named>,
    /// Only say what would be done.
    #[schema(default = true, example = false)]
    dry_run: Option<bool>,
    /// An account that belongs to nobody here may be deleted at 3dEye.
    #[schema(default = false, example = false)]
    delete_remote: Option<bool>,
}

/// A finding; one as it was told will do, what else is in it is not looked at.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ThreeDEyeRepairFinding)]
pub(crate) struct Named {
    /// `missing`, `orphaned`, `roleless` or `idChanged`.
    #[schema(value_type = String, pattern = "^(missing|orphaned|roleless|idChanged)$", example = "roleless")]
    kind: Option<String>,
    /// Whose; needed for all but `orphaned`.
    #[schema(format = Uuid, example = "0190163d-8694-739b-aea5-5966c26f8ad2")]
    user_id: Option<String>,
    /// The account; needed for `orphaned`.
    #[schema(min_length = 1, max_length = 128, example = "2f6c1a5e-8f3c-4a52-9f3b-0d6d3c1b7e11")]
    threedeye_user_id: Option<String>,
}

impl Body {
    fn try_into_order(self) -> Result<RepairOrder, Problem> {
        let mut faults = Faults::default();
        let target = self.finding.map(|finding| finding.target(&mut faults));
        if target.is_none() {
            faults.note("finding", "is required");
        }
        let (dry_run, delete_remote) = (self.dry_run.unwrap_or(true), self.delete_remote.unwrap_or_default());
        faults.check(target.flatten().map(|target| RepairOrder { target, dry_run, delete_remote }))
    }
}

impl Named {
    fn target(self, faults: &mut Faults) -> Option<RepairTarget> {
        let kind = faults.required("finding.kind", self.kind, |text| {
            DriftKind::parse(&text).ok_or("must be missing, orphaned, roleless or idChanged")
        })?;
        let (account, user) = ("finding.threedeyeUserId", "finding.userId");
        let parse_user = |text: String| UserId::parse(&text);
        if kind.is_of_account() {
            faults.optional(user, self.user_id, parse_user);
            faults.required(account, self.threedeye_user_id, ThreeDEyeUserId::parse).map(RepairTarget::Orphan)
        } else {
            faults.optional(account, self.threedeye_user_id, ThreeDEyeUserId::parse);
            let user = faults.required(user, self.user_id, parse_user);
            user.map(|user| RepairTarget::OfPerson { kind, user })
        }
    }
}

/// What was done, or would be.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ThreeDEyeRepairAnswer)]
pub(crate) struct Answered {
    #[schema(example = true)]
    success: bool,
    #[schema(value_type = String, example = "roleless")]
    kind: &'static str,
    #[schema(required = true, format = Uuid, example = "0190163d-8694-739b-aea5-5966c26f8ad2")]
    user_id: Option<String>,
    /// The account there is now, or the one that was deleted or is meant.
    #[schema(required = true, example = "2f6c1a5e-8f3c-4a52-9f3b-0d6d3c1b7e11")]
    threedeye_user_id: Option<String>,
    /// `provision`, `assignRoles` or `deleteRemote`; none when there is nothing to do.
    #[schema(required = true, value_type = Option<String>, example = "assignRoles")]
    action: Option<&'static str>,
    /// Roles the account should have.
    #[schema(example = json!(["17", "23"]))]
    role_ids: Vec<String>,
    #[schema(example = false)]
    dry_run: bool,
    /// Was anything done that makes it better?
    #[schema(example = true)]
    changed: bool,
    /// Why nothing was changed, or not everything: 3dEye may have some of the roles no more.
    #[schema(required = true, example = json!(null))]
    pub(crate) reason: Option<String>,
}

impl From<RepairReport> for Answered {
    fn from(report: RepairReport) -> Self {
        Self {
            success: true,
            kind: report.kind.as_str(),
            user_id: report.user.map(|user| user.to_string()),
            threedeye_user_id: report.threedeye_user.map(|id| id.to_string()),
            action: report.remedy.map(Remedy::as_str),
            role_ids: texts(&report.roles),
            dry_run: report.dry_run,
            changed: report.changed,
            reason: report.reason,
        }
    }
}

/// Set a finding right
///
/// Sets one finding of a comparison right, or says what would be done: that is the default. Looks first whether it is
/// still so: if not, nothing is changed and the answer says why.
///
/// `missing` and `idChanged`: the person gets an account anew, with the roles it should have. `roleless`: the account
/// gets the roles it lacks. `orphaned`: the person with its address gets it, made anew; one that belongs to nobody is
/// deleted with `deleteRemote` alone. Hanging up does not stop it. Without a dry run each is on record: on the
/// person's stream, or for an account of nobody on that of the organisation `orgs.default_id`, whose version
/// `If-Match` then is about.
///
/// Allowed: staff.
#[utoipa::path(
    post,
    path = "/admin/threedeye/drift/repair",
    operation_id = "repairThreeDEye",
    tag = "Cameras",
    request_body = Body,
    responses(
        (status = 200, description = "What was done or would be, or why nothing was", body = Answered),
        (status = 409, description = "Another call is at work on this person's account, the account may not be taken over or deleted, or the person has no address", body = ErrorBody),
        (status = 502, description = "3dEye failed; a repeat is safe", body = ErrorBody),
        (status = 503, description = "3dEye is not configured or not called at present, or the service cannot answer; see Retry-After", body = ErrorBody),
    )
)]
pub(crate) async fn handler(State(app): State<App>, command: Command) -> Result<Answer<Answered>, Problem> {
    let body: Body = command.json()?;
    let order = body.try_into_order()?;
    let (work, request) = (app.clone(), command.request);
    let repair = app.detached(async move { work.cases.threedeye.repair.execute(&request, order).await }).await;
    let outcome = repair.map_err(|error| Problem::of(error, &Id::from(String::new())))?;
    Ok(Answer::read(None, outcome.value.into()).replayed(outcome.replayed))
}
