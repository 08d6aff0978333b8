//! The machine the tasks run on: its programs and its accounts.

use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::step;

/// A user of the machine.
#[derive(Debug, Clone)]
pub struct Account {
    pub name: String,
    pub uid: u32,
    pub gid: u32,
}

impl Account {
    fn named(name: &str) -> Option<Self> {
        let id = |flag| step::output(Command::new("id").args([flag, name])).ok()?.trim().parse().ok();
        Some(Self { name: name.to_owned(), uid: id("-u")?, gid: id("-g")? })
    }
}

/// Whether this process may do everything.
pub fn is_root() -> Result<bool> {
    Ok(step::output(Command::new("id").arg("-u"))?.trim() == "0")
}

/// Whom to run a server as that refuses to run as root: `None` means as ourselves.
pub fn unprivileged() -> Result<Option<Account>> {
    if !is_root()? {
        return Ok(None);
    }
    let account = ["postgres", "nobody"].into_iter().find_map(Account::named);
    Ok(Some(account.context("run by root, and there is no user `postgres` or `nobody` to run Postgres as")?))
}

/// A command run as `account` (ourselves without one), in a folder it may enter: a folder it may not read makes some
/// programs stumble before they start.
pub fn command_as(account: Option<&Account>, program: &Path, folder: &Path) -> Command {
    let mut command = Command::new(program);
    command.current_dir(folder);
    if let Some(account) = account {
        // The standard library drops root's supplementary groups together with the uid.
        command.uid(account.uid).gid(account.gid);
    }
    command
}

/// The folders on the search path that hold `program`, with links followed to where its siblings are.
pub fn folders_with(program: &str) -> Vec<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let found = std::env::split_paths(&path).filter_map(|folder| folder.join(program).canonicalize().ok());
    found.filter_map(|file| file.parent().map(Path::to_path_buf)).collect()
}

/// Whether `cargo <name>` exists.
pub fn has_cargo_command(name: &str) -> bool {
    step::succeeds(&mut step::cargo([name, "--version"]))
}

/// How this process may become root without asking anybody: an empty prefix, `sudo -n`, or an error.
pub fn root_prefix() -> Result<&'static [&'static str]> {
    if is_root()? {
        Ok(&[])
    } else if step::succeeds(Command::new("sudo").args(["-n", "true"])) {
        Ok(&["sudo", "-n"])
    } else {
        bail!("neither root nor able to use sudo without a password")
    }
}
