//! `cargo xtask bench …`: compiles and runs the benchmark, a binary of its own (`src/bin/bench/`) behind the feature
//! `bench`, so that its database drivers do not hold up every other task.

use anyhow::Result;
use clap::Args;

use crate::step;

/// Measure the release binary beside bare database loops; `cargo xtask bench help` says more.
///
/// Compiled on first use, with the feature `bench` of this package.
#[derive(Debug, Args)]
#[command(disable_help_flag = true)]
pub struct Options {
    #[arg(trailing_var_arg = true, allow_hyphen_values = true, value_name = "ARGUMENTS")]
    arguments: Vec<String>,
}

pub fn run(options: &Options) -> Result<()> {
    let build = ["run", "--quiet", "--release", "--package", "xtask", "--features", "bench", "--bin", "bench", "--"];
    step::run(step::cargo(build).args(&options.arguments))
}
