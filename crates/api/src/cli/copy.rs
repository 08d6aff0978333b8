//! `portcullis copy`

use std::time::Instant;

use clap::Args;
use portcullis_adapters::store::{Copied, CopyFault};
use portcullis_domain::secret::Secret;
use serde::Serialize;

use super::progress::Progress;
use super::{Failure, Settings, say};
use crate::composition::{CopyEnds, CopyEndsError, StartError};
use crate::config::{DatabaseKind, shown_address};

const EXAMPLES: &str = "\
Examples:
  portcullis copy --from sqlite://portcullis.db --to postgres://portcullis@db.example.com/portcullis
  portcullis copy --from postgres://portcullis@db.example.com/portcullis --to sqlite://back.db --json
Ends with status 2 when something must be changed first, and with 1 when the copy failed.";

#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Options {
    /// Address of the database to copy: sqlite://FILE or postgres://…
    #[arg(long, value_name = "URL")]
    from: Secret<String>,
    /// Address of the empty database to copy to. A file is made if there is none.
    #[arg(long, value_name = "URL")]
    to: Secret<String>,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(settings: &Settings, options: &Options) -> Result<(), Failure> {
    let from = options.from.expose();
    if DatabaseKind::of(from).is_none() {
        return Err(Failure::misuse(CopyEndsError::Address("--from")));
    }
    let config = settings.load_with(&[("database.url", from.clone())])?;
    let ends = CopyEnds::take(&config, &options.to).map_err(|error| match error {
        CopyEndsError::Start(error @ (StartError::Database(_) | StartError::File(..))) => error.into(),
        error => Failure::misuse(error),
    })?;
    let progress = Progress::new();
    let started = Instant::now();
    let copied = ends.copy(&|done, due| progress.show(done, due)).await;
    progress.end();
    let copied = copied.map_err(|fault: CopyFault| {
        if fault.is_refusal() { Failure::misuse(fault) } else { anyhow::Error::from(fault).into() }
    })?;
    tell(options, &Told::of(&copied, started.elapsed().as_secs_f64()))
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
    /// Values that could not be opened although their key is known, as in the source.
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
        let table = |table: &portcullis_adapters::store::CopiedTable| Table { name: table.name.clone(), rows: table.rows };
        Self {
            verified: true,
            rows: copied.rows(),
            events: copied.events,
            streams: copied.streams,
            sealed_values: copied.sealed,
            damaged_values: copied.damaged,
            seconds: (seconds * 1000.0).round() / 1000.0,
            tables: copied.tables.iter().map(table).collect(),
        }
    }
}

fn tell(options: &Options, told: &Told) -> Result<(), Failure> {
    if options.json {
        return Ok(say(format_args!("{}", serde_json::to_string_pretty(told)?))?);
    }
    let (from, to) = (shown_address(options.from.expose()), shown_address(options.to.expose()));
    say(format_args!("copied {from} to {to}: {} rows of {} tables", told.rows, told.tables.len()))?;
    say(format_args!("verified: every row is equal on both sides, {} events in {} streams", told.events, told.streams))?;
    say(format_args!("verified: the views made anew from the copied events are those of the source"))?;
    say(format_args!("verified: {} sealed values are opened by the configured master keys", told.sealed_values))?;
    if told.damaged_values > 0 {
        say(format_args!("not opened: {} sealed values that are damaged in the source too", told.damaged_values))?;
    }
    say(format_args!("next: set database.url to the target, keep the same master keys, and serve"))?;
    Ok(())
}
