//! Tools the tests need beside Rust, each found or installed before anything is compiled, so that a machine that cannot
//! run the tests says so at once. A test never skips itself for want of one.

use anyhow::Result;

use crate::clients::Clients;
use crate::postgres::{self, Binaries, Cluster};
use crate::step;

/// Everything found; nothing running yet.
#[derive(Debug)]
pub struct Tools {
    postgres: Binaries,
    clients: Clients,
}

/// What runs while the tests run. Stopped when dropped.
#[derive(Debug)]
pub struct Running {
    postgres: Cluster,
    clients: Vec<(&'static str, String)>,
}

impl Tools {
    pub fn provide() -> Result<Self> {
        step::announce("looking for the Postgres server binaries");
        let postgres = postgres::provide()?;
        step::announce(format!("found them in {}", postgres.folder().display()));
        step::announce("looking for curl, Go, Ruby, Chromium, Node and Python, and for what runs on them");
        let clients = Clients::provide()?;
        Ok(Self { postgres, clients })
    }

    pub fn start(&self) -> Result<Running> {
        step::announce("starting a private Postgres cluster");
        Ok(Running { postgres: Cluster::start(&self.postgres)?, clients: self.clients.environment() })
    }
}

impl Running {
    /// How the tests find them.
    pub fn environment(&self) -> Vec<(&'static str, String)> {
        let mut environment = self.clients.clone();
        environment.push(("PORTCULLIS_TEST_POSTGRES", self.postgres.url()));
        environment
    }
}
