//! The rules of the house, checked on every run: who may depend on whom, what the domain may know, how sources are cut.
//! Each rule is a function that gives its faults, so that each is also shown made-up input it has to object to.

mod crate_tree;
mod manifest;
mod members;
mod numbers;
mod outside;
mod semver;
mod source;
mod tokens;

/// Fails with every fault on a line of its own.
#[track_caller]
fn assert_none(faults: &[String]) {
    assert!(faults.is_empty(), "\n{}\n", faults.join("\n"));
}
