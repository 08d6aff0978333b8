//! `portcullis check-config`

use super::Failure;
use crate::config::Config;

#[expect(clippy::unnecessary_wraps, reason = "commands have one form")]
pub(super) fn run(config: &Config) -> Result<(), Failure> {
    for (key, value) in &config.shown {
        println!("{key} = {value}");
    }
    Ok(())
}
