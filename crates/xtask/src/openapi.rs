//! `cargo xtask openapi`: writes `docs/openapi.json` from the routes. That it is up to date is a test of the api crate.

use std::fs;
use std::process::Stdio;

use anyhow::{Result, bail};

use crate::step;

pub fn run() -> Result<()> {
    step::announce("asking the service for its OpenAPI document");
    let arguments = ["run", "--quiet", "--package", "portcullis-api", "--bin", "portcullis", "--", "openapi"];
    // Its complaints go to the screen as they come: this may compile for minutes.
    let document = step::output(step::cargo(arguments).stderr(Stdio::inherit()))?;
    if serde_json::from_str::<serde_json::Value>(&document).is_err() {
        bail!("`portcullis openapi` printed no JSON; docs/openapi.json is left as it was");
    }
    let folder = step::workspace().join("docs");
    fs::create_dir_all(&folder)?;
    fs::write(folder.join("openapi.json"), document)?;
    step::announce("wrote docs/openapi.json");
    Ok(())
}
