//! Saying what happens next, and running it.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};
use serde_json::Value;

/// One plain line before each step. On stderr, so that it stays in order with what cargo prints.
pub fn announce(line: impl AsRef<str>) {
    eprintln!("xtask: {}", line.as_ref());
}

/// The folder of the workspace, where every task runs whatever folder it was called from.
pub fn workspace() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().nth(2).unwrap_or(here).to_path_buf()
}

/// The cargo that runs this task, in the workspace's folder.
pub fn cargo<I: AsRef<str>>(arguments: impl IntoIterator<Item = I>) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(workspace()).stdin(Stdio::null());
    for argument in arguments {
        command.arg(argument.as_ref());
    }
    command
}

/// What cargo knows of the members of this workspace.
pub fn metadata() -> Result<Value> {
    let metadata = output(&mut cargo(["metadata", "--no-deps", "--format-version", "1", "--offline"]))?;
    serde_json::from_str(&metadata).context("cargo metadata prints no JSON")
}

/// Where this workspace's builds go.
pub fn target() -> Result<PathBuf> {
    Ok(metadata()?["target_directory"].as_str().context("cargo names its target directory")?.into())
}

/// Runs a command that prints for itself; an error names the command.
pub fn run(command: &mut Command) -> Result<()> {
    let status = command.status().with_context(|| format!("cannot run `{}`", spelled(command)))?;
    if !status.success() {
        bail!("`{}` ended with {status}", spelled(command));
    }
    Ok(())
}

/// Runs a command and gives what it printed to stdout; an error carries what it printed to stderr.
pub fn output(command: &mut Command) -> Result<String> {
    let output = command.stdin(Stdio::null()).output().with_context(|| format!("cannot run `{}`", spelled(command)))?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        bail!("`{}` ended with {}: {}", spelled(command), output.status, said.trim());
    }
    String::from_utf8(output.stdout).with_context(|| format!("`{}` printed no UTF-8", spelled(command)))
}

/// Whether a command can be run and succeeds; nothing is shown.
pub fn succeeds(command: &mut Command) -> bool {
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

fn spelled(command: &Command) -> String {
    let program = Path::new(command.get_program()).file_name().unwrap_or(command.get_program());
    let words = std::iter::once(program).chain(command.get_args()).map(|word| word.to_string_lossy());
    words.collect::<Vec<_>>().join(" ")
}
