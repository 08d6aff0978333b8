//! `POST /admin/threedeye/users/{userId}/reset`

use axum::extract::State;
use portcullis_domain::threedeye::ResetSwitches;
use portcullis_domain::usecase::threedeye::{RemoteReport, ReprovisionReport, ResetReport};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::app::App;
use crate::http::smartphonekey::answer::Answer;
use crate::http::smartphonekey::command::Command;
use crate::http::smartphonekey::path::Id;
use crate::http::smartphonekey::problem::{ErrorBody, Problem};

/// The three switches; none at all means the defaults.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ThreeDEyeReset)]
pub(crate) struct Body {
    /// Delete the local mapping and recovery rows, so that the next fetch makes a new account. Roles that wait to be
    /// restored, those of an account this call deletes among them, are dropped unless `reprovision` is true. Alone it
    /// leaves the rows of an account made for an earlier address: they become stale, and the next fetch replaces that
    /// account.
    #[schema(default = true, example = true)]
    clear_mapping: Option<bool>,
    /// Also delete the account at 3dEye that has the person's address, if it is visible in our customer, and the one
    /// made for the person's address before.
    #[schema(default = false, example = true)]
    delete_remote: Option<bool>,
    /// Make a new account at once.
    #[schema(default = false, example = true)]
    reprovision: Option<bool>,
}

impl From<Body> for ResetSwitches {
    fn from(body: Body) -> Self {
        let default = Self::default();
        Self {
            clear_mapping: body.clear_mapping.unwrap_or(default.clear_mapping),
            delete_remote: body.delete_remote.unwrap_or(default.delete_remote),
            reprovision: body.reprovision.unwrap_or(default.reprovision),
        }
    }
}

/// What the reset did.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ThreeDEyeResetAnswer)]
pub(crate) struct Answered {
    #[schema(format = Uuid, example = "0190163d-8694-739b-aea5-5966c26f8ad2")]
    user_id: String,
    /// None when only rows were left of the person.
    #[schema(required = true, format = Email, example = "ada@example.com")]
    email: Option<String>,
    /// Was there a mapping before, and is it gone? False also when it stays because it alone leads to an account made
    /// for an earlier address.
    #[schema(example = true)]
    cleared_mapping: bool,
    /// Was there a recovery row before, and is it gone or used up?
    #[schema(example = false)]
    cleared_recovery: bool,
    remote: Remote,
    reprovision: Reprovision,
}

/// What became of the account at 3dEye.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ThreeDEyeResetRemote)]
pub(crate) struct Remote {
    #[schema(example = true)]
    attempted_delete: bool,
    #[schema(required = true, example = "2f6c1a5e-8f3c-4a52-9f3b-0d6d3c1b7e11")]
    deleted_threedeye_user_id: Option<String>,
    /// Was there none in our customer?
    #[schema(example = false)]
    not_visible: bool,
}

/// What became of the new account.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ThreeDEyeResetReprovision)]
pub(crate) struct Reprovision {
    #[schema(example = true)]
    attempted: bool,
    #[schema(required = true, example = "8b1f2a44-6f0e-4c1d-8a55-3f2f1f1c9d02")]
    threedeye_user_id: Option<String>,
    /// Why none could be made.
    #[schema(required = true, example = json!(null))]
    error: Option<String>,
}

impl From<ResetReport> for Answered {
    fn from(report: ResetReport) -> Self {
        let RemoteReport { attempted_delete, deleted, not_visible } = report.remote;
        let ReprovisionReport { attempted, threedeye_user, error } = report.reprovision;
        Self {
            user_id: report.user.to_string(),
            email: report.email,
            cleared_mapping: report.cleared_mapping,
            cleared_recovery: report.cleared_recovery,
            remote: Remote {
                attempted_delete,
                deleted_threedeye_user_id: deleted.map(|id| id.to_string()),
                not_visible,
            },
            reprovision: Reprovision { attempted, threedeye_user_id: threedeye_user.map(|id| id.to_string()), error },
        }
    }
}

/// Reset a camera account
///
/// Deletes the account at 3dEye, clears the rows here and makes a new account, each as switched on and in this order.
/// Without a body, the rows are cleared and nothing else is done.
///
/// A crash at any step leaves a state from which the same call finishes the job. Hanging up does not stop it. One
/// reset at a time for a person: a second one waits up to 5 seconds and is then told 409. With an answer of 502 or 503
/// nothing was cleared, and the call can be repeated; the person has a new version then, as what was tried is on
/// record. Where only the new account fails, the answer is 200 and `reprovision.error` says why.
///
/// Allowed: staff.
#[utoipa::path(
    post,
    path = "/admin/threedeye/users/{userId}/reset",
    operation_id = "resetThreeDEyeUser",
    tag = "Cameras",
    params(("userId" = String, Path, description = "The person", example = "0190163d-8694-739b-aea5-5966c26f8ad2")),
    request_body = Option<Body>,
    responses(
        (status = 200, description = "What was done", body = Answered),
        (status = 404, description = "Neither a person nor a row with this id", body = ErrorBody),
        (status = 409, description = "Another call is still at work on this person's account", body = ErrorBody),
        (status = 502, description = "3dEye failed; nothing was cleared", body = ErrorBody),
        (status = 503, description = "3dEye is not configured, or the service cannot answer at present; see Retry-After", body = ErrorBody),
    )
)]
pub(crate) async fn handler(State(app): State<App>, id: Id, command: Command) -> Result<Answer<Answered>, Problem> {
    let body: Body = command.json_or_default()?;
    let (user, switches) = (id.user(), body.into());
    let (work, request) = (app.clone(), command.request);
    let reset = app.detached(async move { work.cases.threedeye.reset.execute(&request, user, switches).await }).await;
    let outcome = reset.map_err(|error| Problem::of(error, &id))?;
    Ok(Answer::read(outcome.value.version, outcome.value.into()).replayed(outcome.replayed))
}
