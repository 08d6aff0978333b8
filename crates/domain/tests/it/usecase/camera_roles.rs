//! No role is lost on the way to a new account, and none stands in its way.

use std::sync::Arc;

use portcullis_domain::ids::UserId;
use portcullis_domain::port::{GatewayError, ThreeDEyeGateway};
use portcullis_domain::threedeye::{CredentialsRefusal, MappingState};
use portcullis_domain::usecase::UseCaseError;
use portcullis_domain::usecase::threedeye::ReadCredentials;
use portcullis_testkit::build::a_person;
use portcullis_testkit::fake::{Fault, Operation};
use serde_json::json;

use super::camera::{role, switches};
use super::meddling::Meddling;
use super::world::{World, person, request, staff};

const EMAIL: &str = "ada@example.com";

/// Somebody whose account with two roles is deleted and waits to be made anew.
async fn with_roles_to_restore(world: &World) -> UserId {
    world.gateway.seed(EMAIL, true, &[role("lobby"), role("garage")]);
    let user = a_person().email(EMAIL).put(world.store.as_ref()).await;
    world.reset().execute(&request(staff()), user, switches(false, true, false)).await.unwrap();
    assert_eq!(world.rows(user).await.recovery, Some(vec![role("lobby"), role("garage")]));
    assert_eq!(world.gateway.accounts(), []);
    user
}

/// 3dEye made the account and forgot the roles it was to have.
fn forgetful(world: &World) -> Meddling {
    let there = world.gateway.clone();
    Meddling::with(world.gateway.clone()).before(Operation::Get, 1, async move {
        let account = there.accounts()[0].clone();
        for role in &account.roles {
            there.unassign_role(&account.id, role).await.unwrap();
        }
    })
}

impl World {
    fn roles_there(&self) -> Vec<String> {
        let mut roles: Vec<_> = self.gateway.accounts()[0].roles.iter().map(ToString::to_string).collect();
        roles.sort();
        roles
    }
}

#[tokio::test]
async fn a_role_that_is_no_more_is_told_and_stands_in_nobodys_way() {
    let world = World::new();
    let user = with_roles_to_restore(&world).await;
    world.gateway.delete_role(&role("garage")).await.unwrap();
    world.assert_password_opens(user).await;
    assert_eq!(world.roles_there(), ["lobby"]);
    let event = serde_json::to_value(world.store.envelopes().pop().unwrap().event).unwrap();
    assert_eq!((&event["roleIds"], &event["missingRoleIds"]), (&json!(["lobby"]), &json!(["garage"])));
    assert_eq!(world.rows(user).await.recovery, None);
}

#[tokio::test]
async fn without_any_role_left_the_account_is_made_all_the_same() {
    let world = World::new();
    let user = with_roles_to_restore(&world).await;
    for gone in ["garage", "lobby"] {
        world.gateway.delete_role(&role(gone)).await.unwrap();
    }
    world.assert_password_opens(user).await;
    assert!(world.gateway.accounts()[0].roles.is_empty());
}

#[tokio::test]
async fn a_refusal_for_another_reason_is_no_reason_to_leave_roles_out() {
    let world = World::new();
    let user = with_roles_to_restore(&world).await;
    world.gateway.fail_next(Operation::Create, Fault::Before(GatewayError::Rejected("status 400".to_owned())));
    assert!(world.credentials().execute(&request(person(user)), user).await.is_err());
    assert_eq!(world.gateway.accounts(), []);
    world.assert_password_opens(user).await;
    assert_eq!(world.roles_there(), ["garage", "lobby"]);
}

/// The password stays, whatever becomes of the roles, and the next call sees to them.
#[tokio::test]
async fn roles_are_seen_to_until_all_are_back() {
    let failures = [
        GatewayError::Unavailable { retry_after: None },
        GatewayError::Unauthorised,
        GatewayError::Rejected("status 409".to_owned()),
    ];
    for (failure, nth) in failures.into_iter().flat_map(|failure| [(failure.clone(), 1), (failure, 2)]) {
        let world = World::new();
        let user = with_roles_to_restore(&world).await;
        world.gateway.fail_nth(Operation::AssignRole, nth, Fault::Before(failure.clone()));
        let credentials = ReadCredentials::new(world.camera_through(Arc::new(forgetful(&world))));
        let failed = credentials.execute(&request(person(user)), user).await;
        assert!(matches!(failed, Err(UseCaseError::Refused { refusal: CredentialsRefusal::Gateway(_), .. })));
        let rows = world.rows(user).await;
        assert_eq!(rows.recovery, Some(vec![role("lobby"), role("garage")]), "{failure:?}");
        let made = rows.mapping.unwrap();
        assert_eq!(made.state, MappingState::Live);

        let told = world.credentials().execute(&request(person(user)), user).await.unwrap();
        assert_eq!(told.password, made.password, "{failure:?}");
        world.assert_password_opens(user).await;
        assert_eq!(world.roles_there(), ["garage", "lobby"]);
        assert_eq!(world.rows(user).await.recovery, None);
        assert_eq!(world.gateway.calls().iter().filter(|made| **made == Operation::Create).count(), 1);
    }
}

#[tokio::test]
async fn an_account_gone_while_its_roles_wait_is_made_anew() {
    let world = World::new();
    let user = with_roles_to_restore(&world).await;
    world.gateway.fail_next(Operation::AssignRole, Fault::Before(GatewayError::Unauthorised));
    let credentials = ReadCredentials::new(world.camera_through(Arc::new(forgetful(&world))));
    assert!(credentials.execute(&request(person(user)), user).await.is_err());
    let made = world.gateway.accounts()[0].id.clone();
    world.gateway.delete(&made).await.unwrap();
    world.assert_password_opens(user).await;
    assert_eq!(world.roles_there(), ["garage", "lobby"]);
}

#[tokio::test]
async fn a_reset_tells_of_the_account_and_of_what_it_lacks() {
    let world = World::new();
    let user = with_roles_to_restore(&world).await;
    world.gateway.fail_next(Operation::AssignRole, Fault::Before(GatewayError::Unauthorised));
    let reset =
        portcullis_domain::usecase::threedeye::ResetThreeDEye::new(world.camera_through(Arc::new(forgetful(&world))));
    let report = reset.execute(&request(staff()), user, switches(true, false, true)).await.unwrap().value;
    assert!(report.reprovision.error.is_some() && !report.cleared_recovery);
    assert_eq!(report.reprovision.threedeye_user, Some(world.gateway.accounts()[0].id.clone()));
    world.assert_password_opens(user).await;
    assert_eq!(world.roles_there(), ["garage", "lobby"]);
}

#[tokio::test]
async fn an_account_whose_id_nobody_tells_is_as_good_as_any() {
    // Not told; not visible yet; the look-up fails.
    for fault in [None, Some(Fault::Before(GatewayError::Unavailable { retry_after: None }))] {
        let world = World::new();
        let user = a_person().email(EMAIL).put(world.store.as_ref()).await;
        world.gateway.hide_ids(true);
        let is_told = fault.is_none();
        if let Some(fault) = fault {
            world.gateway.fail_next(Operation::Find, fault);
        }
        let told = world.credentials().execute(&request(person(user)), user).await.unwrap();
        assert_eq!(told.threedeye_user.is_some(), is_told);
        world.assert_password_opens(user).await;
    }
}

#[tokio::test]
async fn roles_of_an_account_without_an_id_are_restored_by_its_address() {
    let world = World::new();
    let user = with_roles_to_restore(&world).await;
    world.gateway.hide_ids(true);
    let looks = world.gateway.calls().iter().filter(|made| **made == Operation::Find).count();
    assert!(looks > 0);
    world.gateway.fail_nth(Operation::Find, 2, Fault::Before(GatewayError::Unavailable { retry_after: None }));
    let told = world.credentials().execute(&request(person(user)), user).await.unwrap();
    assert_eq!(told.threedeye_user, Some(world.gateway.accounts()[0].id.clone()), "seen when roles were");
    assert_eq!(world.roles_there(), ["garage", "lobby"]);
}
