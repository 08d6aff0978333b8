//! Clearing the local rows of a camera account, when a reset calls 3dEye, and passwords.

use portcullis_domain::commit::PrivateChange;
use portcullis_domain::ids::{ThreeDEyeRoleId, UserId};
use portcullis_domain::threedeye::{
    AccountState, Clearing, InvalidPasswordPolicy, Lease, MappingState, PasswordPolicy, ResetSwitches, clearing,
};
use portcullis_domain::user::Profile;
use portcullis_testkit::build::{a_mapping, a_user_id, email};
use portcullis_testkit::fake::SeededEntropy;
use proptest::prelude::*;

fn state(user: UserId, mapping: bool, recovery: bool) -> AccountState {
    AccountState { mapping: mapping.then(|| a_mapping(user)), recovery: recovery.then(roles), lease: Lease::default() }
}

/// Of somebody with this address.
fn profile(address: Option<&str>) -> Profile {
    Profile { email: address.map(email), ..Profile::empty(a_user_id()) }
}

/// Clears the rows of somebody with this address.
fn cleared_of(profile: Option<&Profile>, user: UserId, state: &AccountState, switches: ResetSwitches) -> Clearing {
    clearing(user, state, switches).sparing(profile, state, switches)
}

/// Clears the rows of somebody whose account was made for the address there is.
fn cleared(user: UserId, state: &AccountState, switches: ResetSwitches) -> Clearing {
    cleared_of(Some(&profile(Some("ada@example.com"))), user, state, switches)
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
    let cleared = |mapping, recovery| cleared(user, &state(user, mapping, recovery), ResetSwitches::default());
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
        let cleared = cleared(user, &state(user, true, true), switches);
        assert_eq!((cleared.mapping, cleared.recovery, cleared.dropped), (true, false, Vec::new()));
        assert_eq!(cleared.changes, [PrivateChange::ThreeDEyeGone(user)]);
    }
}

#[test]
fn nothing_is_cleared_unless_asked() {
    let user = a_user_id();
    for (delete_remote, reprovision) in [(false, false), (true, false), (false, true), (true, true)] {
        let switches = ResetSwitches { clear_mapping: false, delete_remote, reprovision };
        assert_eq!(cleared(user, &state(user, true, true), switches), Clearing::default());
    }
}

#[test]
fn what_alone_leads_to_an_account_is_not_cleared_by_who_does_not_look_for_it() {
    use MappingState::{Creating, Live, Stale};
    let user = a_user_id();
    let rows = |id: bool, mapped: MappingState| {
        let mut rows = state(user, true, true);
        let mapping = rows.mapping.as_mut().unwrap();
        mapping.threedeye_user = mapping.threedeye_user.clone().filter(|_| id);
        mapping.state = mapped;
        rows
    };
    for (id, mapped, leads) in
        [(true, Live, true), (true, Stale, true), (false, Live, true), (false, Creating, true), (false, Stale, false)]
    {
        for moved in [Some(profile(Some("ada@new.example"))), Some(profile(None)), None] {
            for (delete_remote, reprovision) in [(false, false), (true, false), (false, true), (true, true)] {
                let switches = ResetSwitches { clear_mapping: true, delete_remote, reprovision };
                let cleared = cleared_of(moved.as_ref(), user, &rows(id, mapped), switches);
                // What is to be made anew stands until it is.
                let kept = leads && moved.is_some() && (reprovision || !(delete_remote || mapped == Stale));
                assert_eq!(cleared.mapping, !kept, "{id} {mapped:?} {moved:?} {switches:?}");
                if kept {
                    let [PrivateChange::ThreeDEye(left)] = &cleared.changes[..] else { panic!("{cleared:?}") };
                    assert_ne!(left.state, Live);
                    assert!(left.leads_elsewhere(None) && !cleared.recovery && cleared.dropped.is_empty());
                }
            }
        }
    }
    assert!(cleared(user, &rows(true, Live), ResetSwitches::default()).mapping, "the address leads there, too");
}

#[test]
fn a_reset_calls_3deye_only_where_there_is_something_to_call_it_for() {
    let user = a_user_id();
    let address = email("ada@example.com");
    let stale = AccountState { mapping: Some(a_mapping(user).stale()), ..AccountState::default() };
    let waiting = state(user, true, true);
    // Cleared, deleted, made; address; rows; called?
    let none = AccountState::default();
    let live = state(user, true, false);
    let table = [
        ((true, false, false), Some(&address), &live, false),
        ((false, true, false), Some(&address), &none, true),
        ((false, true, false), None, &live, true),
        ((false, true, false), None, &none, false),
        ((false, false, true), Some(&address), &none, true),
        ((false, false, true), Some(&address), &live, false),
        ((false, false, true), Some(&address), &stale, true),
        ((false, false, true), Some(&address), &waiting, true),
        ((true, false, true), Some(&address), &live, true),
        ((true, false, true), None, &live, false),
        ((false, false, false), Some(&address), &live, false),
    ];
    for ((clear_mapping, delete_remote, reprovision), address, rows, expected) in table {
        let switches = ResetSwitches { clear_mapping, delete_remote, reprovision };
        assert_eq!(switches.call_remote(address, rows), expected, "{switches:?} {address:?} {rows:?}");
    }
}

#[test]
fn an_account_is_ready_when_it_lives_and_no_role_waits() {
    let user = a_user_id();
    assert!(state(user, true, false).ready().is_some());
    assert!(state(user, true, true).ready().is_none() && state(user, false, false).ready().is_none());
    for other in [MappingState::Creating, MappingState::Stale] {
        let mut rows = state(user, true, false);
        rows.mapping.as_mut().unwrap().state = other;
        assert!(rows.ready().is_none());
    }
}

#[test]
fn a_password_policy_is_within_reason() {
    for length in [0, 11, 129, usize::MAX] {
        assert_eq!(PasswordPolicy::new(length, "-"), Err(InvalidPasswordPolicy::Length));
    }
    for signs in ["", "a", "--", "- ", "\u{e9}", "|", "'", "\"", "-_.!-"] {
        assert_eq!(PasswordPolicy::new(24, signs), Err(InvalidPasswordPolicy::Signs), "{signs}");
    }
    assert_eq!(PasswordPolicy::new(24, "-_.!"), Ok(PasswordPolicy::default()));
    for length in [12, 128] {
        assert!(PasswordPolicy::new(length, "!").is_ok());
    }
}

proptest! {
    #[test]
    fn a_password_has_its_length_each_class_and_nothing_ambiguous(
        length in PasswordPolicy::SHORTEST..=PasswordPolicy::LONGEST,
        signs in prop::sample::subsequence("!#$%&()*+-./:=?@[]^_{}~".chars().collect::<Vec<_>>(), 1..=23),
        seed in any::<u64>(),
    ) {
        let signs: String = signs.into_iter().collect();
        let entropy = SeededEntropy::new(seed);
        let policy = PasswordPolicy::new(length, &signs).unwrap();
        let password = policy.generate(&entropy).expose().clone();
        prop_assert_eq!(password.chars().count(), length);
        for class in [char::is_ascii_uppercase as fn(&char) -> bool, char::is_ascii_lowercase, char::is_ascii_digit] {
            prop_assert!(password.chars().any(|c| class(&c)));
        }
        prop_assert!(password.chars().any(|c| signs.contains(c)));
        prop_assert!(password.chars().all(|c| c.is_ascii_alphanumeric() || signs.contains(c)));
        prop_assert!(!password.contains(['0', 'O', '1', 'I', 'l']));
        let next = policy.generate(&entropy);
        prop_assert_ne!(next.expose(), &password);
    }
}
