//! Node, and the packages of npm.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, bail};

use super::Folder;
use crate::{debian, step};

/// Older ones have no `fetch`.
const OLDEST: u32 = 18;
const LISTS: [&str; 3] = ["package.json", "package-lock.json", "typings/package.json"];

/// The program, after the packages were put into `folder`.
pub(super) fn provide(folder: &Folder) -> Result<PathBuf> {
    let program = program()?;
    let version = step::output(Command::new(&program).arg("--version"))?;
    let wanted = folder.wanted(&LISTS, &format!("{} {}", program.display(), version.trim()))?;
    if !folder.holds(&wanted) {
        step::announce("installing packages of npm");
        folder.clear()?;
        fs::create_dir(folder.path().join("typings"))?;
        for list in LISTS {
            fs::copy(folder.pinned(list), folder.path().join(list))?;
        }
        let mut npm = Command::new("npm");
        npm.args(["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--no-progress"]).current_dir(folder.path());
        step::output(&mut npm).context("the tests need packages of npm, and they cannot be installed")?;
        folder.mark(&wanted)?;
    }
    Ok(program)
}

fn program() -> Result<PathBuf> {
    let Err(missing) = find() else { return find() };
    step::announce(format!("{missing:#}: installing Debian's packages nodejs and npm"));
    debian::install(&["nodejs", "npm"]).with_context(|| {
        format!(
            "the tests drive programs of npm and need Node {OLDEST} or newer with npm, but {missing:#}. Install them \
             (Debian, Ubuntu: `sudo apt-get install nodejs npm`; Fedora: `sudo dnf install nodejs`; macOS: \
             `brew install node`). They were not installed for you because"
        )
    })?;
    find().context("nodejs and npm were installed, yet")
}

fn find() -> Result<PathBuf> {
    let about = step::output(Command::new("node").args(["-p", "process.versions.node + ' ' + process.execPath"]));
    let about = about.context("Node does not run")?;
    let (version, path) = about.trim().split_once(' ').context("Node does not tell its version")?;
    let major: u32 = version.split('.').next().unwrap_or_default().parse().context("Node's version is no number")?;
    if major < OLDEST {
        bail!("Node is {version}, older than {OLDEST}");
    }
    step::output(Command::new("npm").arg("--version")).context("npm does not run")?;
    Ok(path.into())
}
