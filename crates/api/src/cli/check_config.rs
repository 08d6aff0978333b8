//! `portcullis check-config`

use super::{Failure, say};
use crate::config::Config;

pub(super) fn run(config: &Config) -> Result<(), Failure> {
    for (key, value) in &config.shown {
        say(format_args!("{key} = {value}"))?;
    }
    Ok(())
}
