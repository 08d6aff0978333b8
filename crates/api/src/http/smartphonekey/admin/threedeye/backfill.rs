//! `POST /admin/backfill-threedeye`

use std::time::Duration;

use axum::extract::State;
use portcullis_domain::usecase::threedeye::{BackfillOrder, BackfillReport, BackfillWatch};
use serde::{Deserialize, Serialize};
use tokio::time::Instant;
use utoipa::{IntoParams, ToSchema};

use crate::app::App;
use crate::http::DEADLINE;
use crate::http::smartphonekey::answer::Answer;
use crate::http::smartphonekey::command::Command;
use crate::http::smartphonekey::json::Faults;
use crate::http::smartphonekey::path::Id;
use crate::http::smartphonekey::problem::{ErrorBody, Problem};
use crate::http::smartphonekey::query::{self, Query};

/// People taken on, unless another number is asked for.
const USUAL: u32 = 50;
/// People taken on at most.
const MOST: u32 = 1000;

/// How many.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Filter {
    /// At most this many people: 1 to 1000, 50 when absent.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 1000, example = 50)]
    limit: Option<String>,
}

/// What was done.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ThreeDEyeBackfillAnswer)]
pub(crate) struct Answered {
    /// False when it ended early, as its time was over, 3dEye was not called any more or the service went down; the
    /// last of `errors` says why.
    #[schema(example = true)]
    success: bool,
    /// People whose turn came: `created` and `failed` together.
    #[schema(example = 50)]
    total: u64,
    /// Accounts made.
    #[schema(example = 49)]
    created: u64,
    /// People who still have none.
    #[schema(example = 1)]
    failed: u64,
    /// Why, of the first hundred.
    #[schema(example = json!(["user 0190163d-8694-739b-aea5-5966c26f8ad2: 3dEye is unavailable"]))]
    errors: Vec<String>,
}

impl From<BackfillReport> for Answered {
    fn from(report: BackfillReport) -> Self {
        let BackfillReport { total, created, failed, mut errors, stopped } = report;
        let success = stopped.is_none();
        errors.extend(stopped.map(|why| format!("ended early: {why}")));
        Self { success, total, created, failed, errors }
    }
}

/// How long people are taken on: what is left of the time of a request is for those under way then.
const TAKING_ON: Duration = Duration::from_secs(DEADLINE.as_secs() * 5 / 6);

/// Ends a backfill when the service goes down, and in time for its answer.
struct InTime {
    app: App,
    end: Instant,
}

impl BackfillWatch for InTime {
    fn is_to_end(&self) -> Option<&'static str> {
        if self.app.is_draining() {
            Some("the service goes down")
        } else {
            (Instant::now() >= self.end).then_some("the time of one request is over; another call goes on")
        }
    }
}

/// Make the camera accounts that are missing
///
/// Makes camera accounts for active people who have an address and no account, several at once. The body is not looked
/// at.
///
/// It goes on after failures and may be asked for again: those never tried come first, then those whose last try is
/// longest ago. People who are suspended or switched off are passed over. Hanging up does not stop it. Whoever has no
/// account because it was deleted by a reset gets a new one.
///
/// After 50 seconds nobody else is taken on, `success` is false, and another call goes on, under another
/// `Idempotency-Key` if any: the `limit` belongs to what a key stands for. A repeat that comes while the first is
/// still at it works beside it, and is answered as the first.
///
/// Allowed: staff.
#[utoipa::path(
    post,
    path = "/admin/backfill-threedeye",
    operation_id = "backfillThreeDEye",
    tag = "Cameras",
    params(Filter),
    responses(
        (status = 200, description = "What was done, for how many it failed, and why", body = Answered),
        (status = 503, description = "3dEye is not configured or not called at present, or the service cannot answer; see Retry-After", body = ErrorBody),
    )
)]
pub(crate) async fn handler(
    State(app): State<App>,
    Query(filter): Query<Filter>,
    command: Command,
) -> Result<Answer<Answered>, Problem> {
    let mut faults = Faults::default();
    let limit = query::limit(&mut faults, filter.limit, USUAL, MOST);
    let order = BackfillOrder { limit: Some(limit.into()), concurrency: app.settings.camera.turns() };
    let order = faults.check(Some(order))?;
    let (work, request) = (app.clone(), command.request);
    let backfill = app.detached(async move {
        let watch = InTime { app: work.clone(), end: Instant::now() + TAKING_ON };
        work.cases.threedeye.backfill.execute(&request, order, &watch).await
    });
    let outcome = backfill.await.map_err(|error| Problem::of(error, &Id::from(String::new())))?;
    Ok(Answer::read(None, outcome.value.into()).replayed(outcome.replayed))
}
