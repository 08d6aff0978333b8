//! Making, reading and deleting camera roles.

use portcullis_domain::camera_role::{CameraRoleRefusal, CameraRoleStatus, DeleteCameraRole as Delete};
use portcullis_domain::event::{Event, StreamId, Version};
use portcullis_domain::ids::CameraRoleId;
use portcullis_domain::policy::Caller;
use portcullis_domain::port::{CameraRoles, GatewayError, ThreeDEyeGateway};
use portcullis_domain::threedeye::RemoteRole;
use portcullis_domain::usecase::camera_role::{
    AssignCameraRole, CameraRoleOrder, CameraRoleQuery, CreateCameraRole, DeleteCameraRole, ReadCameraRole,
    UnassignCameraRole,
};
use portcullis_domain::usecase::{Done, IfMatch, Outcome, Request, UseCaseError};
use portcullis_testkit::build::{a_user_id, camera_role_id, free, org, remote_role};
use portcullis_testkit::fake::{Fault, Operation};

use super::camera::futures_join;
use super::world::{World, key_of, keyed, person, request, staff};

pub(super) type Answer = Result<Outcome<Done>, UseCaseError<CameraRoleRefusal>>;

pub(super) fn order(role: &str, name: &str) -> CameraRoleOrder {
    CameraRoleOrder { role: camera_role_id(role), org: None, name: free(name), description: None }
}

pub(super) fn lobby() -> CameraRoleId {
    camera_role_id("lobby")
}

pub(super) fn delete_lobby() -> Delete {
    Delete { role: lobby(), deleted_by: free("the desk") }
}

impl World {
    pub(super) fn create_role(&self) -> CreateCameraRole {
        CreateCameraRole::new(self.camera(), org("default"))
    }

    pub(super) fn assign_role(&self) -> AssignCameraRole {
        AssignCameraRole::new(self.camera())
    }

    pub(super) fn unassign_role(&self) -> UnassignCameraRole {
        UnassignCameraRole::new(self.camera())
    }

    pub(super) fn delete_role(&self) -> DeleteCameraRole {
        DeleteCameraRole::new(self.camera())
    }

    pub(super) async fn create(&self, role: &str, name: &str) -> Answer {
        self.create_role().execute(&request(staff()), order(role, name)).await
    }

    /// The roles at 3dEye.
    pub(super) async fn remote_roles(&self) -> Vec<RemoteRole> {
        self.gateway.roles().await.unwrap()
    }

    /// The events of a camera role by name.
    pub(super) fn told_of_role(&self, role: &CameraRoleId) -> Vec<String> {
        let stream = StreamId::from(role);
        let of_role = self.store.envelopes().into_iter().filter(|envelope| envelope.stream() == stream);
        of_role.map(|envelope| envelope.name).collect()
    }

    fn makings(&self) -> u64 {
        self.store.count_rows()["work_camera_role_makings"]
    }
}

#[track_caller]
pub(super) fn refusal(answer: Answer) -> CameraRoleRefusal {
    match answer {
        Err(UseCaseError::Refused { refusal, .. }) => refusal,
        other => panic!("not refused: {other:?}"),
    }
}

#[track_caller]
pub(super) fn assert_not_found(answer: &Answer) {
    assert!(matches!(answer, Err(UseCaseError::NotFound { .. })), "{answer:?}");
}

#[tokio::test]
async fn a_role_is_made_there_and_here_once() {
    let world = World::new();
    let made = world.create("lobby", "Lobby").await.unwrap().value;
    assert_eq!((made.aggregate_id.as_str(), made.version), ("lobby", Version::new(1)));
    let Some(Event::CameraRoleCreated(event)) = made.event else { panic!("no event") };
    assert_eq!(event.org_id, org("default"));
    let there = world.remote_roles().await;
    assert_eq!(there, [RemoteRole { id: event.three_deye_role_id, name: Some("Lobby".to_owned()) }]);
    assert_eq!(world.makings(), 0);

    let calls = world.gateway.calls().len();
    let again = world.create("lobby", "Lobby").await.unwrap().value;
    assert_eq!((again.version, again.event), (Version::new(1), None));
    assert_eq!(world.gateway.calls().len(), calls, "what is there is no reason to call 3dEye");
    assert!(matches!(refusal(world.create("lobby", "Other").await), CameraRoleRefusal::Exists));

    world.delete_role().execute(&request(staff()), delete_lobby()).await.unwrap();
    assert!(matches!(refusal(world.create("lobby", "Lobby").await), CameraRoleRefusal::Deleted));
    assert!(world.remote_roles().await.is_empty());
}

#[tokio::test]
async fn a_role_of_somebody_else_is_never_taken_up() {
    let world = World::new();
    world.gateway.seed_role(&remote_role("theirs"), " Lobby ");
    for _ in 0..2 {
        assert!(matches!(refusal(world.create("lobby", "Lobby").await), CameraRoleRefusal::NameTaken));
    }
    assert!(world.told_of_role(&lobby()).is_empty());
    assert_eq!((world.remote_roles().await.len(), world.makings()), (1, 0));
    assert!(!world.gateway.calls().contains(&Operation::CreateRole));
    // Nor one that belongs to another camera role.
    world.create("garage", "Garage").await.unwrap();
    assert!(matches!(refusal(world.create("lobby", "Garage").await), CameraRoleRefusal::NameTaken));
}

#[tokio::test]
async fn what_3deye_does_not_confirm_is_looked_for() {
    let world = World::new();
    world.gateway.fail_next(Operation::CreateRole, Fault::After(GatewayError::Ambiguous));
    world.create("lobby", "Lobby").await.unwrap();
    world.gateway.hide_ids(true);
    world.create("garage", "Garage").await.unwrap();
    assert_eq!(world.remote_roles().await.len(), 2);

    world.gateway.fail_next(Operation::CreateRole, Fault::Before(GatewayError::Ambiguous));
    let unknown = refusal(world.create("roof", "Roof").await);
    assert!(matches!(unknown, CameraRoleRefusal::Gateway(GatewayError::Ambiguous)), "{unknown:?}");
    assert_eq!(world.makings(), 1, "what was asked for stays written down");
    world.create("roof", "Roof").await.unwrap();
    assert_eq!((world.remote_roles().await.len(), world.makings()), (3, 0));
}

#[tokio::test]
async fn what_certainly_was_not_made_is_forgotten() {
    let world = World::new();
    let refused = GatewayError::Rejected("status 400".to_owned());
    world.gateway.fail_next(Operation::CreateRole, Fault::Before(refused.clone()));
    assert!(
        matches!(refusal(world.create("lobby", "Lobby").await), CameraRoleRefusal::Gateway(error) if error == refused)
    );
    assert_eq!(world.makings(), 0);
    // So one of the name that appears later is somebody else's.
    world.gateway.seed_role(&remote_role("theirs"), "Lobby");
    assert!(matches!(refusal(world.create("lobby", "Lobby").await), CameraRoleRefusal::NameTaken));
}

/// Leaves a making behind whose role is at 3dEye, or is not.
async fn interrupted(world: &World, role: &str, name: &str, made: bool) {
    let fault = if made { Fault::After } else { Fault::Before };
    world.gateway.fail_next(Operation::CreateRole, fault(GatewayError::Ambiguous));
    world.gateway.fail_nth(Operation::Roles, 2, Fault::Before(GatewayError::Unauthorised));
    let answer = refusal(world.create(role, name).await);
    assert!(matches!(answer, CameraRoleRefusal::Gateway(GatewayError::Unauthorised)), "{answer:?}");
}

#[tokio::test]
async fn an_interrupted_call_is_finished_by_its_repeat() {
    for made in [true, false] {
        let world = World::new();
        interrupted(&world, "lobby", "Lobby", made).await;
        let done = world.create("lobby", "Lobby").await.unwrap();
        assert!(done.value.event.is_some());
        assert_eq!((world.remote_roles().await.len(), world.makings()), (1, 0), "made: {made}");
    }
}

/// The second call certainly made nothing, but the first may yet.
#[tokio::test]
async fn what_an_interrupted_call_asked_for_outlives_a_refused_repeat() {
    for name in ["Lobby", "Foyer"] {
        let world = World::new();
        interrupted(&world, "lobby", "Lobby", false).await;
        world.gateway.fail_next(Operation::CreateRole, Fault::Before(GatewayError::Unavailable { retry_after: None }));
        refusal(world.create("lobby", name).await);
        world.gateway.seed_role(&remote_role("late"), "Lobby");
        if name != "Lobby" {
            assert!(matches!(refusal(world.create("lobby", name).await), CameraRoleRefusal::EarlierName));
        }
        world.create("lobby", "Lobby").await.unwrap();
        assert_eq!((world.remote_roles().await.len(), world.makings()), (1, 0));
    }
}

#[tokio::test]
async fn another_name_than_an_interrupted_call_had() {
    let world = World::new();
    interrupted(&world, "lobby", "Lobby", true).await;
    assert!(matches!(refusal(world.create("lobby", "Foyer").await), CameraRoleRefusal::EarlierName));
    world.create("lobby", "Lobby").await.unwrap();
    assert_eq!(world.remote_roles().await.len(), 1);

    let world = World::new();
    interrupted(&world, "lobby", "Lobby", false).await;
    world.gateway.seed_role(&remote_role("theirs"), "Hall");
    assert!(matches!(refusal(world.create("lobby", "Hall").await), CameraRoleRefusal::NameTaken));
    world.create("lobby", "Foyer").await.unwrap();
    assert_eq!((world.remote_roles().await.len(), world.makings()), (2, 0));
}

#[tokio::test]
async fn a_name_is_asked_for_by_one_role_at_a_time() {
    let world = World::new();
    interrupted(&world, "lobby", "Lobby", false).await;
    assert!(matches!(refusal(world.create("foyer", "Lobby").await), CameraRoleRefusal::NameInMaking));
    assert!(world.told_of_role(&camera_role_id("foyer")).is_empty());
    world.create("lobby", "Lobby").await.unwrap();
    assert!(matches!(refusal(world.create("foyer", "Lobby").await), CameraRoleRefusal::NameTaken));
    world.create("foyer", "Foyer").await.unwrap();
}

#[tokio::test]
async fn twenty_callers_make_one_role() {
    let world = World::new();
    let (create, ask) = (world.create_role(), request(staff()));
    let answers = futures_join(20, || create.execute(&ask, order("lobby", "Lobby"))).await;
    let with_event = answers.into_iter().filter(|answer| answer.as_ref().unwrap().value.event.is_some()).count();
    assert_eq!((with_event, world.remote_roles().await.len()), (1, 1));
    // And of many that want one name for roles of their own, one gets it.
    let numbers = std::cell::Cell::new(0);
    let answers = futures_join(8, || {
        numbers.set(numbers.get() + 1);
        create.execute(&ask, order(&format!("role-{}", numbers.get()), "Garage"))
    })
    .await;
    assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 1);
    assert_eq!(world.remote_roles().await.len(), 2);
}

#[tokio::test]
async fn a_failing_3deye_leaves_nothing() {
    let world = World::new();
    for error in [GatewayError::NotConfigured, GatewayError::Unavailable { retry_after: None }] {
        world.gateway.set_down(Some(error.clone()));
        assert!(matches!(refusal(world.create("lobby", "Lobby").await), CameraRoleRefusal::Gateway(e) if e == error));
    }
    assert_eq!((world.told_of_role(&lobby()).len(), world.makings()), (0, 0));
    world.gateway.set_down(None);
    world.create("lobby", "Lobby").await.unwrap();
    world.gateway.set_down(Some(GatewayError::Ambiguous));
    let deleting = world.delete_role().execute(&request(staff()), delete_lobby()).await;
    assert!(matches!(refusal(deleting), CameraRoleRefusal::Gateway(GatewayError::Ambiguous)));
    let kept = CameraRoles::find(world.store.as_ref(), &lobby()).await.unwrap().unwrap();
    assert_eq!(kept.status, CameraRoleStatus::Active);
}

#[tokio::test]
async fn roles_belong_to_organisations() {
    let world = World::new();
    let create = async |caller: Caller, of: Option<&str>| {
        let order = CameraRoleOrder { org: of.map(org), ..order("lobby", "Lobby") };
        world.create_role().execute(&request(caller), order).await
    };
    for (caller, of) in [(key_of("acme"), Some("bolt")), (person(a_user_id()), None), (Caller::default(), None)] {
        assert!(matches!(create(caller, of).await, Err(UseCaseError::Denied(_))));
    }
    create(key_of("acme"), None).await.unwrap();
    let role = CameraRoles::find(world.store.as_ref(), &lobby()).await.unwrap().unwrap();
    assert_eq!(role.org, org("acme"));
    assert!(matches!(create(key_of("bolt"), None).await, Err(UseCaseError::Denied(_))));
    let reading = ReadCameraRole::new(world.store.clone());
    let query = CameraRoleQuery { role: lobby(), after: None, limit: 5 };
    assert_eq!(reading.execute(&key_of("acme"), &query).await.unwrap().role, role);
    for caller in [key_of("bolt"), person(a_user_id())] {
        assert!(matches!(reading.execute(&caller, &query).await, Err(UseCaseError::NotFound { .. })));
        let deleting = world.delete_role().execute(&request(caller), delete_lobby()).await;
        assert!(matches!(deleting, Err(UseCaseError::Denied(_))), "{deleting:?}");
    }
    assert_eq!(world.remote_roles().await.len(), 1);
    world.delete_role().execute(&request(key_of("acme")), delete_lobby()).await.unwrap();
    assert_not_found(&world.delete_role().execute(&request(key_of("acme")), delete_lobby()).await);
    assert_eq!(world.told_of_role(&lobby()), ["CameraRoleCreated", "CameraRoleDeleted"]);
    assert_eq!(reading.execute(&staff(), &query).await.unwrap().role.status, CameraRoleStatus::Deleted);
}

#[tokio::test]
async fn repeats_are_told_and_conditions_are_kept() {
    let world = World::new();
    let ask = keyed(&request(staff()), 1, 1);
    let create = world.create_role();
    world.gateway.set_down(Some(GatewayError::Unauthorised));
    refusal(create.execute(&ask, order("lobby", "Lobby")).await);
    world.gateway.set_down(None);
    let first = create.execute(&ask, order("lobby", "Lobby")).await.unwrap();
    assert!(!first.replayed, "a failure of 3dEye is not remembered");
    let second = create.execute(&ask, order("lobby", "Lobby")).await.unwrap();
    assert_eq!((second.replayed, second.value), (true, first.value));
    let taken = keyed(&request(staff()), 2, 1);
    for replays in [false, true] {
        let answer = create.execute(&taken, order("foyer", "Lobby")).await;
        let Err(UseCaseError::Refused { refusal: CameraRoleRefusal::NameTaken, replayed }) = answer else {
            panic!("{answer:?}")
        };
        assert_eq!(replayed.is_some(), replays);
    }
    let stale = Request { if_match: IfMatch::AnyOf(vec![Version::new(7)]), ..request(staff()) };
    let deleting = world.delete_role().execute(&stale, delete_lobby()).await;
    assert!(matches!(deleting, Err(UseCaseError::Stale)));
    assert_eq!(world.remote_roles().await.len(), 1, "nothing was asked of 3dEye");
}
