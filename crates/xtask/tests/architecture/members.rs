//! Who of us may depend on whom.

use crate::assert_none;
use crate::manifest::{self, Dependency, Kind, Manifests};

/// Every member and what of ours it may depend on: the layers, inner ones first.
const ALLOWED: [(&str, &[&str]); 9] = [
    ("portcullis-domain", &[]),
    ("code-samples", &[]),
    ("threedeye-client", &[]),
    ("threedeye-sim", &[]),
    ("portcullis-testkit", &["portcullis-domain"]),
    ("portcullis-adapters", &["portcullis-domain", "threedeye-client"]),
    ("portcullis-api", &["portcullis-domain", "portcullis-adapters", "threedeye-sim", "code-samples"]),
    // Black box: it may know the stand-in it points the service at, and nothing of the service itself.
    ("portcullis-tests", &["threedeye-sim"]),
    ("xtask", &[]),
];

/// What tests of any member may use besides. Not the black-box tests: fakes and builders would open the box.
const FOR_TESTS: [&str; 2] = ["portcullis-testkit", "threedeye-sim"];
const WITHOUT_TEST_HELP: [&str; 2] = ["portcullis-tests", "xtask"];

/// What tests of one member may use besides. The black-box tests open the box once: when every server has stopped, the
/// store is asked whether its views equal a rebuild, which nothing outside can make. What makes code samples is no part
/// of the box.
const FOR_TESTS_OF: [(&str, &str); 2] =
    [("portcullis-tests", "portcullis-adapters"), ("portcullis-tests", "code-samples")];

fn faults(manifests: &Manifests) -> Vec<String> {
    let known = |member: &str| ALLOWED.iter().find(|(name, _)| *name == member).map(|(_, allowed)| *allowed);
    let unknown = manifests.members.iter().filter(|member| known(member).is_none());
    let gone = ALLOWED.iter().filter(|(name, _)| !manifests.members.contains(*name));
    let forbidden = manifests.dependencies.iter().filter(|Dependency { from, to, kind }| {
        let ours = manifests.members.contains(to);
        let allowed = known(from).is_none_or(|allowed| allowed.contains(&to.as_str()));
        let helps_tests =
            *kind == Kind::Dev && FOR_TESTS.contains(&to.as_str()) && !WITHOUT_TEST_HELP.contains(&from.as_str());
        let helps_tests = helps_tests || (*kind == Kind::Dev && FOR_TESTS_OF.contains(&(from.as_str(), to.as_str())));
        ours && !allowed && !helps_tests
    });
    unknown
        .map(|member| format!("{member} has no place among the layers: give it one in this test"))
        .chain(gone.map(|(name, _)| format!("{name} has a place among the layers but is no member")))
        .chain(forbidden.map(|edge| format!("{} must not depend on {} ({:?})", edge.from, edge.to, edge.kind)))
        .collect()
}

#[test]
fn members_depend_inwards_only() {
    assert_none(&faults(&manifest::read()));
}

fn made_up(dependencies: &[Dependency]) -> Vec<String> {
    let members = ALLOWED.iter().map(|(name, _)| (*name).to_owned()).collect();
    faults(&Manifests { members, dependencies: dependencies.to_vec() })
}

#[test]
fn an_edge_outwards_is_a_fault() {
    for (from, to) in [
        ("portcullis-domain", "portcullis-adapters"),
        ("portcullis-adapters", "portcullis-api"),
        ("threedeye-client", "portcullis-domain"),
        ("threedeye-sim", "threedeye-client"),
        ("portcullis-testkit", "portcullis-adapters"),
        ("portcullis-adapters", "portcullis-testkit"),
        ("portcullis-tests", "portcullis-api"),
        ("portcullis-tests", "portcullis-adapters"),
    ] {
        assert_eq!(made_up(&[Dependency::normal(from, to)]).len(), 1, "{from} -> {to}");
    }
}

#[test]
fn tests_may_use_fakes_and_the_stand_in_but_no_outer_layer() {
    assert!(made_up(&[Dependency::dev("portcullis-domain", "portcullis-testkit")]).is_empty());
    assert!(made_up(&[Dependency::dev("threedeye-client", "threedeye-sim")]).is_empty());
    assert_eq!(made_up(&[Dependency::dev("portcullis-domain", "portcullis-adapters")]).len(), 1);
    assert_eq!(made_up(&[Dependency::dev("portcullis-tests", "portcullis-testkit")]).len(), 1);
    assert!(made_up(&[Dependency::dev("portcullis-tests", "portcullis-adapters")]).is_empty());
    assert_eq!(made_up(&[Dependency::dev("portcullis-tests", "portcullis-api")]).len(), 1);
}

#[test]
fn a_member_without_a_place_is_a_fault() {
    let mut members: std::collections::BTreeSet<String> = ALLOWED.iter().map(|(name, _)| (*name).to_owned()).collect();
    members.insert("newcomer".into());
    members.remove("xtask");
    assert_eq!(faults(&Manifests { members, dependencies: Vec::new() }).len(), 2);
}
