//! Guards over the whole tree of crates: one cryptography library, and one copy of the crates whose types we share.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Result, bail};

use crate::step;

/// Crates that come in through somebody's default features: a second TLS or JWT stack beside aws-lc-rs, and `rsa` has an
/// unmended advisory (RUSTSEC-2023-0071).
const UNWANTED: [&str; 4] = ["ring", "rsa", "openssl-sys", "native-tls"];

/// Two versions of these would be two pools, two routers or two trust stores in one process.
const SINGLE: [&str; 4] = ["sqlx", "axum", "reqwest", "rustls"];

/// Checks the tree of all members with all features, tests included.
pub fn check() -> Result<()> {
    let tree = step::output(&mut step::cargo(tree_arguments(&["--prefix", "none", "--format", "{p}"])))?;
    let faults = faults(&tree);
    for fault in &faults {
        step::announce(&fault.text);
        // Best effort: the reader wants to know who brought it in.
        let _ = step::run(&mut step::cargo(tree_arguments(&["--invert", &fault.krate])));
    }
    if !faults.is_empty() {
        let texts: Vec<_> = faults.into_iter().map(|fault| fault.text).collect();
        bail!("{}", texts.join("; "));
    }
    Ok(())
}

fn tree_arguments<'a>(more: &[&'a str]) -> Vec<&'a str> {
    ["tree", "--workspace", "--all-features", "--edges", "all"].iter().chain(more).copied().collect()
}

/// One broken rule.
#[derive(Debug, PartialEq, Eq)]
pub struct Fault {
    /// The package, as `cargo tree --invert` wants it.
    pub krate: String,
    pub text: String,
}

/// What is wrong with a tree of lines `name vX.Y.Z …`.
pub fn faults(tree: &str) -> Vec<Fault> {
    let mut versions: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for line in tree.lines() {
        let mut words = line.split_whitespace();
        if let (Some(name), Some(version)) = (words.next(), words.next())
            && let Some(version) = version.strip_prefix('v')
        {
            versions.entry(name).or_default().insert(version);
        }
    }
    let mut faults = Vec::new();
    for name in UNWANTED {
        if let Some(version) = versions.get(name).and_then(BTreeSet::first) {
            let text = format!("crate {name} must not be in the tree");
            faults.push(Fault { krate: format!("{name}@{version}"), text });
        }
    }
    for name in SINGLE {
        let found: Vec<_> = versions.get(name).into_iter().flatten().copied().collect();
        let text = match found.len() {
            1 => continue,
            // A guard over a crate that is gone guards nothing: take it off the list.
            0 => format!("crate {name} is not in the tree any more, but is guarded"),
            _ => format!("crate {name} is in the tree more than once: {}", found.join(", ")),
        };
        faults.push(Fault { krate: found.first().map_or(name.to_owned(), |first| format!("{name}@{first}")), text });
    }
    faults
}
