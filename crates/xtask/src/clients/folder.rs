//! A folder with installed packages.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// Written last, so that an installation that was cut off counts as none.
const STAMP: &str = "installed";

/// A folder that is filled from pinned lists, and filled anew when they change.
#[derive(Debug)]
pub(super) struct Folder {
    path: PathBuf,
    pinned: PathBuf,
}

impl Folder {
    pub(super) const fn new(path: PathBuf, pinned: PathBuf) -> Self {
        Self { path, pinned }
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// A file of the pinned lists.
    pub(super) fn pinned(&self, name: &str) -> PathBuf {
        self.pinned.join(name)
    }

    /// What the folder is to hold: the texts of these lists, and the program it is installed with.
    pub(super) fn wanted(&self, lists: &[&str], program: &str) -> Result<String> {
        let mut wanted = format!("{program}\n");
        for list in lists {
            let path = self.pinned(list);
            wanted += &fs::read_to_string(&path).with_context(|| path.display().to_string())?;
        }
        Ok(wanted)
    }

    pub(super) fn holds(&self, wanted: &str) -> bool {
        fs::read_to_string(self.path.join(STAMP)).is_ok_and(|held| held == wanted)
    }

    /// An empty folder.
    pub(super) fn clear(&self) -> Result<()> {
        if self.path.exists() {
            fs::remove_dir_all(&self.path)?;
        }
        Ok(fs::create_dir_all(&self.path)?)
    }

    pub(super) fn mark(&self, held: &str) -> Result<()> {
        Ok(fs::write(self.path.join(STAMP), held)?)
    }
}
