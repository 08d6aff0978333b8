//! `portcullis migrate`

use clap::Args;

use super::progress::Progress;
use super::{Failure, say};
use crate::composition::{Composition, Schema, StartError};
use crate::config::Config;

#[derive(Debug, Args)]
pub(super) struct Options {
    /// Make all views anew from the events too. The more events, the longer it takes; writers wait.
    #[arg(long)]
    rebuild_views: bool,
}

pub(super) async fn run(config: &Config, options: &Options) -> Result<(), Failure> {
    let store = Composition::open(config, Schema::Migrate).await?.store;
    say(format_args!("the database has the schema of this release"))?;
    if options.rebuild_views {
        let progress = Progress::new("making the views anew");
        let rebuilt = store.rebuild_views().await;
        progress.end();
        rebuilt.map_err(StartError::Database)?;
        say(format_args!("all views are made anew from the events"))?;
    }
    store.close().await;
    Ok(())
}
