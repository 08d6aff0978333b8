//! The person's address is another one than the account was made for.

use portcullis_domain::commit::PrivateChange;
use portcullis_domain::ids::{ThreeDEyeUserId, UserId};
use portcullis_domain::port::{GatewayError, ThreeDEyeGateway};
use portcullis_domain::threedeye::{CredentialsRefusal, MappingState, ResetSwitches};
use portcullis_domain::usecase::UseCaseError;
use portcullis_domain::usecase::threedeye::ResetThreeDEye;
use portcullis_domain::user::{ContactAction, Profile, UserEmailUpdated, Voucher};
use portcullis_testkit::build::{a_commit, a_person, email};
use portcullis_testkit::fake::{Fault, Operation};

use super::camera::{FindPerson, role, switches};
use super::world::{OvertakenStore, World, person, request, staff};

const OLD: &str = "ada@old.example";
const NEW: &str = "ada@new.example";

/// Somebody with an account with a role, and another address since, for which this one stands.
async fn moved(world: &World, voucher: Voucher) -> (UserId, ThreeDEyeUserId) {
    let user = a_person().email(OLD).put(world.store.as_ref()).await;
    world.credentials().execute(&request(person(user)), user).await.unwrap();
    let account = world.gateway.accounts()[0].id.clone();
    world.gateway_role(&account, "lobby").await;
    world.has_address(user, Some(NEW), voucher).await;
    (user, account)
}

impl World {
    pub(super) async fn has_address(&self, user: UserId, address: Option<&str>, email_voucher: Voucher) {
        let profile = self.store.find_person(user).await.profile;
        let profile = Profile { email: address.map(email), email_voucher, ..profile };
        a_commit().private(PrivateChange::Profile(profile)).put(self.store.as_ref()).await;
    }

    fn addresses_there(&self) -> Vec<String> {
        self.gateway.accounts().into_iter().map(|account| account.email).collect()
    }
}

#[tokio::test]
async fn an_account_that_works_goes_on_to_work() {
    let world = World::new();
    let (user, account) = moved(&world, Voucher::Nobody).await;
    let calls = world.gateway.calls().len();
    let told = world.credentials().execute(&request(person(user)), user).await.unwrap();
    assert_eq!((told.email, told.threedeye_user), (email(OLD), Some(account.clone())));
    let only_reprovision = switches(false, false, true);
    let report = world.reset().execute(&request(staff()), user, only_reprovision).await.unwrap().value;
    assert_eq!(report.reprovision.threedeye_user, Some(account));
    assert_eq!(world.gateway.calls().len(), calls);
}

#[tokio::test]
async fn a_new_account_takes_the_place_of_the_old_one_with_its_roles() {
    for delete_remote in [false, true] {
        let world = World::new();
        let (user, account) = moved(&world, Voucher::Nobody).await;
        let report =
            world.reset().execute(&request(staff()), user, switches(true, delete_remote, true)).await.unwrap().value;
        assert_eq!(report.reprovision.error, None);
        assert_eq!(report.remote.deleted, delete_remote.then_some(account));
        assert!(!report.remote.not_visible);
        assert_eq!(world.addresses_there(), [NEW]);
        assert_eq!(world.gateway.accounts()[0].roles, [role("lobby")]);
        world.assert_password_opens(user).await;
    }
}

/// An address that is another person's now does not bring the account with it that the one before still has.
#[tokio::test]
async fn whoever_gets_the_old_address_does_not_get_the_account() {
    let world = World::new();
    let (ada, account) = moved(&world, Voucher::Nobody).await;
    let bob = a_person().put(world.store.as_ref()).await;
    world.has_address(bob, Some(OLD), Voucher::Token).await;

    let refused = world.credentials().execute(&request(person(bob)), bob).await;
    assert!(matches!(refused, Err(UseCaseError::Refused { refusal: CredentialsRefusal::Orphan, .. })));
    let report = world.reset().execute(&request(staff()), bob, switches(true, true, true)).await.unwrap().value;
    assert!(report.remote.not_visible && report.remote.deleted.is_none());
    assert!(report.reprovision.error.is_some());
    assert_eq!(world.gateway.accounts()[0].id, account);
    assert_eq!(world.gateway.accounts()[0].roles, [role("lobby")]);
    world.assert_password_opens(ada).await;
    // Ada's own reset sets it right: her account moves to her address, and the old one is free.
    world.reset().execute(&request(staff()), ada, switches(true, true, true)).await.unwrap();
    world.credentials().execute(&request(person(bob)), bob).await.unwrap();
    let mut there = world.addresses_there();
    there.sort();
    assert_eq!(there, [NEW, OLD]);
}

#[tokio::test]
async fn deleting_takes_both_accounts() {
    for clear_mapping in [false, true] {
        let world = World::new();
        let (user, _) = moved(&world, Voucher::Token).await;
        let new = world.gateway.seed(NEW, true, &[role("garage")]);
        let reset = switches(clear_mapping, true, false);
        let report = world.reset().execute(&request(staff()), user, reset).await.unwrap().value;
        assert_eq!(report.remote.deleted, Some(new), "the address decides");
        assert_eq!(world.gateway.accounts(), []);
        if !clear_mapping {
            world.assert_password_opens(user).await;
            assert_eq!(world.addresses_there(), [NEW]);
            assert_eq!(world.gateway.accounts()[0].roles.len(), 2);
        }
    }
}

/// The id alone proves nothing, nor does the address.
#[tokio::test]
async fn an_account_that_is_not_certainly_ours_stays() {
    let world = World::new();
    let (user, account) = moved(&world, Voucher::Nobody).await;
    world.gateway.delete(&account).await.unwrap();
    world.gateway.seed(OLD, true, &[role("vault")]);
    let report = world.reset().execute(&request(staff()), user, switches(true, true, true)).await.unwrap().value;
    assert!(report.remote.not_visible);
    assert_eq!(world.addresses_there(), [OLD, NEW]);
    assert_eq!(world.gateway.accounts()[0].roles, [role("vault")]);
    assert_eq!(world.gateway.accounts()[1].roles, []);
}

#[tokio::test]
async fn what_alone_leads_to_the_old_account_is_not_cleared_while_it_stands() {
    let world = World::new();
    let (user, account) = moved(&world, Voucher::Nobody).await;
    let down = GatewayError::Unavailable { retry_after: None };
    world.gateway.fail_next(Operation::Delete, Fault::Before(down));
    let report = world.reset().execute(&request(staff()), user, switches(true, false, true)).await.unwrap().value;
    assert!(report.reprovision.error.is_some() && !report.cleared_mapping);
    let left = world.rows(user).await.mapping.unwrap();
    assert_eq!((left.state, left.threedeye_user), (MappingState::Stale, Some(account)));
    world.assert_password_opens(user).await;
    assert_eq!(world.addresses_there(), [NEW]);
    assert_eq!(world.gateway.accounts()[0].roles, [role("lobby")]);
}

/// A reset that only clears asks nothing of 3dEye, so it cannot know what becomes of the old account.
#[tokio::test]
async fn clearing_alone_keeps_what_leads_to_the_old_account() {
    for (has_address, gives_up) in [(true, false), (false, false), (true, true), (false, true)] {
        let world = World::new();
        let (user, account) = moved(&world, Voucher::Nobody).await;
        if !has_address {
            world.has_address(user, None, Voucher::Nobody).await;
        }
        world.gateway.set_down(Some(GatewayError::NotConfigured));
        let report = world.reset().execute(&request(staff()), user, ResetSwitches::default()).await.unwrap().value;
        assert!(!report.cleared_mapping && !report.cleared_recovery);
        let event = serde_json::to_value(world.store.envelopes().pop().unwrap().event).unwrap();
        assert_eq!(event["clearedMapping"], false);
        let left = world.rows(user).await.mapping.unwrap();
        assert_eq!((left.state, left.threedeye_user), (MappingState::Stale, Some(account)));
        if gives_up {
            // Who is told that and clears once more means it.
            let report = world.reset().execute(&request(staff()), user, ResetSwitches::default()).await.unwrap().value;
            assert!(report.cleared_mapping);
            assert_eq!(world.rows(user).await.mapping, None);
            continue;
        }

        world.gateway.set_down(None);
        world.has_address(user, Some(NEW), Voucher::Nobody).await;
        world.assert_password_opens(user).await;
        assert_eq!(world.addresses_there(), [NEW]);
        assert_eq!(world.gateway.accounts()[0].roles, [role("lobby")]);
    }
}

/// Before each commit of the reset after the one it begins with.
#[tokio::test]
async fn an_address_that_changes_during_a_reset_counts() {
    for (reset, commits) in [(ResetSwitches::default(), 1..2), (switches(true, false, true), 1..6)] {
        for commits in commits {
            let told = format!("{reset:?}, changed after {commits} commits");
            let world = World::new();
            let user = a_person().email(OLD).put(world.store.as_ref()).await;
            world.credentials().execute(&request(person(user)), user).await.unwrap();
            world.gateway_role(&world.gateway.accounts()[0].id.clone(), "lobby").await;
            let before = world.store.find_person(user).await;
            let (action, timestamp) = (ContactAction::Set, world.clock_now());
            let changed = UserEmailUpdated { user_id: user, action, masked_email: None, timestamp };
            let profile = Profile { email: Some(email(NEW)), ..before.profile };
            // The second commit tells that the reset has begun.
            let version = before.version.after(usize::from(commits > 1));
            let theirs = a_commit().on(user, version).event(changed).private(PrivateChange::Profile(profile));
            if reset.reprovision {
                let down = GatewayError::Unavailable { retry_after: None };
                world.gateway.fail_next(Operation::Delete, Fault::Before(down));
            }
            let ports = world.camera_on(OvertakenStore::after(world.store.clone(), commits, theirs));
            let report = ResetThreeDEye::new(ports).execute(&request(staff()), user, reset).await.unwrap().value;
            assert!(!report.cleared_mapping, "{told}");
            assert_eq!(report.email.as_deref(), Some(NEW), "{told}");
            assert_eq!(report.reprovision.error.is_some(), reset.reprovision, "{told}");
            world.assert_password_opens(user).await;
            assert_eq!(world.addresses_there(), [NEW], "{told}");
            assert_eq!(world.gateway.accounts()[0].roles, [role("lobby")], "{told}");
        }
    }
}

#[tokio::test]
async fn roles_that_wait_stay_with_what_leads_to_the_old_account() {
    let world = World::new();
    let (user, _) = moved(&world, Voucher::Nobody).await;
    for _ in 0..2 {
        let down = GatewayError::Unavailable { retry_after: None };
        world.gateway.fail_next(Operation::Delete, Fault::Before(down));
        let report = world.reset().execute(&request(staff()), user, switches(true, false, true)).await.unwrap().value;
        assert!(!report.cleared_mapping && !report.cleared_recovery);
        assert_eq!(world.rows(user).await.recovery, Some(vec![role("lobby")]));
    }
    // Looked for and deleted, both rows go.
    let report = world.reset().execute(&request(staff()), user, switches(true, true, false)).await.unwrap().value;
    assert!(report.cleared_mapping && report.cleared_recovery && report.remote.deleted.is_some());
    assert_eq!((world.rows(user).await.mapping, world.gateway.accounts()), (None, vec![]));
}

#[tokio::test]
async fn an_account_that_is_not_the_persons_to_take_leaves_the_old_one_alone() {
    let world = World::new();
    let (user, _) = moved(&world, Voucher::Nobody).await;
    world.gateway.seed(NEW, true, &[role("vault")]);
    let report = world.reset().execute(&request(staff()), user, switches(true, false, true)).await.unwrap().value;
    assert!(report.reprovision.error.is_some());
    assert_eq!(world.addresses_there(), [OLD, NEW]);
    assert_eq!(world.gateway.accounts()[1].password, None);
}
