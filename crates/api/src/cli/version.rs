//! What `--version` tells.

use std::sync::LazyLock;

use portcullis_adapters::store::SCHEMA_VERSION;

/// Release, what databases it goes with, and what it was built for.
pub(super) static LONG: LazyLock<String> = LazyLock::new(|| {
    let release = env!("CARGO_PKG_VERSION");
    let (system, machine) = (std::env::consts::OS, std::env::consts::ARCH);
    format!("{release}\nschema {SCHEMA_VERSION}, on SQLite or Postgres\nbuilt for {system} on {machine}")
});
