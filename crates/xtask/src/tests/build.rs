//! Compiling what the tests run.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::Stdio;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::step;

const BINARY: &str = "portcullis";

/// Builds binaries, tests and examples, and gives the path of the service's binary. All in one call: building the binary
/// alone first would choose other features for shared crates and compile half of the tree twice.
pub(super) fn everything() -> Result<PathBuf> {
    let mut command = step::cargo(["build", "--workspace", "--all-features", "--all-targets"]);
    command.args(["--message-format", "json-render-diagnostics"]).stdout(Stdio::piped());
    let mut cargo = command.spawn().context("cannot run cargo")?;
    let mut binary = None;
    for line in BufReader::new(cargo.stdout.take().context("cargo has no output")?).lines() {
        binary = executable(&line?).or(binary);
    }
    let status = cargo.wait()?;
    if !status.success() {
        bail!("`cargo build` ended with {status}");
    }
    binary.with_context(|| format!("cargo built no binary called {BINARY}"))
}

/// The service's binary, if this message tells of it: the plain one, not the test harness of the same name.
fn executable(message: &str) -> Option<PathBuf> {
    let message: Value = serde_json::from_str(message).ok()?;
    let target = &message["target"];
    let ours = target["name"] == BINARY && target["kind"][0] == "bin" && message["profile"]["test"] == false;
    ours.then(|| message["executable"].as_str().map(PathBuf::from))?
}
