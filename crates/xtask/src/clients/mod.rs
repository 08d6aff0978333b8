//! Published clients of the Rocket.Chat contract, which the tests let loose on the built binary: packages of npm and of
//! `PyPI`, in folders of their own under `target/clients`. What is wanted is pinned in `tests/clients`.

mod folder;
mod node;
mod python;

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result};

use crate::{debian, step};

use folder::Folder;

/// The programs the clients run on, with the clients installed.
#[derive(Debug)]
pub struct Clients {
    node: PathBuf,
    packages: PathBuf,
    python: PathBuf,
}

impl Clients {
    /// Finds and installs what is not there yet.
    pub fn provide() -> Result<Self> {
        programs()?;
        let target = step::target()?.join("clients");
        let pinned = step::workspace().join("tests/clients");
        let packages = Folder::new(target.join("node"), pinned.join("node"));
        let node = node::provide(&packages)?;
        let python = python::provide(&Folder::new(target.join("python"), pinned.join("python")))?;
        Ok(Self { node, packages: packages.path().to_path_buf(), python })
    }

    /// How the tests find them.
    pub fn environment(&self) -> Vec<(&'static str, String)> {
        let text = |path: &PathBuf| path.display().to_string();
        vec![
            ("PORTCULLIS_NODE", text(&self.node)),
            ("PORTCULLIS_NODE_PACKAGES", text(&self.packages)),
            ("PORTCULLIS_PYTHON", text(&self.python)),
        ]
    }
}

/// Programs of the system that tests run by name.
fn programs() -> Result<()> {
    program("curl", "--version", &["curl", "ca-certificates"], "run the README's calls with it")?;
    program("openssl", "version", &["openssl"], "make certificates of a mail server with it")
}

fn program(name: &str, harmless: &str, packages: &[&str], what_for: &str) -> Result<()> {
    let works = || step::succeeds(Command::new(name).arg(harmless));
    if works() {
        return Ok(());
    }
    step::announce(format!("{name} is missing: installing Debian's package {name}"));
    debian::install(packages)
        .with_context(|| format!("the tests {what_for}; install {name}. It was not installed for you because"))?;
    works().then_some(()).with_context(|| format!("{name} was installed, yet it does not run"))
}
