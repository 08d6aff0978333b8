//! The earlier state, out of git.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::step;

/// Where the commit is.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Baseline {
    Here,
    /// Beyond the end of a shallow clone.
    CutOff,
}

fn git<const N: usize>(arguments: [&str; N]) -> Command {
    let mut command = Command::new("git");
    command.current_dir(step::workspace()).args(arguments);
    command
}

pub(super) fn find(commit: &str) -> Result<Baseline> {
    if commit.len() != 40 || !commit.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        bail!("`{commit}` is no commit: a baseline is named by its 40 hex digits, as names may move");
    }
    let shallow = step::output(&mut git(["rev-parse", "--is-shallow-repository"]));
    let shallow = shallow.context("the public API is compared with an earlier commit, which needs a clone of git")?;
    if step::succeeds(&mut git(["cat-file", "-e", &format!("{commit}^{{commit}}")])) {
        return Ok(Baseline::Here);
    }
    if shallow.trim() == "true" {
        return Ok(Baseline::CutOff);
    }
    bail!("the baseline {commit} is not in this clone, which is a whole one: the manifest names a commit that is gone")
}

/// All files of the commit in a folder of their own.
pub(super) fn unpack(commit: &str, folder: &Path) -> Result<PathBuf> {
    let stamp = folder.join("unpacked");
    if !stamp.exists() {
        if folder.exists() {
            fs::remove_dir_all(folder)?;
        }
        fs::create_dir_all(folder)?;
        let archive = folder.join("archive.tar");
        step::run(git(["archive", "--format=tar", "--output"]).arg(&archive).arg(commit))?;
        step::run(Command::new("tar").arg("-xf").arg(&archive).arg("-C").arg(folder))?;
        fs::remove_file(&archive)?;
        fs::write(stamp, commit)?;
    }
    Ok(folder.to_path_buf())
}
