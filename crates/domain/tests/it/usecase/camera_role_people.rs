//! People in camera roles, and what becomes of them when accounts and people go.

use portcullis_domain::camera_role::CameraRoleRefusal;
use portcullis_domain::commit::PrivateChange;
use portcullis_domain::event::Event;
use portcullis_domain::ids::{ThreeDEyeRoleId, UserId};
use portcullis_domain::policy::Caller;
use portcullis_domain::port::{CameraRoles, GatewayError, ThreeDEyeAccounts, ThreeDEyeGateway};
use portcullis_domain::threedeye::CredentialsRefusal;
use portcullis_domain::usecase::UseCaseError;
use portcullis_domain::usecase::user::DeletePerson;
use portcullis_domain::user::{UserStatus, Voucher};
use portcullis_testkit::build::{a_commit, a_person, a_user_id, email, remote_role};
use portcullis_testkit::fake::{Fault, Operation};

use super::camera::{FindPerson as _, futures_join, switches};
use super::camera_role::{Answer, assert_not_found, delete_lobby, lobby, refusal};
use super::world::{World, key_of, keyed, person, request, staff};

const EMAIL: &str = "ada@example.com";

pub(super) async fn world_with_ada() -> (World, UserId) {
    let world = World::new();
    world.create("lobby", "Lobby").await.unwrap();
    let ada = a_person().named("Ada", "Lovelace").email(EMAIL).put(world.store.as_ref()).await;
    (world, ada)
}

impl World {
    pub(super) async fn assign(&self, user: UserId) -> Answer {
        self.assign_role().execute(&request(staff()), lobby(), user).await
    }

    pub(super) async fn unassign(&self, user: UserId) -> Answer {
        self.unassign_role().execute(&request(staff()), lobby(), user).await
    }

    /// What the lobby is called at 3dEye.
    pub(super) async fn remote_lobby(&self) -> ThreeDEyeRoleId {
        CameraRoles::find(self.store.as_ref(), &lobby()).await.unwrap().unwrap().threedeye_role
    }

    /// Is the person in the lobby, here and at 3dEye?
    pub(super) async fn is_in(&self, user: UserId) -> (bool, bool) {
        let here = self.store.situation(&lobby(), user).await.unwrap().member.is_some();
        let remote = self.remote_lobby().await;
        (here, self.gateway.accounts().iter().any(|account| account.roles.contains(&remote)))
    }
}

#[tokio::test]
async fn a_person_comes_into_a_role_and_leaves_it() {
    let (world, ada) = world_with_ada().await;
    let assigned = world.assign(ada).await.unwrap().value;
    let Some(Event::CameraRoleUserAssigned(event)) = assigned.event else { panic!("no event") };
    assert_eq!(event.three_deye_user_id, world.gateway.accounts()[0].id, "the account was made on demand");
    assert_eq!(world.is_in(ada).await, (true, true));

    // Somebody who is in it is given the role again, where it may have been taken away.
    world.gateway.unassign_role(&event.three_deye_user_id, &world.remote_lobby().await).await.unwrap();
    let again = world.assign(ada).await.unwrap().value;
    assert_eq!((again.event, world.is_in(ada).await), (None, (true, true)));

    let removed = world.unassign(ada).await.unwrap().value;
    assert!(matches!(removed.event, Some(Event::CameraRoleUserRemoved(_))));
    assert_eq!(world.is_in(ada).await, (false, false));
    assert_eq!(world.gateway.accounts().len(), 1, "the account stays");
    assert!(matches!(refusal(world.unassign(ada).await), CameraRoleRefusal::NotAssigned));
    let told = ["CameraRoleCreated", "CameraRoleUserAssigned", "CameraRoleUserRemoved"];
    assert_eq!(world.told_of_role(&lobby()), told);
}

#[tokio::test]
async fn who_cannot_be_put_into_a_role() {
    let (world, ada) = world_with_ada().await;
    assert!(matches!(refusal(world.assign(a_user_id()).await), CameraRoleRefusal::UnknownUser));
    let nameless = a_person().put(world.store.as_ref()).await;
    let answer = refusal(world.assign(nameless).await);
    assert!(matches!(answer, CameraRoleRefusal::Account(CredentialsRefusal::NoAddress)), "{answer:?}");
    let elsewhere = a_person().email("eve@example.com").put(world.store.as_ref()).await;
    world.gateway.seed("eve@example.com", false, &[]);
    let answer = refusal(world.assign(elsewhere).await);
    assert!(matches!(answer, CameraRoleRefusal::Account(CredentialsRefusal::Orphan)), "{answer:?}");
    let suspended = a_person().email("bob@example.com").status(UserStatus::Suspended).put(world.store.as_ref()).await;
    world.assign(suspended).await.unwrap();
    world.delete_role().execute(&request(staff()), delete_lobby()).await.unwrap();
    assert_not_found(&world.assign(ada).await);
    assert_not_found(&world.unassign(suspended).await);
}

#[tokio::test]
async fn a_key_puts_its_own_people_into_its_own_roles() {
    let world = World::new();
    let acme = key_of("acme");
    let order = super::camera_role::order("lobby", "Lobby");
    world.create_role().execute(&request(acme.clone()), order).await.unwrap();
    let own = a_person().org("acme").email(EMAIL).put(world.store.as_ref()).await;
    let other = a_person().org("bolt").email("bob@example.com").put(world.store.as_ref()).await;
    let assign =
        async |caller: &Caller, user| world.assign_role().execute(&request(caller.clone()), lobby(), user).await;
    for (caller, user) in
        [(&acme, other), (&acme, a_user_id()), (&key_of("bolt"), other), (&key_of("bolt"), own), (&person(own), own)]
    {
        assert!(matches!(assign(caller, user).await, Err(UseCaseError::Denied(_))));
    }
    assert!(world.gateway.accounts().is_empty());
    assign(&acme, own).await.unwrap();
    assign(&staff(), other).await.unwrap();
    // Whoever put somebody in, the role is the organisation's.
    world.unassign_role().execute(&request(acme), lobby(), other).await.unwrap();
}

#[tokio::test]
async fn a_new_account_gets_the_roles_again() {
    let (world, ada) = world_with_ada().await;
    world.assign(ada).await.unwrap();
    for (clear, delete, reprovision) in
        [(true, true, true), (true, false, true), (false, true, false), (true, true, false)]
    {
        world.reset().execute(&request(staff()), ada, switches(clear, delete, reprovision)).await.unwrap();
        world.assert_password_opens(ada).await;
        assert_eq!(world.is_in(ada).await, (true, true), "{clear} {delete} {reprovision}");
    }
    // Gone behind our back, too.
    let account = world.gateway.accounts()[0].id.clone();
    world.gateway.delete(&account).await.unwrap();
    world.reset().execute(&request(staff()), ada, switches(true, false, false)).await.unwrap();
    world.assert_password_opens(ada).await;
    assert_eq!(world.is_in(ada).await, (true, true));
}

#[tokio::test]
async fn a_role_taken_away_does_not_come_back_with_what_waits_to_be_restored() {
    let (world, ada) = world_with_ada().await;
    world.assign(ada).await.unwrap();
    let kept = remote_role("kept");
    world.gateway.seed_role(&kept, "Kept");
    world.gateway.assign_role(&world.gateway.accounts()[0].id, &kept).await.unwrap();
    // The account is deleted, the new one not made: the roles wait.
    world.reset().execute(&request(staff()), ada, switches(false, true, false)).await.unwrap();
    let waiting = ThreeDEyeAccounts::find(world.store.as_ref(), ada).await.unwrap().recovery;
    assert_eq!(waiting, Some(vec![world.remote_lobby().await, kept.clone()]));
    world.unassign(ada).await.unwrap();
    world.assert_password_opens(ada).await;
    assert_eq!(world.gateway.accounts()[0].roles, [kept]);
}

#[tokio::test]
async fn a_deleted_role_is_given_to_nobody_any_more() {
    let (world, ada) = world_with_ada().await;
    world.assign(ada).await.unwrap();
    world.reset().execute(&request(staff()), ada, switches(false, true, false)).await.unwrap();
    let remote = world.remote_lobby().await;
    world.delete_role().execute(&request(staff()), delete_lobby()).await.unwrap();
    let waiting = ThreeDEyeAccounts::find(world.store.as_ref(), ada).await.unwrap().recovery;
    assert_eq!(waiting, Some(vec![remote]));
    world.assert_password_opens(ada).await;
    assert!(world.gateway.accounts()[0].roles.is_empty());
    assert!(CameraRoles::roles_of(world.store.as_ref(), ada).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_role_is_taken_from_an_account_whose_row_was_cleared() {
    let (world, ada) = world_with_ada().await;
    world.assign(ada).await.unwrap();
    world.reset().execute(&request(staff()), ada, switches(true, false, false)).await.unwrap();
    world.unassign(ada).await.unwrap();
    assert_eq!(world.is_in(ada).await, (false, false), "the account is still there, and has not the role");

    // By the address, where the account is not the one that was given the role.
    world.assign(ada).await.unwrap();
    world.reset().execute(&request(staff()), ada, switches(true, true, true)).await.unwrap();
    world.reset().execute(&request(staff()), ada, switches(true, false, false)).await.unwrap();
    world.unassign(ada).await.unwrap();
    assert_eq!(world.is_in(ada).await, (false, false));
}

#[tokio::test]
async fn anothers_account_is_not_touched() {
    let (world, ada) = world_with_ada().await;
    world.assign(ada).await.unwrap();
    world.reset().execute(&request(staff()), ada, switches(true, true, false)).await.unwrap();
    // An address nobody stands for, with an account that has the role, and is not hers.
    let theirs = world.gateway.seed("bob@example.com", true, &[world.remote_lobby().await]);
    let mut profile = world.store.as_ref().find_person(ada).await.profile;
    (profile.email, profile.email_voucher) = (Some(email("bob@example.com")), Voucher::Nobody);
    a_commit().private(PrivateChange::Profile(profile)).put(world.store.as_ref()).await;
    world.unassign(ada).await.unwrap();
    let account = world.gateway.accounts().into_iter().find(|account| account.id == theirs).unwrap();
    assert_eq!(account.roles, [world.remote_lobby().await]);
}

#[tokio::test]
async fn an_account_without_id_is_found_by_its_address() {
    let (world, ada) = world_with_ada().await;
    world.gateway.hide_ids(true);
    // The account is made, and neither its id nor, for the role, the account can be found.
    for nth in [1, 2] {
        world.gateway.fail_nth(Operation::Find, nth, Fault::Before(GatewayError::Unauthorised));
    }
    refusal(world.assign(ada).await);
    world.assign(ada).await.unwrap();
    assert_eq!(world.is_in(ada).await, (true, true));
    world.unassign(ada).await.unwrap();
    assert_eq!(world.is_in(ada).await, (false, false));
}

#[tokio::test]
async fn twenty_callers_put_a_person_in_once() {
    let (world, ada) = world_with_ada().await;
    let (assign, ask) = (world.assign_role(), request(staff()));
    let answers = futures_join(20, || assign.execute(&ask, lobby(), ada)).await;
    let with_event = answers.into_iter().filter(|answer| answer.as_ref().unwrap().value.event.is_some()).count();
    assert_eq!((with_event, world.gateway.accounts().len()), (1, 1));
    let repeat = keyed(&ask, 3, 3);
    let remove = world.unassign_role();
    let answers = futures_join(5, || remove.execute(&repeat, lobby(), ada)).await;
    let replayed = answers.iter().filter(|answer| answer.as_ref().unwrap().replayed).count();
    assert_eq!(replayed, 4, "all get the one answer");
}

#[tokio::test]
async fn a_failing_3deye_changes_nothing_here() {
    let (world, ada) = world_with_ada().await;
    world.assign(ada).await.unwrap();
    world.gateway.set_down(Some(GatewayError::NotConfigured));
    for answer in [world.assign(ada).await, world.unassign(ada).await] {
        assert!(matches!(refusal(answer), CameraRoleRefusal::Gateway(GatewayError::NotConfigured)));
    }
    world.gateway.set_down(None);
    assert_eq!(world.is_in(ada).await, (true, true));
}

#[tokio::test]
async fn a_deleted_person_leaves_every_role() {
    let (world, ada) = world_with_ada().await;
    world.assign(ada).await.unwrap();
    world.reset().execute(&request(staff()), ada, switches(true, true, false)).await.unwrap();
    let store = || world.store.clone();
    let deleting = DeletePerson::new(world.commands(), store(), store(), store(), store(), store());
    deleting.execute(&request(Caller::system("test")), ada).await.unwrap();
    let told = world.told(ada);
    assert_eq!(told[told.len() - 2..], ["CameraRoleUserRemoved", "UserDeleted"]);
    assert!(world.store.members(&lobby(), None, 9).await.unwrap().members.is_empty());
    assert!(matches!(refusal(world.unassign(ada).await), CameraRoleRefusal::NotAssigned));
}
