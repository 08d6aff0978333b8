//! Camera accounts: `ThreeDEyeAccounts`.

use portcullis_domain::clock::Timestamp;
use portcullis_domain::commit::{Guard, GuardKey, PrivateChange, WorkChange};
use portcullis_domain::ids::{ThreeDEyeRoleId, ThreeDEyeUserId, UserId};
use portcullis_domain::secret::Secret;
use portcullis_domain::threedeye::{
    AccountOwner, AccountState, KnownAccount, Lease, Mapping, MappingState, RemoteAccount, WithoutAccount,
};
use portcullis_domain::user::{Profile, UserStatus};

use super::super::StoreHarness;
use crate::build::{NOON, a_commit, a_mapping, a_person, a_user_id, email, millis};

async fn find(h: &dyn StoreHarness, user: UserId) -> AccountState {
    h.threedeye().find(user).await.expect("the store answers")
}

/// Nobody has nothing.
pub async fn an_unknown_person_has_no_camera_account(h: &dyn StoreHarness) {
    a_commit().private(PrivateChange::ThreeDEye(a_mapping(a_user_id()))).put(&*h.events()).await;
    assert_eq!(find(h, a_user_id()).await, AccountState::default());
}

/// A mapping comes back with its password, in every state; the last one put counts, until it is gone.
pub async fn a_mapping_comes_back_with_its_password(h: &dyn StoreHarness) {
    let events = h.events();
    let (ada, bob) = (a_user_id(), a_user_id());
    a_commit().private(PrivateChange::ThreeDEye(a_mapping(bob))).put(&*events).await;
    for (number, state) in (0..).zip([MappingState::Creating, MappingState::Live, MappingState::Stale]) {
        let mapping = Mapping {
            user: ada,
            threedeye_user: (number > 0).then(|| ThreeDEyeUserId::parse(format!("3d-{number}")).expect("a short id")),
            email: email(&format!("ada{number}@example.com")),
            password: Secret::new(format!("pässword {number} 🔑")),
            state,
            created_at: millis(1_700_000_000_001 + number),
        };
        a_commit().private(PrivateChange::ThreeDEye(mapping.clone())).put(&*events).await;
        assert_eq!(find(h, ada).await, AccountState { mapping: Some(mapping), ..AccountState::default() });
    }
    a_commit().private(PrivateChange::ThreeDEyeGone(ada)).put(&*events).await;
    assert_eq!(find(h, ada).await, AccountState::default());
    assert_eq!(find(h, bob).await.mapping, Some(a_mapping(bob)), "somebody else's stays");
}

/// Roles to restore come back in their order; none to restore is something else than no row.
pub async fn roles_to_restore_come_back_in_order(h: &dyn StoreHarness) {
    let events = h.events();
    let (ada, bob) = (a_user_id(), a_user_id());
    for texts in [vec!["z", "a", "m", "a,b"], vec![], vec!["only"]] {
        let roles: Vec<_> = texts.into_iter().map(|text| ThreeDEyeRoleId::parse(text).expect("a short id")).collect();
        a_commit().private(PrivateChange::Recovery { user: ada, roles: roles.clone() }).put(&*events).await;
        assert_eq!(find(h, ada).await.recovery, Some(roles));
    }
    assert_eq!(find(h, bob).await.recovery, None);
    a_commit().private(PrivateChange::RecoveryGone(ada)).put(&*events).await;
    assert_eq!(find(h, ada).await.recovery, None);
}

/// A lease has the fence its guard raised and the time its row says; each is somebody's own.
pub async fn a_lease_has_fence_and_end(h: &dyn StoreHarness) {
    let events = h.events();
    let (ada, bob) = (a_user_id(), a_user_id());
    for (fence, until) in [(0, NOON), (1, millis(0)), (2, millis(i64::MAX))] {
        let guard = Guard::raise(GuardKey::ThreeDEye(ada), fence);
        a_commit().guard(guard).work(WorkChange::Lease { user: ada, until }).put(&*events).await;
        assert_eq!(find(h, ada).await.lease, Lease { fence: fence + 1, until: Some(until) });
    }
    assert_eq!(find(h, bob).await.lease, Lease::default());
    let extended = Guard::still(GuardKey::ThreeDEye(ada), 3);
    a_commit().guard(extended).work(WorkChange::Lease { user: ada, until: NOON }).put(&*events).await;
    assert_eq!(find(h, ada).await.lease, Lease { fence: 3, until: Some(NOON) }, "a holder extends without raising");
}

/// After every time there is in these tests.
const LATE: Timestamp = millis(4_000_000_000_000);

async fn waiting(h: &dyn StoreHarness) -> Vec<UserId> {
    let people = some_waiting(h, LATE, None, 100).await;
    let count = h.threedeye().count_without_account(LATE).await.expect("the store answers");
    assert_eq!(count, people.len() as u64);
    people.into_iter().map(|waiting| waiting.user).collect()
}

async fn some_waiting(
    h: &dyn StoreHarness,
    tried_before: Timestamp,
    after: Option<WithoutAccount>,
    limit: u32,
) -> Vec<WithoutAccount> {
    h.threedeye().without_account(tried_before, after, limit).await.expect("the store answers")
}

async fn tried(h: &dyn StoreHarness, user: UserId, at: Timestamp) {
    a_commit().private(PrivateChange::CameraTried { user, at }).put(&*h.events()).await;
}

/// Whoever has an address waits for an account until one is in use, and again when it is no more.
pub async fn people_wait_for_an_account_until_they_have_one(h: &dyn StoreHarness) {
    let events = h.events();
    a_person().put(&*events).await;
    assert!(waiting(h).await.is_empty(), "without an address there is nothing to make one for");
    let ada = a_person().email("ada@example.com").put(&*events).await;
    assert_eq!(waiting(h).await, [ada]);
    let mapping = |state| PrivateChange::ThreeDEye(Mapping { state, ..a_mapping(ada) });
    for (state, waits) in [
        (MappingState::Creating, true),
        (MappingState::Live, false),
        (MappingState::Stale, true),
        (MappingState::Live, false),
    ] {
        a_commit().private(mapping(state)).put(&*events).await;
        assert_eq!(waiting(h).await.contains(&ada), waits, "{state:?}");
    }
    let moved = Profile { email: Some(email("ada@elsewhere.example")), ..Profile::empty(ada) };
    a_commit().private(PrivateChange::Profile(moved)).put(&*events).await;
    assert!(waiting(h).await.is_empty(), "another address leaves the account");
    a_commit().private(PrivateChange::ThreeDEyeGone(ada)).put(&*events).await;
    assert_eq!(waiting(h).await, [ada]);
    a_commit().private(PrivateChange::Profile(Profile::empty(ada))).put(&*events).await;
    assert!(waiting(h).await.is_empty(), "the address is gone");
    let back = Profile { email: Some(email("ada@example.com")), ..Profile::empty(ada) };
    a_commit().private(PrivateChange::Profile(back)).put(&*events).await;
    assert_eq!(waiting(h).await, [ada]);
    a_commit().private(PrivateChange::PersonErased(ada)).put(&*events).await;
    assert!(waiting(h).await.is_empty(), "nobody is left");
}

/// Those never tried come first, by id, then those tried longest ago; who was tried lately is left out.
pub async fn who_was_tried_waits_behind_the_others(h: &dyn StoreHarness) {
    let events = h.events();
    let mut people = Vec::new();
    for number in 0..5 {
        people.push(a_person().email(&format!("p{number}@example.com")).put(&*events).await);
    }
    people.sort();
    assert_eq!(waiting(h).await, people);
    let never = |user: UserId| WithoutAccount { tried_at: None, user };
    assert_eq!(some_waiting(h, LATE, None, 2).await, [never(people[0]), never(people[1])]);
    tried(h, people[0], millis(2_000)).await;
    tried(h, people[1], millis(1_000)).await;
    tried(h, people[2], millis(1_000)).await;
    assert_eq!(waiting(h).await, [people[3], people[4], people[1], people[2], people[0]]);
    let at = |user: UserId| WithoutAccount { tried_at: Some(millis(1_000)), user };
    let before = [never(people[3]), never(people[4]), at(people[1]), at(people[2])];
    assert_eq!(some_waiting(h, millis(2_000), None, 100).await, before, "tried before, not then");
    for number in 0..4 {
        let rest = some_waiting(h, millis(2_000), Some(before[number]), 100).await;
        assert_eq!(rest, before[number + 1..], "after number {number}");
    }
    assert_eq!(some_waiting(h, millis(2_000), Some(before[0]), 2).await, before[1..3]);
    assert_eq!(h.threedeye().count_without_account(millis(1_000)).await.expect("the store answers"), 2);
    tried(h, people[1], millis(3_000)).await;
    assert_eq!(waiting(h).await, [people[3], people[4], people[2], people[0], people[1]], "the last try counts");
    a_commit().private(PrivateChange::ThreeDEye(a_mapping(people[3]))).put(&*events).await;
    assert_eq!(waiting(h).await, [people[4], people[2], people[0], people[1]]);
    tried(h, a_user_id(), millis(1_000)).await;
    assert_eq!(waiting(h).await.len(), 4, "a try for nobody leaves nobody");
}

/// Whoever is suspended or switched off waits for none.
pub async fn who_is_shut_out_waits_for_no_account(h: &dyn StoreHarness) {
    let events = h.events();
    for (name, status) in [("s", UserStatus::Suspended), ("i", UserStatus::Inactive)] {
        a_person().email(&format!("{name}@example.com")).status(status).put(&*events).await;
    }
    let ada = a_person().email("ada@example.com").put(&*events).await;
    assert_eq!(waiting(h).await, [ada]);
}

/// What one commit says of somebody's profile, mapping and try counts together, whatever its order.
pub async fn a_mapping_and_a_profile_of_one_commit_count_together(h: &dyn StoreHarness) {
    let events = h.events();
    let mut people = Vec::new();
    for _ in 0..3 {
        people.push(a_person().put(&*events).await);
    }
    let [ada, bob, eve] = people[..] else { unreachable!("there are three") };
    let profile =
        |user, name: &str| PrivateChange::Profile(Profile { email: Some(email(name)), ..Profile::empty(user) });
    a_commit()
        .private(PrivateChange::ThreeDEye(a_mapping(ada)))
        .private(profile(ada, "ada@example.com"))
        .private(profile(bob, "bob@example.com"))
        .private(PrivateChange::ThreeDEye(a_mapping(bob)))
        .private(PrivateChange::CameraTried { user: bob, at: millis(1_000) })
        .private(PrivateChange::ThreeDEyeGone(bob))
        .private(profile(eve, "eve@example.com"))
        .put(&*events)
        .await;
    assert_eq!(waiting(h).await, [eve, bob]);
    let zoe = a_user_id();
    let made = a_person().id(zoe).email("zoe@example.com").commit();
    made.private(PrivateChange::ThreeDEye(a_mapping(zoe))).put(&*events).await;
    assert_eq!(waiting(h).await, [eve, bob], "made with an account");
}

/// Mappings come by person, with the roles that wait, whatever their state.
pub async fn mappings_are_paged_by_person(h: &dyn StoreHarness) {
    let (events, accounts) = (h.events(), h.threedeye());
    assert_eq!(accounts.mappings(None, 10).await.expect("the store answers"), []);
    let mut known = Vec::new();
    for (number, state) in (0..).zip([MappingState::Live, MappingState::Stale, MappingState::Creating]) {
        let user = a_user_id();
        let id = (number < 2).then(|| ThreeDEyeUserId::parse(format!("3d-{number}")).expect("a short id"));
        let address = email(&format!("p{number}@example.com"));
        let mapping = Mapping { threedeye_user: id.clone(), email: address.clone(), state, ..a_mapping(user) };
        a_commit().private(PrivateChange::ThreeDEye(mapping)).put(&*events).await;
        let mut recovery = Vec::new();
        if number == 1 {
            recovery = vec![ThreeDEyeRoleId::parse("lobby").expect("a short id")];
            a_commit().private(PrivateChange::Recovery { user, roles: recovery.clone() }).put(&*events).await;
        }
        known.push(KnownAccount { user, threedeye_user: id, email: address, state, recovery });
    }
    a_commit().private(PrivateChange::Recovery { user: a_user_id(), roles: Vec::new() }).put(&*events).await;
    known.sort_by_key(|known| known.user);
    assert_eq!(accounts.mappings(None, 10).await.expect("the store answers"), known);
    assert_eq!(accounts.mappings(None, 2).await.expect("the store answers"), known[..2]);
    assert_eq!(accounts.mappings(Some(known[1].user), 2).await.expect("the store answers"), known[2..]);
}

/// Whose a remote account is: by the id and by the address of a mapping, and by a person's address, each by itself.
pub async fn an_account_is_known_by_id_and_address(h: &dyn StoreHarness) {
    let events = h.events();
    let account = |id: &str, address: Option<&str>| RemoteAccount {
        id: ThreeDEyeUserId::parse(id).expect("a short id"),
        email: address.map(email),
        roles: Vec::new(),
    };
    let ada = a_person().email("ada@example.com").put(&*events).await;
    let bob = a_person().email("bob@example.com").put(&*events).await;
    a_commit().private(PrivateChange::ThreeDEye(a_mapping(ada))).put(&*events).await;
    let elsewhere = Mapping { threedeye_user: None, email: email("old@example.com"), ..a_mapping(bob) };
    a_commit().private(PrivateChange::ThreeDEye(elsewhere)).put(&*events).await;
    let asked = [
        account("3d-9", Some("bob@example.com")),
        account("3d-1", None),
        account("3d-9", Some("nobody@example.com")),
        account("3d-9", Some("old@example.com")),
        account("3d-1", Some("ada@example.com")),
    ];
    let owner = |by_id, by_address, person| AccountOwner { by_id, by_address, person };
    let expected = [
        owner(None, None, Some(bob)),
        owner(Some(ada), None, None),
        owner(None, None, None),
        owner(None, Some(bob), None),
        owner(Some(ada), Some(ada), Some(ada)),
    ];
    assert_eq!(h.threedeye().owners(&asked).await.expect("the store answers"), expected);
    assert_eq!(h.threedeye().owners(&[]).await.expect("the store answers"), []);
}

/// An account whose id nobody knows is claimed by each mapping that has its address, is not stale, and has no id.
pub async fn several_mappings_may_name_one_address(h: &dyn StoreHarness) {
    let (events, accounts) = (h.events(), h.threedeye());
    let (address, other) = (email("ada@example.com"), email("old@example.com"));
    let (ada, bob) = (a_user_id(), a_user_id());
    let nameless = |user, state| Mapping { threedeye_user: None, email: address.clone(), state, ..a_mapping(user) };
    let claims = async || {
        let claimed = async |leaving_out| accounts.is_claimed(&address, leaving_out).await.expect("the store answers");
        [claimed(None).await, claimed(Some(ada)).await, claimed(Some(bob)).await]
    };
    assert_eq!(claims().await, [false; 3], "nobody's");
    for state in [MappingState::Creating, MappingState::Live] {
        a_commit().private(PrivateChange::ThreeDEye(nameless(ada, state))).put(&*events).await;
        assert_eq!(claims().await, [true, false, true], "Ada's");
        a_commit().private(PrivateChange::ThreeDEye(nameless(bob, state))).put(&*events).await;
        assert_eq!(claims().await, [true; 3], "of both");
        a_commit().private(PrivateChange::ThreeDEyeGone(ada)).put(&*events).await;
        assert_eq!(claims().await, [true, true, false], "Bob's");
        a_commit().private(PrivateChange::ThreeDEyeGone(bob)).put(&*events).await;
    }
    let with_id = Mapping { email: address.clone(), ..a_mapping(ada) };
    let elsewhere = Mapping { email: other, ..nameless(ada, MappingState::Live) };
    for mapping in [nameless(ada, MappingState::Stale), with_id, elsewhere] {
        a_commit().private(PrivateChange::ThreeDEye(mapping)).put(&*events).await;
        assert_eq!(claims().await, [false; 3], "it names another, or none");
    }
}
