//! `cargo xtask deny`: licences, sources, banned crates and advisories, by the rules in `deny.toml`.

use anyhow::{Result, bail};

use crate::{machine, step};

pub fn run() -> Result<()> {
    if !machine::has_cargo_command("deny") {
        bail!("cargo-deny is not installed: `cargo install --locked cargo-deny`");
    }
    step::announce("checking bans, licences and sources");
    step::run(&mut step::cargo(["deny", "--all-features", "check", "bans", "licenses", "sources"]))?;

    // On its own, because only this needs the network.
    step::announce("fetching the advisory database");
    if let Err(error) = step::run(&mut step::cargo(["deny", "fetch", "db"])) {
        step::announce(format!("advisories NOT checked, the database cannot be had: {error:#}"));
        return Ok(());
    }
    step::announce("checking advisories");
    step::run(&mut step::cargo(["deny", "--all-features", "check", "--disable-fetch", "advisories"]))
}
