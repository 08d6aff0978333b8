//! The guards over the whole tree that `cargo xtask test` runs.

use xtask::crate_tree::faults;

const GOOD: &str =
    "xtask v0.1.0 (/here)\nsqlx v0.9.0\naxum v0.8.9\nreqwest v0.13.5\nrustls v0.23.46\nsqlx v0.9.0 (*)\n";

fn texts(tree: &str) -> Vec<String> {
    faults(tree).into_iter().map(|fault| fault.text).collect()
}

#[test]
fn a_tree_with_one_of_each_is_good() {
    assert!(faults(GOOD).is_empty());
}

#[test]
fn an_unwanted_crate_is_a_fault() {
    for name in ["ring", "rsa", "openssl-sys", "native-tls"] {
        let faults = faults(&format!("{GOOD}{name} v1.2.3"));
        assert_eq!(faults.len(), 1, "{name}");
        assert_eq!(faults[0].krate, format!("{name}@1.2.3"));
    }
    assert!(faults(&format!("{GOOD}string v1.0.0")).is_empty());
}

#[test]
fn a_second_version_is_a_fault() {
    assert_eq!(texts(&format!("{GOOD}axum v0.7.0")), ["crate axum is in the tree more than once: 0.7.0, 0.8.9"]);
}

#[test]
fn a_guard_over_nothing_is_a_fault() {
    assert_eq!(texts(&GOOD.replace("axum", "warp")), ["crate axum is not in the tree any more, but is guarded"]);
}
