//! The write path: queue, batch, facts, plan, statements.

mod batch;
mod camera_roles;
mod cameras;
mod committer;
mod factors;
mod facts;
mod outbox;
mod overlay;
mod past_grants;
mod perform;
mod plan;
mod private;
mod relocated;
mod sessions;
mod sign_ins;
mod step;
mod tables;
mod views;
mod work;

pub(super) use batch::Writer;
pub(super) use committer::Committer;
pub(super) use factors::totp_word;
pub(super) use outbox::payload_place;
pub use perform::{PerformCommit, PlainCommit};
pub(super) use private::{mapping_state, threedeye_place, totp_place};
pub(super) use sessions::{PERSONAL, SIGN_IN};
pub(super) use step::{Step, hex};
pub(super) use tables::{Column, Kind, Table, VIEWS};
pub(super) use views::Views;
pub(super) use work::outcome_place;

use sea_orm::DbBackend;
use serde_json::Value as Json;

/// Every statement of the write path that looks rows up, by name: for the tests that explain them.
pub(super) fn statements(backend: DbBackend) -> Vec<(String, String)> {
    let mut statements = vec![("facts".to_owned(), facts::facts_sql(backend))];
    let mut samples: Vec<(String, Step)> = Vec::new();
    for table in tables::ALL {
        let row = |columns: usize| vec![vec![Json::Null; columns]];
        samples.push((format!("put {}", table.name), Step::put(backend, table, row(table.columns().count()))));
        let delete = Step::delete(backend, table.name, table.keys, row(table.keys.len()));
        samples.push((format!("delete {}", table.name), delete));
    }
    samples.extend(work::samples(backend));
    for (name, step) in samples {
        statements
            .extend(Step::statements(backend, vec![step]).into_iter().map(|statement| (name.clone(), statement.sql)));
    }
    statements
}
