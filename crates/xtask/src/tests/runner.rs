//! The command that runs the tests.

use std::process::Command;

use crate::{machine, step};

/// nextest where it is installed: it runs tests side by side and stops hanging ones. Nobody is made to install it, which
/// takes minutes; `cargo test` runs the same tests.
pub(super) fn command(filter: Option<&str>, more: &[String]) -> Command {
    if machine::has_cargo_command("nextest") {
        step::announce("running the tests with cargo-nextest");
        let mut command = step::cargo(["nextest", "run", "--workspace", "--all-features"]);
        if let Some(filter) = filter {
            command.args(["-E", filter]);
        }
        command.args(more);
        return command;
    }
    step::announce("running the tests with cargo test (cargo-nextest, if installed, is quicker)");
    let mut command = step::cargo(["test", "--workspace", "--all-features", "--lib", "--bins", "--tests"]);
    command.arg("--no-fail-fast").args(filter);
    if !more.is_empty() {
        command.arg("--").args(more);
    }
    command
}
