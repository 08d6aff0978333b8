//! What others have published and the tests let loose on the built binary: clients, makers of clients, checkers of the
//! API document, a browser. Packages of npm and of `PyPI` lie in folders of their own under `target/clients`, and what is
//! wanted of them is pinned in `tests/clients`; programs are those of the system.

mod folder;
mod node;
mod programs;
mod python;

use std::path::PathBuf;

use anyhow::Result;

use crate::step;

use folder::Folder;

/// The programs that are needed, with the packages installed.
#[derive(Debug)]
pub struct Clients {
    node: PathBuf,
    packages: PathBuf,
    python: PathBuf,
    chromium: PathBuf,
}

impl Clients {
    /// Finds and installs what is not there yet.
    pub fn provide() -> Result<Self> {
        let chromium = programs::provide()?;
        let target = step::target()?.join("clients");
        let pinned = step::workspace().join("tests/clients");
        let packages = Folder::new(target.join("node"), pinned.join("node"));
        let node = node::provide(&packages)?;
        let python = python::provide(&Folder::new(target.join("python"), pinned.join("python")))?;
        Ok(Self { node, packages: packages.path().to_path_buf(), python, chromium })
    }

    /// How the tests find them.
    pub fn environment(&self) -> Vec<(&'static str, String)> {
        let text = |path: &PathBuf| path.display().to_string();
        vec![
            ("PORTCULLIS_NODE", text(&self.node)),
            ("PORTCULLIS_NODE_PACKAGES", text(&self.packages)),
            ("PORTCULLIS_PYTHON", text(&self.python)),
            ("PORTCULLIS_CHROMIUM", text(&self.chromium)),
        ]
    }
}
