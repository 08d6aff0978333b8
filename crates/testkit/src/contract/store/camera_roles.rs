//! Camera roles and who is in them: `CameraRoles`.

use std::time::Duration;

use portcullis_domain::camera_role::{
    CameraRole, CameraRoleDeleted, CameraRoleStatus, Making, Makings, Member, Membership,
};
use portcullis_domain::commit::{Effects, Guard, GuardKey, WorkChange};
use portcullis_domain::event::{Event, Version};
use portcullis_domain::ids::{CameraRoleId, UserId};
use portcullis_domain::port::MemberPage;

use super::super::StoreHarness;
use crate::build::{
    NOON, a_camera_role, a_camera_role_id, a_commit, a_commit_id, a_person, a_user_id, assign, assigned,
    camera_role_id, free, org, remote_role, unassigned, version_of,
};

fn deleted(role: &CameraRoleId) -> CameraRoleDeleted {
    CameraRoleDeleted { role_id: role.clone(), deleted_by: free("the test"), deleted_at: NOON }
}

async fn next(h: &dyn StoreHarness, role: &CameraRoleId, events: Vec<Event>) {
    let expected = version_of(&*h.events(), &role.into()).await;
    a_commit().on(role, expected).effects(Effects { events, ..Effects::default() }).put(&*h.events()).await;
}

async fn find(h: &dyn StoreHarness, role: &CameraRoleId) -> Option<CameraRole> {
    h.camera_roles().find(role).await.expect("the store answers")
}

async fn members(h: &dyn StoreHarness, role: &CameraRoleId, after: Option<UserId>, limit: u32) -> MemberPage {
    h.camera_roles().members(role, after, limit).await.expect("the store answers")
}

fn member(role: &CameraRoleId, user: UserId) -> Member {
    Member { user, threedeye_user: assigned(role, user).three_deye_user_id, assigned_at: NOON }
}

/// A role comes back whole, with the version of its stream, also by its role at 3dEye; nobody's id is no role.
pub async fn a_camera_role_comes_back_whole(h: &dyn StoreHarness) {
    let events = h.events();
    let id = camera_role_id("Küche/1");
    assert_eq!(find(h, &id).await, None);
    let builder = a_camera_role().id(id.clone()).org("acme").name("Lobby 'n' Garage 🔑").remote(&remote_role("3d-r-1"));
    a_camera_role().put(&*events).await;
    builder.put(&*events).await;
    let role = CameraRole {
        id: id.clone(),
        version: Version::new(1),
        org: org("acme"),
        name: free("Lobby 'n' Garage 🔑"),
        description: Some(free("made by a test")),
        threedeye_role: remote_role("3d-r-1"),
        status: CameraRoleStatus::Active,
        created_at: NOON,
    };
    assert_eq!(find(h, &id).await, Some(role.clone()));
    let by_remote = async |text| h.camera_roles().find_by_remote(&remote_role(text)).await.expect("the store answers");
    assert_eq!(by_remote("3d-r-1").await, Some(role.clone()));
    assert_eq!(by_remote("3d-r-2").await, None);
    let bare = a_camera_role().org("acme");
    let created = portcullis_domain::camera_role::CameraRoleCreated { description: None, ..bare.event() };
    let bare = created.role_id.clone();
    a_commit().on(&bare, Version::NONE).event(created).put(&*events).await;
    assert_eq!(find(h, &bare).await.map(|role| role.description), Some(None));
    next(h, &id, vec![deleted(&id).into()]).await;
    let gone = CameraRole { version: Version::new(2), status: CameraRoleStatus::Deleted, ..role };
    assert_eq!(find(h, &id).await, Some(gone.clone()));
    assert_eq!(by_remote("3d-r-1").await, Some(gone));
    let again = a_camera_role().remote(&remote_role("3d-r-1")).put(&*events).await;
    assert_eq!(by_remote("3d-r-1").await.map(|role| role.id), Some(again), "one that is there comes first");
}

/// Role, person and membership come together, and each may be missing.
pub async fn a_camera_role_is_seen_with_a_person(h: &dyn StoreHarness) {
    let events = h.events();
    let (role, other) = (a_camera_role().put(&*events).await, a_camera_role().put(&*events).await);
    let ada = a_person().org("acme").put(&*events).await;
    assign(&*events, &role, ada).await;
    let situation =
        async |role: &CameraRoleId, user| h.camera_roles().situation(role, user).await.expect("the store answers");
    let whole = situation(&role, ada).await;
    let found = whole.role.expect("made");
    assert_eq!((found.id, found.version), (role.clone(), Version::new(2)));
    let person = whole.person.expect("known");
    assert_eq!((person.id, person.version, person.org), (ada, Version::new(1), org("acme")));
    assert_eq!(whole.member, Some(member(&role, ada)));
    let outside = situation(&other, ada).await;
    assert_eq!((outside.role.is_some(), outside.person.is_some(), outside.member), (true, true, None));
    let nobody = situation(&role, a_user_id()).await;
    assert_eq!((nobody.role.is_some(), nobody.person, nobody.member), (true, None, None));
    let nothing = situation(&a_camera_role_id(), ada).await;
    assert_eq!((nothing.role, nothing.person.is_some(), nothing.member), (None, true, None));
}

/// People come into roles and leave them, each on its own; a person's roles come in the order of their ids.
pub async fn people_come_into_camera_roles_and_leave(h: &dyn StoreHarness) {
    let events = h.events();
    let [b, a, c] = ["b", "a", "c"].map(camera_role_id);
    for id in [&b, &a, &c] {
        a_camera_role().id(id.clone()).put(&*events).await;
    }
    let (ada, bob) = (a_user_id(), a_user_id());
    for (role, user) in [(&b, ada), (&a, ada), (&b, bob)] {
        assign(&*events, role, user).await;
    }
    let memberships = async |user| h.camera_roles().memberships(user).await.expect("the store answers");
    let roles_of = async |user| h.camera_roles().roles_of(user).await.expect("the store answers");
    let membership = |role: &CameraRoleId, user| Membership {
        role: role.clone(),
        threedeye_role: remote_role(&format!("3d-{role}")),
        threedeye_user: assigned(role, user).three_deye_user_id,
    };
    assert_eq!(memberships(ada).await, [membership(&a, ada), membership(&b, ada)]);
    assert_eq!(roles_of(ada).await, [remote_role("3d-a"), remote_role("3d-b")]);
    assert_eq!(memberships(bob).await, [membership(&b, bob)]);
    assert!(memberships(a_user_id()).await.is_empty());
    next(h, &b, vec![unassigned(&b, ada).into()]).await;
    assert_eq!(roles_of(ada).await, [remote_role("3d-a")]);
    assert_eq!(members(h, &b, None, 9).await.members, [member(&b, bob)]);
    // Who was not in it leaves nothing behind.
    next(h, &b, vec![unassigned(&b, ada).into()]).await;
    assert_eq!(members(h, &b, None, 9).await.members, [member(&b, bob)]);
}

/// Pages of people hold everybody once.
pub async fn people_of_a_camera_role_are_paged(h: &dyn StoreHarness) {
    let events = h.events();
    let (role, other) = (a_camera_role().put(&*events).await, a_camera_role().put(&*events).await);
    let mut people: Vec<_> = (0..7).map(|_| a_user_id()).collect();
    for user in people.iter().rev() {
        assign(&*events, &role, *user).await;
    }
    assign(&*events, &other, a_user_id()).await;
    people.sort();
    for limit in [1, 2, 3, 7, 9] {
        let (mut seen, mut after) = (Vec::new(), None);
        loop {
            let page = members(h, &role, after, limit).await;
            assert!(!page.more || page.members.len() == limit as usize, "a page is short, and not the last");
            seen.extend(page.members.iter().map(|member| member.user));
            after = seen.last().copied();
            if !page.more {
                break;
            }
        }
        assert_eq!(seen, people, "{limit} a page");
    }
    assert_eq!(members(h, &role, people.last().copied(), 3).await, MemberPage::default());
    assert_eq!(members(h, &a_camera_role_id(), None, 3).await, MemberPage::default());
    assert_eq!(members(h, &role, None, 0).await, MemberPage { members: Vec::new(), more: true });
}

/// Everybody leaves a role that is deleted, those too who came in with the same commit; others stay in theirs.
pub async fn nobody_is_in_a_deleted_camera_role(h: &dyn StoreHarness) {
    let events = h.events();
    let (role, other) = (a_camera_role().put(&*events).await, a_camera_role().put(&*events).await);
    let (ada, bob, eve) = (a_user_id(), a_user_id(), a_user_id());
    for (role, user) in [(&role, ada), (&role, bob), (&other, ada)] {
        assign(&*events, role, user).await;
    }
    let last = vec![unassigned(&role, bob).into(), assigned(&role, eve).into(), deleted(&role).into()];
    next(h, &role, last).await;
    assert_eq!(members(h, &role, None, 9).await, MemberPage::default());
    for user in [bob, eve] {
        assert!(h.camera_roles().memberships(user).await.expect("the store answers").is_empty());
    }
    assert_eq!(members(h, &other, None, 9).await.members, [member(&other, ada)]);
    // And one whose whole story is one commit.
    let brief = a_camera_role();
    let created = brief.event();
    let id = created.role_id.clone();
    let whole = vec![created.into(), assigned(&id, ada).into(), deleted(&id).into()];
    next(h, &id, whole).await;
    assert_eq!(find(h, &id).await.map(|role| role.status), Some(CameraRoleStatus::Deleted));
    assert_eq!(members(h, &id, None, 9).await, MemberPage::default());
    let live = h.dump_views().await;
    h.rebuild_views().await;
    assert_eq!(h.dump_views().await, live);
}

/// What is being made comes back until it is made, each role's on its own; one name is told to be another's.
pub async fn a_making_comes_back_until_it_is_made(h: &dyn StoreHarness) {
    let events = h.events();
    let (role, other) = (a_camera_role_id(), a_camera_role_id());
    let (lobby, garage) = (free("Lobby"), free("Garage"));
    let makings = async |role: &CameraRoleId, name| h.camera_roles().makings(role, name).await.expect("answers");
    assert_eq!(makings(&role, &lobby).await, Makings::default());
    let put = async |revision, change| {
        let guard = Guard::raise(GuardKey::CameraRoleMakings, revision);
        a_commit().guard(guard).work(change).put(&*events).await;
    };
    let begun = Making { role: role.clone(), name: None, holder: a_commit_id(), until: NOON };
    put(0, WorkChange::CameraRoleMaking(begun.clone())).await;
    assert_eq!(makings(&role, &lobby).await, Makings { revision: 1, own: Some(begun.clone()), namesake: false });
    let asked = Making { name: Some(lobby.clone()), until: NOON.plus(Duration::from_millis(1)), ..begun };
    put(1, WorkChange::CameraRoleMaking(asked.clone())).await;
    assert_eq!(makings(&role, &lobby).await, Makings { revision: 2, own: Some(asked), namesake: false });
    assert_eq!(makings(&other, &lobby).await, Makings { revision: 2, own: None, namesake: true });
    assert_eq!(makings(&other, &garage).await, Makings { revision: 2, own: None, namesake: false });
    put(2, WorkChange::CameraRoleMade(role.clone())).await;
    assert_eq!(makings(&role, &lobby).await, Makings { revision: 3, own: None, namesake: false });
    put(3, WorkChange::CameraRoleMade(role.clone())).await;
    assert_eq!(makings(&other, &lobby).await, Makings { revision: 4, own: None, namesake: false });
}
