//! The rules about locks.

use portcullis_domain::event::Version;
use portcullis_domain::lock::{
    Lock, LockOrganizationSet, LockOwnerSet, LockRefusal, SetOrganization, SetOwner, set_organization, set_owner,
};
use portcullis_testkit::build::{a_user_id, lock_id, org};

fn door() -> Lock {
    Lock { id: lock_id("door"), version: Version::new(3), org: org("acme"), name: None, owner: None }
}

#[test]
fn a_lock_is_given_to_another_organisation_once() {
    let to = |id| SetOrganization { lock: lock_id("door"), org: org(id) };
    let event = LockOrganizationSet { lock_id: lock_id("door"), org_id: org("bolt") };
    assert_eq!(set_organization(&to("bolt"), &door()), Some(event.into()));
    assert_eq!(set_organization(&to("acme"), &door()), None);
}

#[test]
fn an_owner_is_somebody_and_can_go() {
    let (ada, bob) = (a_user_id(), a_user_id());
    let to = |owner| SetOwner { lock: lock_id("door"), owner };
    let event = |user_id| LockOwnerSet { lock_id: lock_id("door"), user_id };
    assert_eq!(set_owner(&to(Some(ada)), &door(), true), Ok(Some(event(Some(ada)).into())));
    assert_eq!(set_owner(&to(Some(ada)), &door(), false), Err(LockRefusal::UnknownUser));
    assert_eq!(set_owner(&to(None), &door(), false), Ok(None), "nobody owns it already");
    let owned = Lock { owner: Some(ada), ..door() };
    assert_eq!(set_owner(&to(Some(ada)), &owned, true), Ok(None));
    assert_eq!(set_owner(&to(Some(bob)), &owned, true), Ok(Some(event(Some(bob)).into())));
    assert_eq!(set_owner(&to(None), &owned, false), Ok(Some(event(None).into())));
}
