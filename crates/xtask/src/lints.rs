//! The checks that run nothing of ours.

use anyhow::Result;

use crate::{crate_tree, semver, step};

type Check = fn() -> Result<()>;

/// Runs them all, the cheap ones first, and gives what failed: one run tells everything.
pub fn run() -> Vec<String> {
    let checks: [(&str, Check); 4] = [
        ("checking the format", format),
        ("checking the crate tree", crate_tree::check),
        ("running clippy", clippy),
        ("checking promises of public APIs", semver::run),
    ];
    let mut failures = Vec::new();
    for (what, check) in checks {
        step::announce(what);
        if let Err(error) = check() {
            step::announce(format!("{what} failed: {error:#}"));
            failures.push(format!("{error:#}"));
        }
    }
    failures
}

fn format() -> Result<()> {
    step::run(&mut step::cargo(["fmt", "--all", "--check"]))
}

fn clippy() -> Result<()> {
    step::run(&mut step::cargo([
        "clippy",
        "--workspace",
        "--all-targets",
        "--all-features",
        "--quiet",
        "--",
        "-D",
        "warnings",
    ]))
}
