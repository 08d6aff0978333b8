//! Scripts that let clients loose on a server which others have published: they check for themselves, and say what they
//! did on standard output.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use serde_json::Value;
use tokio::process::Command;
use tokio::time::timeout;

use crate::machine;

/// The last line of a script that came to its end; one that stops early may well end with status 0.
const DONE: &str = "done";
/// Longest wait for the end: a browser takes its time where others build beside it.
const PATIENCE: Duration = Duration::from_mins(5);

/// Runs a script for Node with what it is to know, as JSON; answers what it printed.
pub async fn node(name: &str, told: &Value) -> Result<String> {
    let mut command = Command::new(machine::node()?);
    command.arg(path("node", name)).env("PORTCULLIS_NODE_PACKAGES", machine::node_packages()?);
    run(command, name, told).await
}

/// Runs a script for Node that drives a browser: what it is to know also has the path of one.
pub async fn browser(name: &str, told: Value) -> Result<String> {
    let mut told = told;
    told["chromium"] = serde_json::to_value(machine::chromium()?)?;
    node(name, &told).await
}

/// Runs a script for Python in the same way.
pub async fn python(name: &str, told: &Value) -> Result<String> {
    let mut command = Command::new(machine::python()?);
    command.arg(path("python", name)).env("PYTHONDONTWRITEBYTECODE", "1");
    run(command, name, told).await
}

fn path(language: &str, name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("clients").join(language).join(name)
}

async fn run(mut command: Command, name: &str, told: &Value) -> Result<String> {
    command.env("PORTCULLIS_TOLD", told.to_string()).stdin(Stdio::null()).kill_on_drop(true);
    let output = timeout(PATIENCE, command.output()).await.with_context(|| format!("{name} does not end"))?;
    let output = output.with_context(|| format!("{name} does not start"))?;
    let said = String::from_utf8(output.stdout)?;
    let complaints = String::from_utf8_lossy(&output.stderr);
    let done = output.status.success() && said.lines().last() == Some(DONE);
    ensure!(done, "{name} ended with {}\n{said}{complaints}", output.status);
    Ok(said)
}
