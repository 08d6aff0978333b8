//! Switching accounts on and off.

use portcullis_domain::commit::{Effects, Guard, GuardKey, WorkChange};
use portcullis_domain::event::Version;
use portcullis_domain::user::{
    Account, OtherAdministrators, Person, Profile, Role, Standing, UserActivated, UserDeactivated, UserRefusal,
    UserStatus, set_active,
};
use portcullis_testkit::build::{NOON, a_user_id, email, org, user_name};

/// Somebody with 3 sessions, epoch 7, revision 5 of the second factor, and another administrator.
pub(crate) fn standing(status: UserStatus, roles: Option<&[Role]>) -> Standing {
    let id = a_user_id();
    let account = Account { user: id, username: user_name("ada"), name: "Ada".to_owned(), created_at: NOON };
    let person = Person {
        id,
        version: Version::new(3),
        org: org("acme"),
        status,
        created_at: NOON,
        profile: Profile { email: Some(email("ada@example.com")), ..Profile::empty(id) },
        account: roles.map(|roles| (account, roles.iter().copied().collect())),
        language: None,
    };
    let others = OtherAdministrators { any: true, revision: 4 };
    Standing { person, epoch: 7, sessions: 3, factor_revision: 5, others }
}

/// The same, and nobody else administers.
pub(crate) fn alone(status: UserStatus, roles: Option<&[Role]>) -> Standing {
    let standing = standing(status, roles);
    Standing { others: OtherAdministrators { any: false, revision: 4 }, ..standing }
}

#[test]
fn switching_off_ends_all_sessions() {
    for (roles, guards) in
        [(&[Role::User][..], Vec::new()), (&[Role::Admin], vec![Guard::raise(GuardKey::Administrators, 4)])]
    {
        let standing = standing(UserStatus::Active, Some(roles));
        let user = standing.person.id;
        let epoch = Guard::raise(GuardKey::CredentialEpoch(user), 7);
        let expected = Effects {
            events: vec![UserDeactivated { user_id: user, sessions_ended: 3 }.into()],
            work: vec![WorkChange::SessionsEnded { user }],
            guards: guards.into_iter().chain([epoch]).collect(),
            ..Effects::default()
        };
        assert_eq!(set_active(false, &standing), Ok(expected));
    }
}

#[test]
fn switching_on_is_an_event_alone() {
    let standing = standing(UserStatus::Inactive, Some(&[Role::Admin]));
    let events = vec![UserActivated { user_id: standing.person.id }.into()];
    assert_eq!(set_active(true, &standing), Ok(Effects { events, ..Effects::default() }));
}

#[test]
fn what_it_is_already_it_stays() {
    for (status, active) in [(UserStatus::Active, true), (UserStatus::Inactive, false), (UserStatus::Suspended, false)]
    {
        assert_eq!(set_active(active, &alone(status, Some(&[Role::Admin]))), Ok(Effects::default()));
    }
}

#[test]
fn what_cannot_be_switched_is_told() {
    let last = alone(UserStatus::Active, Some(&[Role::Admin]));
    assert_eq!(set_active(false, &last), Err(UserRefusal::LastAdministrator));
    assert!(set_active(false, &alone(UserStatus::Active, Some(&[Role::Bot]))).is_ok());
    let suspended = standing(UserStatus::Suspended, Some(&[Role::User]));
    assert_eq!(set_active(true, &suspended), Err(UserRefusal::Suspended));
    let bare = standing(UserStatus::Active, None);
    assert_eq!(set_active(false, &bare), Err(UserRefusal::NoAccount));
}
