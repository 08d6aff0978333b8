//! Where the server binaries are. Distributions keep them off the search path.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::{machine, step};

/// A folder with `initdb`, `pg_ctl` and `postgres`.
#[derive(Debug, Clone)]
pub struct Binaries {
    folder: PathBuf,
}

impl Binaries {
    fn in_folder(folder: PathBuf) -> Option<Self> {
        let complete = ["initdb", "pg_ctl", "postgres"].iter().all(|name| folder.join(name).is_file());
        complete.then_some(Self { folder })
    }

    pub fn program(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    pub fn folder(&self) -> &Path {
        &self.folder
    }
}

/// The search path first, because that is how somebody chooses a version; then the newest of Debian's; then what
/// `pg_config` knows.
pub(super) fn find() -> Option<Binaries> {
    let mut folders = machine::folders_with("initdb");
    folders.extend(debian());
    folders.extend(told_by_pg_config());
    folders.into_iter().find_map(Binaries::in_folder)
}

fn debian() -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir("/usr/lib/postgresql") else { return Vec::new() };
    let mut versions: Vec<(u32, PathBuf)> = entries
        .flatten()
        .filter_map(|entry| Some((entry.file_name().to_str()?.parse().ok()?, entry.path().join("bin"))))
        .collect();
    versions.sort_by_key(|(version, _)| std::cmp::Reverse(*version));
    versions.into_iter().map(|(_, folder)| folder).collect()
}

fn told_by_pg_config() -> Option<PathBuf> {
    Some(step::output(Command::new("pg_config").arg("--bindir")).ok()?.trim().into())
}
