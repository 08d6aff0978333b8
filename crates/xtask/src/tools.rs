//! Tools the tests need beside Rust, each found or installed before anything is compiled, so that a machine that cannot
//! run the tests says so at once. A test never skips itself for want of one.

use anyhow::Result;

use crate::postgres::{self, Binaries, Cluster};
use crate::step;

/// Everything found; nothing running yet.
#[derive(Debug)]
pub struct Tools {
    postgres: Binaries,
}

/// What runs while the tests run. Stopped when dropped.
#[derive(Debug)]
pub struct Running {
    postgres: Cluster,
}

impl Tools {
    pub fn provide() -> Result<Self> {
        step::announce("looking for the Postgres server binaries");
        let postgres = postgres::provide()?;
        step::announce(format!("found them in {}", postgres.folder().display()));
        Ok(Self { postgres })
    }

    pub fn start(&self) -> Result<Running> {
        step::announce("starting a private Postgres cluster");
        Ok(Running { postgres: Cluster::start(&self.postgres)? })
    }
}

impl Running {
    /// How the tests find them.
    pub fn environment(&self) -> Vec<(&'static str, String)> {
        vec![("PORTCULLIS_TEST_POSTGRES", self.postgres.url())]
    }
}
