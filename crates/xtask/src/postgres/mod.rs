//! A private Postgres for the tests, made from the machine's own server binaries.

mod binaries;
mod cluster;
mod install;

pub use binaries::Binaries;
pub use cluster::Cluster;

use anyhow::{Context, Result};

/// The server binaries; installs them where that is possible, else says what to install.
pub fn provide() -> Result<Binaries> {
    if let Some(binaries) = binaries::find() {
        return Ok(binaries);
    }
    install::install().context(
        "the tests need the Postgres server binaries (initdb, pg_ctl, postgres) and they are not on this machine. \
         Install them (Debian, Ubuntu: `sudo apt-get install postgresql`; Fedora: `sudo dnf install postgresql-server`; \
         macOS: `brew install postgresql`), or put their folder on PATH. They were not installed for you because",
    )?;
    binaries::find().context("Postgres was installed, yet there is no folder with initdb, pg_ctl and postgres")
}
