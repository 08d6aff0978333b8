//! The public API of a crate as JSON, written by rustdoc with the versions its lock file names.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::step;

/// Lets rustdoc of a stable toolchain write JSON. Only rustdoc: told to everything, it would have half of the tree compiled
/// anew, here and again in the step after this.
const WRAPPER: &str = "#!/bin/sh\nRUSTC_BOOTSTRAP=1 exec rustdoc \"$@\"\n";

/// Writes what the package in this workspace offers to `description`.
pub(super) fn describe(package: &str, workspace: &Path, target: &Path, description: &Path) -> Result<PathBuf> {
    let wrapper = target.join("semver/rustdoc");
    fs::write(&wrapper, WRAPPER)?;
    fs::set_permissions(&wrapper, fs::Permissions::from_mode(0o755))?;
    let mut cargo = step::cargo(["rustdoc", "--quiet", "--locked", "--lib", "--all-features", "--package", package]);
    cargo.current_dir(workspace).env("CARGO_TARGET_DIR", target).env("RUSTDOC", &wrapper);
    // Lints are another check's; what counts here is that the API can be read.
    cargo.args([
        "--",
        "-Z",
        "unstable-options",
        "--output-format",
        "json",
        "--document-private-items",
        "--document-hidden-items",
        "--cap-lints",
        "allow",
    ]);
    step::run(&mut cargo)?;
    let written = target.join("doc").join(format!("{}.json", package.replace('-', "_")));
    fs::copy(&written, description).with_context(|| format!("rustdoc did not write {}", written.display()))?;
    Ok(description.to_path_buf())
}
