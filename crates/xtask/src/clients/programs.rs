//! Programs of the system.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result};

use crate::{debian, machine, step};

/// What tests run by its name: the name, a harmless call, Debian's packages, and what it is for.
const PROGRAMS: [(&str, &[&str], &[&str], &str); 6] = [
    ("curl", &["--version"], &["curl", "ca-certificates"], "run the README's calls with it"),
    ("openssl", &["version"], &["openssl"], "make certificates of a mail server with it"),
    ("oathtool", &["--version"], &["oathtool"], "make the README's codes with it"),
    ("go", &["version"], &["golang-go"], "run the code samples of the API document with it"),
    ("groff", &["--version"], &["groff-base"], "read the manual pages with it"),
    ("ruby", &["--version"], &["ruby"], "run the code samples of the API document with it"),
];

/// What the browser is called on one system or another.
const BROWSERS: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/// Installs what is missing, and answers where the browser is.
pub(super) fn provide() -> Result<PathBuf> {
    for (name, harmless, packages, what_for) in PROGRAMS {
        let works = || step::succeeds(Command::new(name).args(harmless));
        install(name, packages, what_for, || works().then_some(()))?;
    }
    install("chromium", &["chromium"], "read the API reference with it", || {
        BROWSERS.into_iter().find_map(|name| Some(machine::folders_with(name).first()?.join(name)))
    })
}

fn install<T>(name: &str, packages: &[&str], what_for: &str, find: impl Fn() -> Option<T>) -> Result<T> {
    if let Some(found) = find() {
        return Ok(found);
    }
    step::announce(format!("{name} is missing: installing Debian's package {}", packages[0]));
    debian::install(packages)
        .with_context(|| format!("the tests {what_for}; install {name}. It was not installed for you because"))?;
    find().with_context(|| format!("{name} was installed, yet it does not run"))
}
