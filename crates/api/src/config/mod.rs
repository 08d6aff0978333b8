//! Configuration: embedded defaults, then a TOML file, then the environment; later ones win key by key.
//!
//! Nothing is read from anywhere else, and nothing is guessed: an unknown key is a fault, and all faults are told at
//! once, each with its key. An empty variable counts as not set.

mod check;
mod check_camera;
mod check_mail;
mod email_factor;
mod keys;
mod limits;
mod secrets;
mod settings;

use std::collections::BTreeMap;
use std::path::Path;

use config::{Environment, File, FileFormat, Value, ValueKind};
use thiserror::Error;

pub use self::keys::Effective;
pub(crate) use self::keys::shown_address;
pub(crate) use self::secrets::master_key;
pub use self::secrets::{MasterKeyConfig, SecretsConfig};
pub use self::settings::{
    Bootstrap, Config, DatabaseConfig, DatabaseKind, HttpConfig, MailConfig, MailTarget, ThreeDEyeConfig, TlsFiles,
};

/// What is wrong with the configuration: one line a fault, each naming its key.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{}", .0.join("\n"))]
pub struct ConfigFaults(pub Vec<String>);

/// Where settings may come from besides the defaults.
#[derive(Debug, Clone, Copy, Default)]
pub struct Sources<'a> {
    /// A TOML file.
    pub file: Option<&'a Path>,
    /// Stands in for the process's environment.
    pub environment: Option<&'a BTreeMap<String, String>>,
    /// Settings by key, stronger than all others, and than a file that holds one.
    pub overrides: &'a [(&'a str, String)],
}

/// Reads and checks the configuration.
pub fn load(sources: Sources<'_>) -> Result<Config, ConfigFaults> {
    Effective::new(flat(sources)?).check()
}

/// All leaves by their dotted keys.
fn flat(sources: Sources<'_>) -> Result<BTreeMap<String, Value>, ConfigFaults> {
    let fault = |error: config::ConfigError| ConfigFaults(vec![error.to_string()]);
    let mut builder =
        config::Config::builder().add_source(File::from_str(include_str!("defaults.toml"), FileFormat::Toml));
    if let Some(path) = sources.file {
        builder = builder.add_source(File::from(path).format(FileFormat::Toml));
    }
    let environment = Environment::with_prefix("PORTCULLIS").prefix_separator("__").separator("__").ignore_empty(true);
    let given = sources.environment.map(|given| given.clone().into_iter().collect());
    builder = builder.add_source(environment.source(given));
    for (key, value) in sources.overrides {
        builder = builder.set_override(key, value.clone()).map_err(fault)?;
    }
    let root = builder.build().map_err(fault)?;
    let mut leaves = BTreeMap::new();
    collect(String::new(), root.cache, &mut leaves);
    for (key, _) in sources.overrides {
        leaves.remove(&format!("{key}_file"));
    }
    Ok(leaves)
}

fn collect(key: String, value: Value, leaves: &mut BTreeMap<String, Value>) {
    match value.kind {
        ValueKind::Table(table) => {
            for (name, value) in table {
                let key = if key.is_empty() { name } else { format!("{key}.{name}") };
                collect(key, value, leaves);
            }
        }
        _ => {
            leaves.insert(key, value);
        }
    }
}
