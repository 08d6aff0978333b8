//! Debian's packages, installed where that can be done without asking anybody.

use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Result, bail};

use crate::machine;

const INSTALL: &str = r#"
set -eu
export DEBIAN_FRONTEND=noninteractive
apt-get update
apt-get install -y --no-install-recommends "$@"
"#;

/// Installs packages.
pub fn install(packages: &[&str]) -> Result<()> {
    run(INSTALL, packages)
}

/// Runs a shell script as root; `words` are its arguments.
pub fn run(script: &str, words: &[&str]) -> Result<()> {
    if !Path::new("/etc/debian_version").exists() {
        bail!("this is no Debian");
    }
    let mut command = machine::root_prefix()?.to_vec();
    command.extend(["sh", "-c", script, "sh"]);
    command.extend(words);
    let status = Command::new(command[0]).args(&command[1..]).stdin(Stdio::null()).status()?;
    if !status.success() {
        bail!("apt-get ended with {status}");
    }
    Ok(())
}
