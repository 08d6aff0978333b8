//! Which crates of others the domain may use.

use xtask::step;

use crate::assert_none;
use crate::manifest::{self, Dependency, Kind};

const DOMAIN: &str = "portcullis-domain";

const ALLOWED: [&str; 8] = ["async-trait", "mockall", "serde", "serde_json", "thiserror", "time", "tracing", "uuid"];

/// Looked for in the whole tree: an innocent crate may bring them in.
const FRAMEWORKS: [&str; 9] =
    ["axum", "config", "hyper", "jsonwebtoken", "reqwest", "sea-orm", "sqlx", "tokio", "totp-rs"];

fn direct_faults(dependencies: &[Dependency]) -> Vec<String> {
    let direct = dependencies.iter().filter(|edge| edge.from == DOMAIN && edge.kind == Kind::Normal);
    let foreign = direct.filter(|edge| !ALLOWED.contains(&edge.to.as_str()));
    foreign.map(|edge| format!("{DOMAIN} must not depend on {}", edge.to)).collect()
}

fn tree_faults(tree: &str) -> Vec<String> {
    let names = tree.lines().filter_map(|line| line.split_whitespace().next());
    // Also the families around them: `sqlx-core` is as much of sqlx as `sqlx`.
    let is_of = |name: &str, family: &str| {
        name.strip_prefix(family).is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
    };
    let found = names.filter(|name| FRAMEWORKS.iter().any(|family| is_of(name, family)));
    found.map(|name| format!("{name} is in the dependency tree of {DOMAIN}")).collect()
}

#[test]
fn the_domain_depends_on_small_crates_only() {
    assert_none(&direct_faults(&manifest::read().dependencies));
}

#[test]
fn no_framework_reaches_the_domain() {
    let mut cargo = step::cargo(["tree", "--package", DOMAIN, "--all-features", "--edges", "normal,build"]);
    let tree = step::output(cargo.args(["--prefix", "none", "--format", "{p}"])).expect("cargo tree runs");
    assert!(tree.starts_with(DOMAIN) && tree.lines().count() > ALLOWED.len(), "this is no tree:\n{tree}");
    assert_none(&tree_faults(&tree));
}

#[test]
fn a_foreign_crate_is_a_fault() {
    assert_eq!(direct_faults(&[Dependency::normal(DOMAIN, "chrono")]).len(), 1);
    assert!(direct_faults(&[Dependency::normal(DOMAIN, "serde"), Dependency::dev(DOMAIN, "proptest")]).is_empty());
}

#[test]
fn a_framework_below_another_crate_is_a_fault() {
    assert_eq!(tree_faults("portcullis-domain v0.1.0\nserde v1.0.0\ntokio v1.0.0\nsqlx-core v0.9.0").len(), 2);
    assert!(tree_faults("portcullis-domain v0.1.0\ntimer v1.0.0\nconfiguration v1.0.0").is_empty());
}
