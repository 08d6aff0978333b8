//! The command line of the binary.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use anyhow::{Context, Result, ensure};
use tokio::process::Command;

use crate::machine;

/// What a command printed and how it ended.
#[derive(Debug)]
pub struct Finished {
    /// Exit status.
    pub status: Option<i32>,
    /// Standard output.
    pub stdout: String,
    /// Standard error.
    pub stderr: String,
}

/// A command of the binary with nothing of this process' environment but the path.
#[expect(clippy::disallowed_methods, reason = "the binary needs a path to find programs, and nothing else of ours")]
pub fn command(folder: &Path, environment: &BTreeMap<String, String>, arguments: &[&str]) -> Result<Command> {
    let mut command = Command::new(machine::binary()?);
    command
        .args(arguments)
        .env_clear()
        .env("PATH", std::env::var("PATH").unwrap_or_default())
        .envs(environment)
        .current_dir(folder)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true);
    Ok(command)
}

/// The built binary.
pub fn binary() -> Result<PathBuf> {
    machine::binary()
}

/// Another program in the same way; `first` is looked into before the rest of the path.
pub fn plain(program: &str, first: &Path) -> Result<Command> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let path = std::env::join_paths(std::iter::once(first.to_path_buf()).chain(std::env::split_paths(&path)))?;
    let mut command = Command::new(program);
    command.env_clear().env("PATH", path);
    Ok(command)
}

/// Runs a command to its end.
pub async fn run(folder: &Path, environment: &BTreeMap<String, String>, arguments: &[&str]) -> Result<Finished> {
    let output = command(folder, environment, arguments)?.output().await.context("the binary starts")?;
    Ok(Finished {
        status: output.status.code(),
        stdout: String::from_utf8(output.stdout)?,
        stderr: String::from_utf8(output.stderr)?,
    })
}

impl Finished {
    /// What was printed, if all went well.
    pub fn ok(self) -> Result<String> {
        ensure!(self.status == Some(0), "status {:?}: {}{}", self.status, self.stdout, self.stderr);
        Ok(self.stdout)
    }
}
