//! `portcullis copy`

use std::time::Instant;

use anyhow::anyhow;
use clap::{Args, ValueHint};
use portcullis_adapters::store::{Copied, CopyFault};
use portcullis_domain::secret::Secret;
use serde::Serialize;

use super::output::Output;
use super::progress::Progress;
use super::{Failure, next, say};
use crate::cli::settings::Settings;
use crate::composition::{CopyEnds, CopyEndsError};
use crate::config::{DatabaseKind, shown_address};

const EXAMPLES: &str = "\
Examples:
  portcullis copy --from sqlite://portcullis.db --to postgres://portcullis@db.example.com/portcullis
  portcullis copy --from postgres://portcullis@db.example.com/portcullis --to sqlite://back.db --json";

/// Copy everything to another, empty database, SQLite or Postgres, and compare both. Stop every process first.
///
/// For moving from one database to another. The source is only read. On the target all is one transaction, the schema
/// included. It counts when every row was found equal on both sides, positions and versions have no gap, and the views
/// made anew from the copied events are those of the source. Broken off before, by a failure, Ctrl-C or a power cut, it
/// leaves the target empty.
///
/// Secrets are copied as they are sealed, so both ends need the same master keys: those of the settings, or of
/// master.key beside an embedded source. A password that should not stand in an address may be in PGPASSWORD or in
/// ~/.pgpass.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Options {
    /// Address of the database to copy: `sqlite://FILE` or `postgres://…`
    #[arg(long, value_name = "URL", value_hint = ValueHint::Other)]
    from: Secret<String>,
    /// Address of the empty database to copy to. A file is made if there is none.
    #[arg(long, value_name = "URL", value_hint = ValueHint::Other)]
    to: Secret<String>,
    #[command(flatten)]
    output: Output,
}

pub(super) async fn run(settings: &Settings, options: &Options) -> Result<(), Failure> {
    let from = options.from.expose();
    if DatabaseKind::of(from).is_none() {
        return Err(Failure::misuse(anyhow!("--from must be sqlite://FILE or postgres://…"), next::COPY_ADDRESS));
    }
    let config = settings.load_with(&[("database.url", from.clone())])?;
    let ends = CopyEnds::take(&config, &options.to).map_err(not_begun)?;
    let progress = Progress::new("copying and comparing rows");
    let started = Instant::now();
    let copied = ends.copy(&|done, due| progress.show(done, due)).await;
    progress.end();
    let told = Told::of(&copied.map_err(not_copied)?, started.elapsed().as_secs_f64());
    options.output.tell(&told, || tell(options, &told))
}

fn not_begun(error: CopyEndsError) -> Failure {
    let next = next::after_copy_ends(&error);
    Failure::misuse(error, next)
}

fn not_copied(fault: CopyFault) -> Failure {
    let next = next::after_copy(&fault);
    if fault.is_refusal() { Failure::misuse(fault, next) } else { Failure::failed(fault, next) }
}

/// What is told of a copy.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Told {
    /// Always true: what is not found equal is not left.
    verified: bool,
    rows: u64,
    events: u64,
    streams: u64,
    sealed_values: u64,
    /// Values that cannot be opened although their key is known, on both sides.
    damaged_values: u64,
    seconds: f64,
    tables: Vec<Table>,
}

#[derive(Debug, Serialize)]
struct Table {
    name: String,
    rows: u64,
}

impl Told {
    fn of(copied: &Copied, seconds: f64) -> Self {
        Self {
            verified: true,
            rows: copied.rows(),
            events: copied.events,
            streams: copied.streams,
            sealed_values: copied.sealed,
            damaged_values: copied.damaged,
            seconds: (seconds * 1000.0).round() / 1000.0,
            tables: copied.tables.iter().map(|table| Table { name: table.name.clone(), rows: table.rows }).collect(),
        }
    }
}

fn tell(options: &Options, told: &Told) -> anyhow::Result<()> {
    let (from, to) = (shown_address(options.from.expose()), shown_address(options.to.expose()));
    say(format_args!("copied {from} to {to}: {} rows of {} tables", told.rows, told.tables.len()))?;
    say(format_args!(
        "verified: every row is equal on both sides, {} events in {} streams",
        told.events, told.streams
    ))?;
    say(format_args!("verified: the views made anew from the copied events are those of the source"))?;
    say(format_args!("verified: the master keys open {} sealed values", told.sealed_values))?;
    if told.damaged_values > 0 {
        say(format_args!("damaged: {} sealed values cannot be opened, in the source either", told.damaged_values))?;
    }
    say(format_args!("next: set database.url to the target, keep the same master keys, and serve"))
}
