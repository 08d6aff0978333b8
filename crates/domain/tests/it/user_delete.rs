//! Deleting people.

use std::time::Duration;

use portcullis_domain::access::{AccessLevel, AccessibleLockRemoved, Grant, Window};
use portcullis_domain::camera_role::{CameraRoleUserRemoved, Membership};
use portcullis_domain::commit::{Claim, ClaimChange, Guard, GuardKey, PrivateChange, WorkChange};
use portcullis_domain::event::Event;
use portcullis_domain::threedeye::{AccountState, Lease};
use portcullis_domain::user::{Role, Standing, UserDeleted, UserRefusal, UserStatus, delete};
use portcullis_testkit::build::{
    NOON, a_mapping, camera_role_id, email, free, lock_id, remote_role, remote_user, user_name,
};

use crate::user_active::{alone, standing};

fn grant(lock: &str, window: Window) -> Grant {
    Grant {
        lock: lock_id(lock),
        lock_name: free("Door"),
        access_level: AccessLevel::User,
        granted_by: free("the desk"),
        window,
        granted_at: NOON,
    }
}

fn no_camera() -> AccountState {
    AccountState { lease: Lease { fence: 9, until: None }, ..AccountState::default() }
}

#[test]
fn all_that_is_of_a_person_goes_with_it() {
    let standing = standing(UserStatus::Active, Some(&[Role::User]));
    let user = standing.person.id;
    let ended = NOON.minus(Duration::from_secs(5));
    let grants = [grant("open", Window::default()), grant("over", Window::recorded(None, Some(ended)))];
    let role = camera_role_id("lobby");
    let threedeye_user = remote_user("3d-7");
    let memberships = [Membership {
        role: role.clone(),
        threedeye_role: remote_role("3d-r"),
        threedeye_user: threedeye_user.clone(),
    }];
    let left =
        CameraRoleUserRemoved { role_id: role, user_id: user, three_deye_user_id: threedeye_user, removed_at: NOON };
    let effects = delete(&standing, &grants, &memberships, &no_camera(), NOON).unwrap();
    let removed = |lock: &str, by: &str, reason: &str, at| -> Event {
        let (removed_by, reason) = (free(by), free(reason));
        AccessibleLockRemoved { user_id: user, lock_id: lock_id(lock), removed_by, reason, removed_at: at }.into()
    };
    assert_eq!(
        effects.events,
        [
            removed("over", "system:expiry", "validity window ended", ended),
            removed("open", "system:deletion", "the person was deleted", NOON),
            left.into(),
            UserDeleted { user_id: user, sessions_ended: 3 }.into(),
        ]
    );
    let released = [Claim::Email(email("ada@example.com")), Claim::UserName(user_name("ada"))];
    let released = released.map(|claim| ClaimChange::Release { claim, owner: user });
    assert_eq!(effects.claims, released);
    assert_eq!(effects.private, [PrivateChange::PersonErased(user)]);
    assert!(effects.work.contains(&WorkChange::SessionsEnded { user }));
    let guards = [
        Guard::raise(GuardKey::SecondFactor(user), 5),
        Guard::raise(GuardKey::ThreeDEye(user), 9),
        Guard::raise(GuardKey::CredentialEpoch(user), 7),
    ];
    assert_eq!(effects.guards, guards);
}

#[test]
fn no_event_of_it_carries_personal_data() {
    let standing = standing(UserStatus::Suspended, Some(&[Role::User]));
    let effects = delete(&standing, &[], &[], &no_camera(), NOON).unwrap();
    let text = serde_json::to_string(&effects.events).unwrap();
    assert!(!["ada", "example.com"].iter().any(|personal| text.to_lowercase().contains(personal)), "{text}");
}

#[test]
fn somebody_stays_to_administer() {
    let deleting = |standing: &Standing| delete(standing, &[], &[], &no_camera(), NOON);
    let last = alone(UserStatus::Active, Some(&[Role::Admin]));
    assert_eq!(deleting(&last), Err(UserRefusal::LastAdministrator));
    let off = alone(UserStatus::Inactive, Some(&[Role::Admin]));
    assert!(deleting(&off).is_ok());
    let one_of_two = standing(UserStatus::Active, Some(&[Role::Admin]));
    let effects = deleting(&one_of_two).unwrap();
    assert!(effects.guards.contains(&Guard::raise(GuardKey::Administrators, 4)));
}

#[test]
fn a_camera_account_must_go_first() {
    let standing = standing(UserStatus::Active, Some(&[Role::User]));
    let mapping = Some(a_mapping(standing.person.id));
    // One that was found was deleted, or was about to be, when its roles were saved.
    let recovery = Some(vec![remote_role("guard")]);
    for rows in [AccountState { mapping, ..no_camera() }, AccountState { recovery, ..no_camera() }] {
        let refused = delete(&standing, &[], &[], &rows, NOON);
        assert_eq!(refused, Err(UserRefusal::CameraAccount), "{rows:?}");
    }
}
