//! cargo-semver-checks, installed below the target folder where it is not on this machine.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::step;

/// Reads what rustdoc of Rust 1.94 and some versions around it writes.
const VERSION: &str = "0.51.0";

/// Built without optimisation: that takes a quarter of the time, and it has one small crate to look at.
const PROFILE: [(&str, &str); 3] = [
    ("CARGO_PROFILE_RELEASE_OPT_LEVEL", "0"),
    ("CARGO_PROFILE_RELEASE_LTO", "off"),
    ("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "256"),
];

/// The program, of the version that is wanted.
pub(super) fn provide(target: &Path) -> Result<PathBuf> {
    let root = target.join(format!("tools/cargo-semver-checks-{VERSION}"));
    let ours = root.join("bin/cargo-semver-checks");
    let found = [PathBuf::from("cargo-semver-checks"), ours.clone()].into_iter().find(|program| {
        let version = step::output(Command::new(program).args(["semver-checks", "--version"]));
        version.is_ok_and(|said| said.trim().ends_with(VERSION))
    });
    if let Some(found) = found {
        return Ok(found);
    }
    step::announce(format!(
        "installing cargo-semver-checks {VERSION}, once for this target folder; takes some minutes"
    ));
    let mut install =
        step::cargo(["install", "--quiet", "--locked", "--version", VERSION, "cargo-semver-checks", "--root"]);
    install.arg(&root).env("CARGO_TARGET_DIR", root.join("build")).envs(PROFILE);
    step::run(&mut install).with_context(|| {
        format!(
            "the public API is compared with cargo-semver-checks, which cannot be installed. Install it yourself: \
             `cargo install --locked cargo-semver-checks --version {VERSION}`"
        )
    })?;
    // Ten times the size of what was installed.
    std::fs::remove_dir_all(root.join("build"))?;
    Ok(ours)
}

/// Fails if what is offered now breaks users of what was offered before, by its version.
pub(super) fn compare(tool: &Path, before: &Path, now: &Path) -> Result<()> {
    let mut compare = Command::new(tool);
    compare.arg("semver-checks").arg("--baseline-rustdoc").arg(before).arg("--current-rustdoc").arg(now);
    step::run(&mut compare)
}
