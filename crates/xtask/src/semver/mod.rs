//! `cargo xtask semver`: crates that others use are compared with an earlier state of themselves, so that nobody's build
//! breaks without a new version saying so.
//!
//! A crate takes part by naming a commit in its manifest: `[package.metadata.semver] baseline = "…"`.

mod history;
mod rustdoc;
mod tool;

use anyhow::{Result, bail};
use serde_json::Value;

use self::history::Baseline;
use crate::step;

/// A crate that takes part.
#[derive(Debug, PartialEq, Eq)]
pub struct Promise {
    pub package: String,
    pub baseline: String,
}

pub fn run() -> Result<()> {
    let target = step::target()?;
    let promises = promises(&step::metadata()?);
    if promises.is_empty() {
        bail!("no crate names a baseline, but this check is about those that do");
    }
    for Promise { package, baseline } in promises {
        match history::find(&baseline)? {
            Baseline::Here => {}
            Baseline::CutOff => {
                step::announce(format!(
                    "the public API of {package} is NOT COMPARED: this clone is shallow and ends before {baseline}, the \
                     state to compare with (`git fetch --unshallow` brings it)"
                ));
                continue;
            }
        }
        step::announce(format!("comparing the public API of {package} with that of {baseline}"));
        let tool = tool::provide(&target)?;
        let folder = target.join("semver");
        let before = history::unpack(&baseline, &folder.join(&baseline))?;
        let before = rustdoc::describe(&package, &before, &target, &folder.join(format!("{package}-before.json")))?;
        let now =
            rustdoc::describe(&package, &step::workspace(), &target, &folder.join(format!("{package}-now.json")))?;
        tool::compare(&tool, &before, &now)?;
    }
    Ok(())
}

/// The crates that name a baseline, as `cargo metadata` tells of them.
pub fn promises(metadata: &Value) -> Vec<Promise> {
    let packages = metadata["packages"].as_array().into_iter().flatten();
    let promise = |package: &Value| {
        let baseline = package["metadata"]["semver"]["baseline"].as_str()?.to_owned();
        Some(Promise { package: package["name"].as_str()?.to_owned(), baseline })
    };
    packages.filter_map(promise).collect()
}
