//! Suspending and reactivating.

use std::collections::BTreeSet;

use portcullis_domain::commit::{Effects, Guard, GuardKey, WorkChange};
use portcullis_domain::event::Version;
use portcullis_domain::user::{
    Account, OtherAdministrators, Person, Profile, ReactivateUser, Role, SuspendUser, UserReactivated, UserRefusal,
    UserStatus, UserSuspended, reactivate, suspend,
};
use portcullis_testkit::build::{NOON, a_user_id, free, org, user_name};

const NONE_LEFT: OtherAdministrators = OtherAdministrators { any: false, revision: 4 };
const SOME_LEFT: OtherAdministrators = OtherAdministrators { any: true, revision: 4 };

fn somebody(status: UserStatus, roles: Option<&[Role]>) -> Person {
    let id = a_user_id();
    let account = Account { user: id, username: user_name("ada"), name: "Ada".to_owned(), created_at: NOON };
    Person {
        id,
        version: Version::new(3),
        org: org("acme"),
        status,
        created_at: NOON,
        profile: Profile::empty(id),
        account: roles.map(|roles| (account, roles.iter().copied().collect::<BTreeSet<_>>())),
    }
}

fn suspending(person: &Person, others: OtherAdministrators) -> Result<Effects, UserRefusal> {
    let command = SuspendUser { user: person.id, reason: free("lost phone"), by: free("the desk") };
    suspend(&command, person, 7, others, NOON)
}

fn reactivating(person: &Person) -> Result<Effects, UserRefusal> {
    let command = ReactivateUser { user: person.id, reason: free("found"), by: free("the desk") };
    reactivate(&command, person, NOON)
}

/// The event, the end of all sessions, and the guards given.
fn suspended(person: &Person, guards: &[Guard]) -> Effects {
    let event = UserSuspended {
        user_id: person.id,
        reason: free("lost phone"),
        suspended_by: free("the desk"),
        suspended_at: NOON,
    };
    let epoch = Guard::raise(GuardKey::CredentialEpoch(person.id), 7);
    Effects {
        events: vec![event.into()],
        work: vec![WorkChange::SessionsEnded { user: person.id }],
        guards: guards.iter().copied().chain([epoch]).collect(),
        ..Effects::default()
    }
}

#[test]
fn suspending_ends_all_sessions() {
    for roles in [None, Some([Role::User].as_slice())] {
        let person = somebody(UserStatus::Active, roles);
        assert_eq!(suspending(&person, NONE_LEFT), Ok(suspended(&person, &[])));
    }
}

#[test]
fn an_administrator_is_suspended_only_if_another_is_left() {
    let person = somebody(UserStatus::Active, Some(&[Role::Admin, Role::User]));
    let guard = Guard::raise(GuardKey::Administrators, 4);
    assert_eq!(suspending(&person, SOME_LEFT), Ok(suspended(&person, &[guard])));
    assert_eq!(suspending(&person, NONE_LEFT), Err(UserRefusal::LastAdministrator));
}

#[test]
fn the_suspended_are_left_as_they_are() {
    for roles in [None, Some([Role::Admin].as_slice())] {
        assert_eq!(suspending(&somebody(UserStatus::Suspended, roles), NONE_LEFT), Ok(Effects::default()));
    }
}

#[test]
fn the_switched_off_are_not_suspended() {
    for roles in [None, Some([Role::Admin].as_slice())] {
        let person = somebody(UserStatus::Inactive, roles);
        for others in [NONE_LEFT, SOME_LEFT] {
            assert_eq!(suspending(&person, others), Err(UserRefusal::SwitchedOff));
        }
    }
}

#[test]
fn only_a_suspension_is_ended() {
    let person = somebody(UserStatus::Suspended, None);
    let event = UserReactivated {
        user_id: person.id,
        reason: free("found"),
        reactivated_by: free("the desk"),
        reactivated_at: NOON,
    };
    assert_eq!(reactivating(&person), Ok(Effects { events: vec![event.into()], ..Effects::default() }));
    assert_eq!(reactivating(&somebody(UserStatus::Active, None)), Ok(Effects::default()));
    assert_eq!(reactivating(&somebody(UserStatus::Inactive, None)), Err(UserRefusal::SwitchedOff));
}
