//! Options every command takes.

use std::path::PathBuf;

use anyhow::anyhow;
use clap::builder::{OsStringValueParser, TypedValueParser};
use clap::{Args, ColorChoice, ValueHint};

use super::Failure;
use super::logging::{Filter, LogFormat};
use crate::config::{self, Config, Sources};

const EVERYWHERE: &str = "Options everywhere";

#[derive(Debug, Args)]
pub(super) struct Settings {
    /// A TOML file with settings.
    #[arg(
        long,
        global = true,
        value_name = "FILE",
        env = "PORTCULLIS_CONFIG",
        hide_env_values = true,
        value_parser = OsStringValueParser::new().map(PathBuf::from),
        value_hint = ValueHint::FilePath,
        help_heading = EVERYWHERE
    )]
    pub(super) config: Option<PathBuf>,
    /// When to use colours; by default on a terminal, unless `NO_COLOR` is set.
    #[arg(long, global = true, value_name = "WHEN", default_value_t, hide_default_value = true, help_heading = EVERYWHERE)]
    pub(super) color: ColorChoice,
    /// What to log on standard error, such as `debug` or `warn,portcullis_api=info`.
    #[arg(
        long,
        global = true,
        value_name = "FILTER",
        env = "RUST_LOG",
        hide_env_values = true,
        value_hint = ValueHint::Other,
        help_heading = EVERYWHERE
    )]
    pub(super) log: Option<Filter>,
    /// How lines of the log look.
    #[arg(
        long,
        global = true,
        value_name = "FORMAT",
        env = "PORTCULLIS_LOG_FORMAT",
        hide_env_values = true,
        value_enum,
        default_value_t = LogFormat::Text,
        help_heading = EVERYWHERE
    )]
    pub(super) log_format: LogFormat,
}

impl Settings {
    pub(super) fn load(&self) -> Result<Config, Failure> {
        self.load_with(&[])
    }

    /// The same with settings that are stronger than all others.
    pub(super) fn load_with(&self, overrides: &[(&str, String)]) -> Result<Config, Failure> {
        // A variable that is there with nothing in it counts as not set.
        let file = self.config.as_deref().filter(|file| !file.as_os_str().is_empty());
        if let Some(file) = file.filter(|file| !file.exists()) {
            return Err(Failure::misuse(
                anyhow!("the file of settings {} is not there", file.display()),
                "make it, or name another with --config or PORTCULLIS_CONFIG",
            ));
        }
        Ok(config::load(Sources { file, overrides, ..Sources::default() })?)
    }
}
