//! `portcullis migrate`

use super::{Failure, say};
use crate::composition::{Composition, Schema};
use crate::config::Config;

pub(super) async fn run(config: &Config) -> Result<(), Failure> {
    let composition = Composition::open(config, Schema::Migrate).await?;
    composition.store.close().await;
    say(format_args!("the database has the schema of this release"))?;
    Ok(())
}
