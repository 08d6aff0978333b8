//! `cargo xtask test`: the one test command.

mod build;
mod runner;

use anyhow::{Result, bail};
use clap::{Args, ValueEnum};

use crate::tools::Tools;
use crate::{lints, step};

/// Everything that has to hold before a change goes in: format, crate tree, clippy, public APIs, build with examples, documentation
/// tests, and all tests against SQLite and a private Postgres.
///
/// Needs Rust and a C compiler. Postgres' server binaries are installed where that is possible without asking. Tests run
/// with cargo-nextest where it is installed, else with `cargo test`.
#[derive(Debug, Args)]
pub struct Options {
    /// Only these tests, without documentation tests: a filterset of nextest, without nextest a part of the name
    #[arg(long, value_name = "EXPR")]
    filter: Option<String>,

    /// Only one half
    #[arg(long, value_enum)]
    only: Option<Half>,

    /// Passed on to the test runner
    #[arg(last = true, value_name = "ARGUMENTS")]
    more: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Half {
    Tests,
    Lints,
}

/// How the run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    Passed,
    /// Said by the test runner, whose summary stays the last thing on the screen.
    TestsFailed,
}

pub fn run(options: &Options) -> Result<Outcome> {
    let tools = if options.only == Some(Half::Lints) { None } else { Some(Tools::provide()?) };
    // What fails before the tests does not stop them: whoever waits for a run on another machine wants to know it all.
    let mut failures = if options.only == Some(Half::Tests) { Vec::new() } else { lints::run() };
    let outcome = tools.map_or(Ok(Outcome::Passed), |tools| run_tests(&tools, options, &mut failures))?;
    if !failures.is_empty() {
        bail!("{}", failures.join("; "));
    }
    Ok(outcome)
}

fn run_tests(tools: &Tools, options: &Options, failures: &mut Vec<String>) -> Result<Outcome> {
    step::announce("building everything, examples included");
    let binary = build::everything()?;
    if options.filter.is_none() {
        step::announce("running the documentation tests");
        let doctests = step::run(&mut step::cargo(["test", "--doc", "--workspace", "--all-features", "--quiet"]));
        failures.extend(doctests.err().map(|error| format!("{error:#}")));
    }
    let running = tools.start()?;
    let mut command = runner::command(options.filter.as_deref(), &options.more);
    command.env("PORTCULLIS_BIN", binary).envs(running.environment());
    Ok(if command.status()?.success() { Outcome::Passed } else { Outcome::TestsFailed })
}
