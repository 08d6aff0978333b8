//! `portcullis migrate`

use clap::Args;
use portcullis_adapters::store::SCHEMA_VERSION;
use serde::Serialize;

use super::output::Output;
use super::progress::Progress;
use super::{Failure, say};
use crate::composition::{Composition, Schema, StartError};
use crate::config::Config;

const EXAMPLES: &str = "\
Examples:
  portcullis migrate
  portcullis migrate --rebuild-views
  portcullis migrate --json";

/// Bring the database's schema up to this release. Stop every process of an older release first.
///
/// For an update on Postgres; on SQLite `serve` does it by itself. A release that brings new views fills them from the
/// events, in one transaction, during which nobody else can write, and on Postgres nobody can read. A process of an older
/// release that goes on afterwards writes what the new views do not see; should that have happened, stop it and use
/// --rebuild-views.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Options {
    /// Make all views anew from the events too. The more events, the longer it takes; writers wait.
    #[arg(long)]
    rebuild_views: bool,
    #[command(flatten)]
    output: Output,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Told {
    schema_version: u64,
    /// Was it another one before?
    migrated: bool,
    views_rebuilt: bool,
}

pub(super) async fn run(config: &Config, options: &Options) -> Result<(), Failure> {
    let progress = Progress::new("bringing the schema up");
    let Composition { store, migrated, .. } = Composition::open(config, Schema::Migrate).await?;
    if options.rebuild_views {
        progress.say("making all views anew from the events");
        store.rebuild_views().await.map_err(StartError::Database)?;
    }
    progress.end();
    store.close().await;
    let told = Told { schema_version: SCHEMA_VERSION, migrated, views_rebuilt: options.rebuild_views };
    options.output.tell(&told, || {
        let how = if migrated { "was brought up to" } else { "has" };
        say(format_args!("the database {how} schema {SCHEMA_VERSION}, that of this release"))?;
        if options.rebuild_views { say(format_args!("all views are made anew from the events")) } else { Ok(()) }
    })
}
