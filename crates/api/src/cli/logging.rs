//! Logs: to standard error, as standard output is for answers.

use std::str::FromStr;

use anstream::{AutoStream, ColorChoice};
use clap::ValueEnum;
use json_subscriber::JsonLayer;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::time::SystemTime;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

use super::progress::Above;

/// How a line of the log looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line, for programs.
    Json,
}

/// What is logged; nothing said leaves it to the command.
#[derive(Debug, Clone)]
pub(super) struct Filter(String);

impl FromStr for Filter {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        EnvFilter::builder().parse(text).map_err(|error| {
            format!(
                "{error}; here and in RUST_LOG a level (error, warn, info, debug, trace, off) is meant, or such as \
                 warn,portcullis_api=debug"
            )
        })?;
        Ok(Self(text.to_owned()))
    }
}

/// Logs from now on, what is `usual` when nothing else was asked for.
pub(super) fn start(asked: Option<Filter>, usual: &str, format: LogFormat) {
    let asked = asked.map(|filter| filter.0).filter(|filter| !filter.trim().is_empty());
    let filter = EnvFilter::new(asked.as_deref().unwrap_or(usual));
    match format {
        LogFormat::Text => {
            let ansi = AutoStream::choice(&std::io::stderr()) != ColorChoice::Never;
            tracing_subscriber::fmt().with_env_filter(filter).with_writer(|| Above).with_ansi(ansi).init();
        }
        LogFormat::Json => {
            let mut layer = JsonLayer::new(|| Above);
            layer.with_timer("timestamp", SystemTime).with_level("level").with_target("target");
            layer.with_top_level_flattened_span_list().with_flattened_event();
            tracing_subscriber::registry().with(filter).with(layer).init();
        }
    }
}
