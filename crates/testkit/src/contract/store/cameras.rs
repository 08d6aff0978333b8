//! Camera accounts: `ThreeDEyeAccounts`.

use portcullis_domain::commit::{Guard, GuardKey, PrivateChange, WorkChange};
use portcullis_domain::ids::{ThreeDEyeRoleId, ThreeDEyeUserId, UserId};
use portcullis_domain::secret::Secret;
use portcullis_domain::threedeye::{AccountState, Lease, Mapping, MappingState};

use super::super::StoreHarness;
use crate::build::{NOON, a_commit, a_mapping, a_user_id, email, millis};

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
