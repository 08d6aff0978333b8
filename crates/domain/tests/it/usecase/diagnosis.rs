//! What is told of a person's camera account.

use std::sync::Arc;
use std::time::Duration;

use portcullis_domain::commit::PrivateChange;
use portcullis_domain::ids::UserId;
use portcullis_domain::policy::Caller;
use portcullis_domain::port::{GatewayError, ThreeDEyeGateway};
use portcullis_domain::threedeye::{Mapping, MappingState};
use portcullis_domain::usecase::UseCaseError;
use portcullis_domain::usecase::threedeye::{
    CameraDiagnosis, CameraPorts, DiagnoseThreeDEye, Probe, RemoteDiagnosis, ResetThreeDEye,
};
use portcullis_testkit::build::{a_commit, a_mapping, a_person, a_user_id, email};
use portcullis_testkit::fake::{Fault, Operation, SilentGateway};

use super::camera::{role, switches};
use super::world::{World, key_of, operator, person, request, staff};

const EMAIL: &str = "ada@example.com";

fn probe() -> Probe {
    Probe { customer: Some("customer-7".to_owned()), patience: Duration::from_millis(2500) }
}

async fn diagnosed(ports: CameraPorts, user: UserId) -> CameraDiagnosis {
    DiagnoseThreeDEye::new(ports, probe()).execute(&staff(), user).await.unwrap()
}

/// A person with an account, among six others of our customer and one of another.
async fn provisioned(world: &World) -> UserId {
    for number in 0..6 {
        world.gateway.seed(&format!(" Other{number}@Example.com"), true, &[]);
    }
    world.gateway.seed("foreign@example.com", false, &[]);
    let user = a_person().email(EMAIL).put(world.store.as_ref()).await;
    world.credentials().execute(&request(person(user)), user).await.unwrap();
    user
}

#[tokio::test]
async fn somebody_with_an_account_is_told_whole() {
    let world = World::new();
    let user = provisioned(&world).await;
    let account = world.gateway.accounts().pop().unwrap();
    world.gateway.seed_role(&role("lobby"), "Lobby");
    world.gateway.assign_role(&account.id, &role("lobby")).await.unwrap();
    let events = world.store.envelopes().len();

    let told = diagnosed(world.camera(), user).await;
    assert_eq!((told.found, told.email), (true, Some(email(EMAIL))));
    let mapping = told.mapping.unwrap();
    assert_eq!(mapping.threedeye_user, Some(account.id.clone()));
    assert!(mapping.has_password);
    assert_eq!(mapping.remote_account_exists, Some(true));
    assert_eq!(told.recovery, None);
    let remote = told.remote;
    assert_eq!((remote.configured, remote.customer.as_deref()), (true, Some("customer-7")));
    assert_eq!((remote.accounts, remote.email_present), (Some(7), Some(true)), "those of our customer");
    assert_eq!(remote.found.map(|found| (found.id, found.roles)), Some((account.id, vec![role("lobby")])));
    let samples: Vec<_> = remote.samples.iter().map(|email| email.as_str().to_owned()).collect();
    assert_eq!(samples, (0..5).map(|number| format!("other{number}@example.com")).collect::<Vec<_>>());
    assert_eq!(remote.error, None);
    assert_eq!(world.store.envelopes().len(), events, "looking leaves nothing");
}

#[tokio::test]
async fn nobody_is_told_as_nobody() {
    let world = World::new();
    world.gateway.seed("other@example.com", true, &[]);
    let told = diagnosed(world.camera(), a_user_id()).await;
    assert_eq!((told.found, told.email, told.mapping, told.recovery), (false, None, None, None));
    assert_eq!((told.remote.accounts, told.remote.email_present), (Some(1), None), "there is no address to look for");
    let bare = a_person().put(world.store.as_ref()).await;
    let bare = diagnosed(world.camera(), bare).await;
    assert_eq!((bare.found, bare.email), (true, None));
}

#[tokio::test]
async fn an_account_deleted_behind_our_back_is_missed() {
    let world = World::new();
    let user = provisioned(&world).await;
    let account = world.gateway.accounts().pop().unwrap();
    world.gateway.delete(&account.id).await.unwrap();
    let told = diagnosed(world.camera(), user).await;
    assert_eq!(told.mapping.unwrap().remote_account_exists, Some(false));
    assert_eq!((told.remote.email_present, told.remote.found), (Some(false), None));
}

#[tokio::test]
async fn a_row_is_told_in_any_state_and_its_password_only_in_use() {
    let world = World::new();
    let user = a_person().email(EMAIL).put(world.store.as_ref()).await;
    for (state, in_use) in [(MappingState::Creating, false), (MappingState::Stale, false), (MappingState::Live, true)] {
        let mapping = Mapping { threedeye_user: None, state, ..a_mapping(user) };
        a_commit().private(PrivateChange::ThreeDEye(mapping)).put(world.store.as_ref()).await;
        let mapping = diagnosed(world.camera(), user).await.mapping.unwrap();
        assert_eq!((mapping.has_password, mapping.remote_account_exists), (in_use, Some(false)), "{state:?}");
    }
    world.gateway.seed(EMAIL, true, &[]);
    let mapping = diagnosed(world.camera(), user).await.mapping.unwrap();
    assert_eq!(mapping.remote_account_exists, Some(true), "without an id the address tells");
}

#[tokio::test]
async fn roles_that_wait_are_told() {
    let world = World::new();
    let user = provisioned(&world).await;
    let account = world.gateway.accounts().pop().unwrap();
    world.gateway.seed_role(&role("lobby"), "Lobby");
    world.gateway.assign_role(&account.id, &role("lobby")).await.unwrap();
    let reset = ResetThreeDEye::new(world.camera());
    reset.execute(&request(staff()), user, switches(false, true, false)).await.unwrap();
    assert_eq!(diagnosed(world.camera(), user).await.recovery, Some(vec![role("lobby")]));
}

#[tokio::test]
async fn a_failing_threedeye_is_told_with_what_is_known() {
    let world = World::new();
    let user = provisioned(&world).await;
    let down = GatewayError::Unavailable { retry_after: None };
    world.gateway.set_down(Some(down.clone()));
    let told = diagnosed(world.camera(), user).await;
    assert_eq!(told.mapping.unwrap().remote_account_exists, None);
    let nothing = RemoteDiagnosis {
        configured: true,
        customer: probe().customer,
        error: Some(down.to_string()),
        ..RemoteDiagnosis::default()
    };
    assert_eq!(told.remote, nothing);

    world.gateway.set_down(Some(GatewayError::NotConfigured));
    let remote = diagnosed(world.camera(), user).await.remote;
    assert_eq!((remote.configured, remote.customer), (false, None));
    assert!(remote.error.is_some());

    world.gateway.set_down(None);
    world.gateway.fail_nth(Operation::List, 2, Fault::Before(down.clone()));
    let remote = diagnosed(world.camera(), user).await.remote;
    assert_eq!((remote.accounts, remote.samples.len()), (Some(7), 3), "what the first page told");
    assert_eq!((remote.email_present, remote.error), (None, Some(down.to_string())));
}

#[tokio::test]
async fn a_silent_threedeye_is_not_waited_for() {
    let world = World::new();
    let user = provisioned(&world).await;
    let before = world.clock_now();
    let told = diagnosed(CameraPorts { gateway: Arc::new(SilentGateway), ..world.camera() }, user).await;
    assert_eq!((told.found, told.email), (true, Some(email(EMAIL))));
    assert_eq!(told.mapping.unwrap().remote_account_exists, None);
    assert_eq!(told.remote.error.as_deref(), Some("3dEye did not answer within 2.5 s"));
    assert_eq!(world.clock_now(), before.plus(probe().patience), "all calls together have one time");
}

#[tokio::test]
async fn only_staff_look() {
    let world = World::new();
    let user = a_person().org("acme").email(EMAIL).put(world.store.as_ref()).await;
    let session = portcullis_testkit::build::a_token_hash();
    let strangers: [Caller; 3] =
        [person(user), key_of("acme"), operator(user, session, portcullis_domain::user::Role::Admin)];
    for caller in strangers {
        let told = DiagnoseThreeDEye::new(world.camera(), probe()).execute(&caller, user).await;
        assert!(matches!(told, Err(UseCaseError::Denied(_))));
    }
    assert!(world.gateway.calls().is_empty());
}
