//! Clearing the local rows of a camera account.

use portcullis_domain::commit::PrivateChange;
use portcullis_domain::ids::{ThreeDEyeRoleId, UserId};
use portcullis_domain::threedeye::{AccountState, Clearing, Lease, ResetSwitches, clearing};
use portcullis_testkit::build::{a_mapping, a_user_id};

fn state(user: UserId, mapping: bool, recovery: bool) -> AccountState {
    AccountState { mapping: mapping.then(|| a_mapping(user)), recovery: recovery.then(roles), lease: Lease::default() }
}

fn roles() -> Vec<ThreeDEyeRoleId> {
    ["guard", "viewer"].map(|text| ThreeDEyeRoleId::parse(text).unwrap()).into()
}

#[test]
fn a_reset_clears_and_leaves_the_rest_to_the_next_fetch_unless_told() {
    let switches = ResetSwitches { clear_mapping: true, delete_remote: false, reprovision: false };
    assert_eq!(ResetSwitches::default(), switches);
}

#[test]
fn mapping_and_recovery_are_cleared_when_there_are_any() {
    let user = a_user_id();
    let cleared = |mapping, recovery| clearing(user, &state(user, mapping, recovery), ResetSwitches::default());
    assert_eq!(cleared(false, false), Clearing::default());
    let gone = PrivateChange::ThreeDEyeGone(user);
    let mapping = Clearing { mapping: true, changes: vec![gone.clone()], ..Clearing::default() };
    assert_eq!(cleared(true, false), mapping);
    let both = Clearing {
        mapping: true,
        recovery: true,
        dropped: roles(),
        changes: vec![gone, PrivateChange::RecoveryGone(user)],
    };
    assert_eq!(cleared(true, true), both);
    assert!(!cleared(false, true).mapping);
    assert_eq!(cleared(false, true).changes, [PrivateChange::RecoveryGone(user)]);
}

#[test]
fn roles_are_kept_for_the_account_that_is_made_at_once() {
    let user = a_user_id();
    for delete_remote in [false, true] {
        let switches = ResetSwitches { clear_mapping: true, delete_remote, reprovision: true };
        let cleared = clearing(user, &state(user, true, true), switches);
        assert_eq!((cleared.mapping, cleared.recovery, cleared.dropped), (true, false, Vec::new()));
        assert_eq!(cleared.changes, [PrivateChange::ThreeDEyeGone(user)]);
    }
}

#[test]
fn nothing_is_cleared_unless_asked() {
    let user = a_user_id();
    for (delete_remote, reprovision) in [(false, false), (true, false), (false, true), (true, true)] {
        let switches = ResetSwitches { clear_mapping: false, delete_remote, reprovision };
        assert_eq!(clearing(user, &state(user, true, true), switches), Clearing::default());
    }
}
