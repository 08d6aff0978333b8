//! What the manifests of the members say, read with `cargo metadata`.

use std::collections::BTreeSet;

use serde_json::Value;
use xtask::step;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Also what build scripts need: it decides as much about what a crate is.
    Normal,
    Dev,
}

/// One line of a manifest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Dependency {
    pub(crate) from: String,
    pub(crate) to: String,
    pub(crate) kind: Kind,
}

impl Dependency {
    pub(crate) fn normal(from: &str, to: &str) -> Self {
        Self { from: from.into(), to: to.into(), kind: Kind::Normal }
    }

    pub(crate) fn dev(from: &str, to: &str) -> Self {
        Self { kind: Kind::Dev, ..Self::normal(from, to) }
    }
}

/// The members of a workspace and every dependency they name.
#[derive(Debug)]
pub(crate) struct Manifests {
    pub(crate) members: BTreeSet<String>,
    pub(crate) dependencies: Vec<Dependency>,
}

pub(crate) fn read() -> Manifests {
    // Without the dependencies' own metadata, which would download crates for other platforms.
    let text = step::output(&mut step::cargo(["metadata", "--format-version", "1", "--no-deps"]));
    parse(&serde_json::from_str(&text.expect("cargo metadata runs")).expect("cargo metadata prints JSON"))
}

fn parse(metadata: &Value) -> Manifests {
    let packages = metadata["packages"].as_array().expect("metadata lists packages");
    let dependencies = packages.iter().flat_map(|package| {
        let listed = package["dependencies"].as_array().expect("a package lists its dependencies");
        listed.iter().map(|dependency| Dependency {
            from: name(package),
            to: name(dependency),
            kind: if dependency["kind"] == "dev" { Kind::Dev } else { Kind::Normal },
        })
    });
    Manifests { members: packages.iter().map(name).collect(), dependencies: dependencies.collect() }
}

fn name(value: &Value) -> String {
    value["name"].as_str().expect("it has a name").to_owned()
}

#[test]
fn kinds_are_told_apart() {
    let manifests = parse(&serde_json::json!({"packages": [{"name": "a", "dependencies": [
        {"name": "b", "kind": null}, {"name": "c", "kind": "build"}, {"name": "d", "kind": "dev"},
    ]}]}));
    let expected = [Dependency::normal("a", "b"), Dependency::normal("a", "c"), Dependency::dev("a", "d")];
    assert_eq!(manifests.dependencies, expected);
}
