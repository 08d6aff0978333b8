//! Granting and taking away, at exact boundaries of windows.

use std::time::Duration;

use portcullis_domain::access::{
    AccessLevel, AccessRefusal, AccessibleLockAdded, AccessibleLockRemoved, AddAccess, Grant, GrantState, RemoveAccess,
    Window, add, remove,
};
use portcullis_domain::clock::Timestamp;
use portcullis_domain::ids::UserId;
use portcullis_testkit::build::{NOON, a_user_id, free, lock_id};

const TICK: Duration = Duration::from_millis(1);

fn window(from: Option<Timestamp>, until: Option<Timestamp>) -> Window {
    Window::new(from, until).unwrap()
}

fn grant(window: Window) -> Grant {
    Grant {
        lock: lock_id("door"),
        lock_name: free("Front door"),
        access_level: AccessLevel::User,
        granted_by: free("the owner"),
        window,
        granted_at: NOON,
    }
}

fn adding(user: UserId, window: Window) -> AddAccess {
    AddAccess {
        user,
        lock: lock_id("door"),
        lock_name: free("Back door"),
        access_level: AccessLevel::Guest,
        granted_by: free("the desk"),
        window,
    }
}

fn added(user: UserId, window: Window) -> AccessibleLockAdded {
    AccessibleLockAdded {
        user_id: user,
        lock_id: lock_id("door"),
        lock_name: free("Back door"),
        access_level: AccessLevel::Guest,
        granted_by: free("the desk"),
        valid_from: window.from(),
        valid_until: window.until(),
    }
}

fn removing(user: UserId) -> RemoveAccess {
    RemoveAccess { user, lock: lock_id("door"), removed_by: free("the desk"), reason: free("moved out") }
}

#[test]
fn a_window_ends_after_it_begins() {
    let later = NOON.plus(TICK);
    assert!(Window::new(Some(NOON), Some(NOON)).is_err());
    assert!(Window::new(Some(later), Some(NOON)).is_err());
    assert_eq!(window(Some(NOON), Some(later)).until(), Some(later));
    assert_eq!(window(None, Some(NOON)).from(), None);
    assert_eq!(window(None, None), Window::default());
}

#[test]
fn a_grant_counts_from_its_first_instant_until_before_its_last() {
    let (from, until) = (NOON, NOON.plus(Duration::from_hours(1)));
    let bounded = grant(window(Some(from), Some(until)));
    assert_eq!(bounded.state(from.minus(TICK)), GrantState::Scheduled);
    assert_eq!(bounded.state(from), GrantState::Active);
    assert_eq!(bounded.state(until.minus(TICK)), GrantState::Active);
    assert_eq!(bounded.state(until), GrantState::Expired);
    let open = grant(Window::default());
    for now in [Timestamp::from_unix_millis(i64::MIN), NOON, Timestamp::from_unix_millis(i64::MAX)] {
        assert_eq!(open.state(now), GrantState::Active);
    }
    assert_eq!(grant(window(Some(from), None)).state(from.minus(TICK)), GrantState::Scheduled);
    assert_eq!(grant(window(None, Some(until))).state(until), GrantState::Expired);
}

#[test]
fn a_lock_not_on_the_list_is_added() {
    let user = a_user_id();
    for window in [Window::default(), window(Some(NOON), None), window(Some(NOON), Some(NOON.plus(TICK)))] {
        assert_eq!(add(&adding(user, window), None, NOON), Ok(vec![added(user, window).into()]));
    }
}

#[test]
fn a_window_that_is_over_is_refused() {
    let user = a_user_id();
    let over = |until| add(&adding(user, window(None, Some(until))), None, NOON);
    assert_eq!(over(NOON.minus(TICK)), Err(AccessRefusal::WindowOver));
    assert_eq!(over(NOON), Err(AccessRefusal::WindowOver), "it would be absent from the instant it is granted");
    assert!(over(NOON.plus(TICK)).is_ok());
    let on_the_list = add(&adding(user, window(None, Some(NOON))), Some(&grant(Window::default())), NOON);
    assert_eq!(on_the_list, Err(AccessRefusal::WindowOver), "what is wrong with the command is told first");
}

#[test]
fn a_lock_on_the_list_is_not_added_again() {
    let later = NOON.plus(TICK);
    for on_the_list in [Window::default(), window(Some(later), None), window(None, Some(later))] {
        let refusal = add(&adding(a_user_id(), Window::default()), Some(&grant(on_the_list)), NOON);
        assert_eq!(refusal, Err(AccessRefusal::AlreadyGranted));
    }
}

#[test]
fn an_expired_grant_leaves_by_an_event_of_its_own_first() {
    let user = a_user_id();
    for until in [NOON, NOON.minus(Duration::from_hours(9))] {
        let events = add(&adding(user, Window::default()), Some(&grant(window(None, Some(until)))), NOON);
        let expiry = AccessibleLockRemoved {
            user_id: user,
            lock_id: lock_id("door"),
            removed_by: free("system:expiry"),
            reason: free("validity window ended"),
            removed_at: until,
        };
        assert_eq!(events, Ok(vec![expiry.into(), added(user, Window::default()).into()]));
    }
}

#[test]
fn a_lock_on_the_list_is_removed() {
    let user = a_user_id();
    let event = AccessibleLockRemoved {
        user_id: user,
        lock_id: lock_id("door"),
        removed_by: free("the desk"),
        reason: free("moved out"),
        removed_at: NOON,
    };
    let later = NOON.plus(TICK);
    for on_the_list in [Window::default(), window(Some(later), None), window(None, Some(later))] {
        let events = remove(&removing(user), Some(&grant(on_the_list)), NOON);
        assert_eq!(events, Ok(vec![event.clone().into()]), "scheduled ones, too");
    }
}

#[test]
fn a_lock_not_on_the_list_is_not_removed() {
    let user = a_user_id();
    assert_eq!(remove(&removing(user), None, NOON), Err(AccessRefusal::NotGranted));
    let expired = grant(window(None, Some(NOON)));
    assert_eq!(remove(&removing(user), Some(&expired), NOON), Err(AccessRefusal::NotGranted));
}

#[test]
fn levels_are_read_as_they_are_written() {
    for level in [AccessLevel::Owner, AccessLevel::Admin, AccessLevel::User, AccessLevel::Guest] {
        assert_eq!(AccessLevel::parse(level.as_str()), Some(level));
        assert_eq!(serde_json::to_value(level).unwrap(), level.as_str());
    }
    assert_eq!(AccessLevel::parse("owner"), None);
}
