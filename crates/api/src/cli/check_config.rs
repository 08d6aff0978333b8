//! `portcullis check-config`

use clap::Args;
use serde_json::{Map, Value};

use super::output::Output;
use super::{Failure, say};
use crate::config::Config;

const EXAMPLES: &str = "\
Examples:
  portcullis check-config
  portcullis --config portcullis.toml check-config
  portcullis check-config --json";

/// Check the settings and print the effective ones, without secrets.
///
/// For before a start with changed settings: all faults are told at once. With --json settings are nested like the
/// sections of a file.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Options {
    #[command(flatten)]
    output: Output,
}

pub(super) fn run(config: &Config, options: &Options) -> Result<(), Failure> {
    options.output.tell(&nested(config), || {
        // What JSON writes of texts, numbers, switches and lists of texts is TOML, too.
        config.shown.iter().try_for_each(|(key, value)| say(format_args!("{key} = {value}")))
    })
}

/// The settings by section.
fn nested(config: &Config) -> Value {
    let mut root = Map::new();
    for (key, value) in &config.shown {
        put(&mut root, key, value);
    }
    Value::Object(root)
}

fn put(section: &mut Map<String, Value>, key: &str, value: &Value) {
    if let Some((name, rest)) = key.split_once('.') {
        let below = section.entry(name).or_insert_with(|| Value::Object(Map::new()));
        if let Value::Object(below) = below {
            put(below, rest, value);
        }
    } else {
        section.insert(key.to_owned(), value.clone());
    }
}
