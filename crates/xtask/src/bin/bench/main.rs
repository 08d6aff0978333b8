//! Measures the release binary of the service, and bare loops over the same database beside it, since rates of one
//! machine mean nothing on another: what counts is the share of what the disk and the engine could give.

mod accounts;
mod bare;
mod bare_server;
mod cameras;
mod commands;
mod copies;
mod disk;
mod ground;
mod history;
mod http;
mod load;
mod log;
mod report;
mod second_factor;
mod seed;
mod service;
mod sessions;
mod statements;

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
    /// Grant, list and revoke over HTTP, by turns with bare loops of the same statements
    Commands(commands::Options),
    /// Revoke in a database full of history, by turns with one that has none; fails when it costs more than 1.2 times
    History(history::Options),
    /// Count the SQL statements of a revoke, alone and under load, in the log of a Postgres
    ///
    /// Only Postgres tells from outside what it executes. SQLite is written by the same steps; there each change that is
    /// folded into one statement here is a statement of its own, which costs no round trip.
    Statements(statements::Options),
    /// Look up sessions with `GET /api/v1/me`, by turns with a bare axum handler that answers the same bytes
    Sessions(sessions::Options),
    /// Ask for a second factor and reset it with a code, by turns with bare transactions, two for each reset
    SecondFactor(second_factor::Options),
    /// Camera accounts at a 3dEye that takes 50 ms, and at one that hangs; fails when a limit is exceeded
    Cameras(cameras::Options),
    /// The bare handler, as a server of its own
    #[command(hide = true)]
    BareServer(bare_server::Options),
}

#[tokio::main(flavor = "current_thread")] // leaves the other cores to the service
async fn main() -> Result<()> {
    match Cli::parse().benchmark {
        Benchmark::Commands(options) => commands::run(options).await,
        Benchmark::History(options) => history::run(options).await,
        Benchmark::Statements(options) => statements::run(options).await,
        Benchmark::Sessions(options) => sessions::run(options).await,
        Benchmark::SecondFactor(options) => second_factor::run(options).await,
        Benchmark::Cameras(options) => cameras::run(options).await,
        Benchmark::BareServer(options) => bare_server::run(options),
    }
}
