//! Measures the release binary of the service, and bare loops over the same database beside it, since rates of one
//! machine mean nothing on another: what counts is the share of what the disk and the engine could give.

mod bare;
mod disk;
mod http;
mod load;
mod report;
mod revoke;
mod seed;
mod service;

use anyhow::Result;
use clap::{Parser, Subcommand};

/// Benchmarks of Portcullis.
///
/// Data goes to a fresh folder below the temporary one: set TMPDIR to measure another disk.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask bench")]
struct Cli {
    #[command(subcommand)]
    benchmark: Benchmark,
}

#[derive(Debug, Subcommand)]
enum Benchmark {
    /// Take locks away from people over HTTP, by turns with bare loops of the same statements
    Revoke(revoke::Options),
}

#[tokio::main(flavor = "current_thread")] // leaves the other cores to the service
async fn main() -> Result<()> {
    match Cli::parse().benchmark {
        Benchmark::Revoke(options) => revoke::run(options).await,
    }
}
