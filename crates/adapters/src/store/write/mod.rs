//! The write path: queue, batch, facts, plan, statements.

mod batch;
mod committer;
mod facts;
mod outbox;
mod overlay;
mod perform;
mod plan;
mod private;
mod step;
mod tables;
mod views;
mod work;

pub(super) use batch::Writer;
pub(super) use committer::Committer;
pub(super) use outbox::payload_place;
pub use perform::{PerformCommit, PlainCommit};
pub(super) use private::{mapping_state, threedeye_place, totp_place};
pub(super) use step::{Step, hex};
pub(super) use tables::{Column, Kind, Table, VIEWS};
pub(super) use views::Views;
pub(super) use work::outcome_place;
