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

/// A Python that has the modules of the tests.
#[expect(clippy::disallowed_methods, reason = "the one place where the test command is listened to")]
pub(crate) fn python() -> Result<PathBuf> {
    let python = std::env::var("PORTCULLIS_PYTHON");
    let python = python.context("PORTCULLIS_PYTHON is not set: it names a Python that has the module aiosmtpd")?;
    Ok(PathBuf::from(python))
}
