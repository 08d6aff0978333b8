//! `cargo xtask …`: see `cargo xtask --help`.

use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};
use xtask::tests::{self, Outcome};
use xtask::{bench, deny, openapi, semver};

/// Development tasks of Portcullis.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask")]
struct Cli {
    #[command(subcommand)]
    task: Task,
}

#[derive(Debug, Subcommand)]
enum Task {
    Test(tests::Options),
    /// Licences, sources, banned crates and advisories, with cargo-deny
    Deny,
    /// Compare the public API of crates that others use with an earlier state
    Semver,
    /// Write docs/openapi.json from the routes
    Openapi,
    Bench(bench::Options),
}

fn main() -> ExitCode {
    match run(Cli::parse().task) {
        Ok(Outcome::Passed) => ExitCode::SUCCESS,
        Ok(Outcome::TestsFailed) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("xtask: failed: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(task: Task) -> Result<Outcome> {
    match task {
        Task::Test(options) => return tests::run(&options),
        Task::Deny => deny::run()?,
        Task::Semver => semver::run()?,
        Task::Openapi => openapi::run()?,
        Task::Bench(options) => bench::run(&options)?,
    }
    Ok(Outcome::Passed)
}
