//! What the test command tells the tests.

use std::path::PathBuf;

use anyhow::{Context, Result, ensure};

/// The built binary: named by the test command, else the one beside the test's own.
#[expect(clippy::disallowed_methods, reason = "the one place where the test command is listened to")]
pub(crate) fn binary() -> Result<PathBuf> {
    if let Ok(path) = std::env::var("PORTCULLIS_BIN") {
        return Ok(PathBuf::from(path));
    }
    let own = std::env::current_exe()?;
    let folder = own.parent().and_then(|deps| deps.parent()).context("a test binary lies in target/<profile>/deps")?;
    let path = folder.join("portcullis");
    ensure!(path.exists(), "{} is missing: build it with `cargo build`, or run `cargo xtask test`", path.display());
    Ok(path)
}

/// The Postgres cluster of the test run.
#[expect(clippy::disallowed_methods, reason = "the one place where the test command is listened to")]
pub(crate) fn postgres() -> Result<String> {
    std::env::var("PORTCULLIS_TEST_POSTGRES")
        .context("PORTCULLIS_TEST_POSTGRES is not set: run the tests with `cargo xtask test`, which brings a Postgres")
}

/// The seed somebody wants to see again, or one by the time of day.
#[expect(clippy::disallowed_methods, reason = "the one place where the test command is listened to")]
pub(crate) fn seed() -> Result<u64> {
    if let Ok(seed) = std::env::var("PORTCULLIS_TEST_SEED") {
        return seed.parse().context("PORTCULLIS_TEST_SEED is no number");
    }
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH)?;
    Ok(u64::from(now.subsec_nanos()))
}

/// A program or folder the test command has installed.
#[expect(clippy::disallowed_methods, reason = "the one place where the test command is listened to")]
fn installed(variable: &str, what: &str) -> Result<PathBuf> {
    let path = std::env::var(variable).map(PathBuf::from);
    path.with_context(|| format!("{variable} is not set: run the tests with `cargo xtask test`, which brings {what}"))
}

/// Node.
pub(crate) fn node() -> Result<PathBuf> {
    installed("PORTCULLIS_NODE", "Node")
}

/// The folder with the packages of npm.
pub(crate) fn node_packages() -> Result<PathBuf> {
    installed("PORTCULLIS_NODE_PACKAGES", "packages of npm")
}

/// A Python that finds the packages of `PyPI`.
pub(crate) fn python() -> Result<PathBuf> {
    installed("PORTCULLIS_PYTHON", "Python and packages of PyPI")
}

/// Chromium.
pub(crate) fn chromium() -> Result<PathBuf> {
    installed("PORTCULLIS_CHROMIUM", "Chromium")
}
