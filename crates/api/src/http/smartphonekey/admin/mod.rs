//! For staff only.

mod aggregates;
mod outbox;
mod second_factors;
mod threedeye;
mod users;

pub(crate) use threedeye::backfill::Answered as ToldBackfill;
pub(crate) use threedeye::drift::Finding as ToldDrift;
pub(crate) use threedeye::repair::Answered as ToldRepair;
pub(crate) use users::reset_totp::Told as ToldTotpReset;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(threedeye::backfill::handler))
        .routes(routes!(threedeye::diagnose::handler))
        .routes(routes!(threedeye::drift::handler))
        .routes(routes!(threedeye::repair::handler))
        .routes(routes!(threedeye::reset::handler))
        .routes(routes!(users::reset_totp::handler))
        .routes(routes!(second_factors::handler))
        .routes(routes!(aggregates::list::handler))
        .routes(routes!(aggregates::read::handler))
        .routes(routes!(aggregates::events::handler))
        .routes(routes!(outbox::list::handler))
        .routes(routes!(outbox::retry::handler))
}
