//! One job at a time: leases of the dead, waiting for the living, and who was taken for dead.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use portcullis_domain::clock::Clock;
use portcullis_domain::commit::{Guard, GuardKey, PrivateChange, WorkChange};
use portcullis_domain::ids::UserId;
use portcullis_domain::port::Timer;
use portcullis_domain::threedeye::CredentialsRefusal;
use portcullis_domain::usecase::UseCaseError;
use portcullis_domain::usecase::threedeye::{CameraPorts, ReadCredentials, ResetThreeDEye};
use portcullis_testkit::build::{a_commit, a_mapping, a_person};
use portcullis_testkit::fake::{Operation, TestClock};
use portcullis_testkit::memory::MemoryStore;

use super::camera::{role, switches};
use super::meddling::Meddling;
use super::world::{DyingStore, LEASE, World, person, request, staff};

const EMAIL: &str = "ada@example.com";

/// A process that took the job and died of it.
async fn dead_holder(world: &World) -> UserId {
    let user = a_person().email(EMAIL).put(world.store.as_ref()).await;
    let dying = Arc::new(DyingStore::after(world.store.clone(), 2));
    let credentials = ReadCredentials::new(world.camera_on(dying));
    assert!(credentials.execute(&request(person(user)), user).await.is_err());
    user
}

#[tokio::test]
async fn the_lease_of_a_dead_process_is_waited_for() {
    let world = World::new();
    let user = dead_holder(&world).await;
    let before = world.clock_now();
    let busy = world.credentials().execute(&request(person(user)), user).await;
    assert!(matches!(busy, Err(UseCaseError::Refused { refusal: CredentialsRefusal::Busy, .. })));
    let waited = world.clock_now().unix_millis() - before.unix_millis();
    assert_eq!(waited, 5000, "five seconds, and no longer");
    // Five seconds of it are over.
    world.clock.advance(Duration::from_millis(10_001));
    world.assert_password_opens(user).await;
}

#[tokio::test]
async fn who_serves_alone_waits_for_no_process_before_it() {
    let world = World::new();
    let user = dead_holder(&world).await;
    world.clock.advance(Duration::from_millis(1));
    let before = world.clock_now();
    let alone = || CameraPorts { alone_since: Some(before), ..world.camera() };
    ReadCredentials::new(alone()).execute(&request(person(user)), user).await.unwrap();
    assert_eq!(world.clock_now(), before);
    world.assert_password_opens(user).await;

    // Its own leases hold.
    hold(&world.store, &world.clock, user).await;
    let busy = ResetThreeDEye::new(alone()).execute(&request(staff()), user, switches(true, false, false)).await;
    assert!(busy.is_err());
}

/// Somebody else takes the job, whoever holds it, and keeps it.
async fn hold(store: &Arc<MemoryStore>, clock: &Arc<TestClock>, user: UserId) {
    let fence = portcullis_domain::port::ThreeDEyeAccounts::find(store.as_ref(), user).await.unwrap().lease.fence;
    let until = clock.now().plus(LEASE);
    let taking = Guard::raise(GuardKey::ThreeDEye(user), fence);
    a_commit().guard(taking).work(WorkChange::Lease { user, until }).put(store.as_ref()).await;
}

/// Another process finishes while somebody waits for it.
struct Finishing {
    store: Arc<MemoryStore>,
    user: UserId,
    pauses: Mutex<u32>,
}

#[async_trait]
impl Timer for Finishing {
    async fn sleep(&self, _: Duration) {
        let pauses = {
            let mut pauses = self.pauses.lock().unwrap();
            *pauses += 1;
            *pauses
        };
        if pauses == 3 {
            let made = PrivateChange::ThreeDEye(a_mapping(self.user));
            a_commit().private(made).put(self.store.as_ref()).await;
        }
    }
}

#[tokio::test]
async fn who_waits_for_an_account_gets_it_as_soon_as_it_is_there() {
    let world = World::new();
    let user = a_person().email(EMAIL).put(world.store.as_ref()).await;
    hold(&world.store, &world.clock, user).await;
    let lease = world.rows(user).await.lease;
    let timer = Arc::new(Finishing { store: world.store.clone(), user, pauses: Mutex::new(0) });
    let credentials = ReadCredentials::new(CameraPorts { timer: timer.clone(), ..world.camera() });
    let told = credentials.execute(&request(person(user)), user).await.unwrap();
    assert_eq!(told.password, a_mapping(user).password);
    assert_eq!(world.rows(user).await.lease, lease, "the other one still holds it");
    assert_eq!(*timer.pauses.lock().unwrap(), 3);
    assert_eq!(world.gateway.calls(), []);
}

/// The job is taken over just before each of the calls; of those with an effect none is made after that one.
#[tokio::test]
async fn who_lost_the_job_does_nothing_more() {
    let mut lost = 0;
    for nth in 1..=12 {
        let world = World::new();
        world.gateway.seed(EMAIL, true, &[role("lobby"), role("garage")]);
        let user = a_person().email(EMAIL).put(world.store.as_ref()).await;
        let (store, clock) = (world.store.clone(), world.clock.clone());
        let gateway = Meddling::with(world.gateway.clone()).before_call(nth, async move {
            hold(&store, &clock, user).await;
        });
        let reset = ResetThreeDEye::new(world.camera_through(Arc::new(gateway)));
        if reset.execute(&request(staff()), user, switches(true, true, true)).await.is_ok() {
            continue;
        }
        lost += 1;
        let later = world.gateway.calls().split_off(nth);
        let effects = [Operation::Create, Operation::Delete, Operation::AssignRole];
        assert!(later.iter().all(|call| !effects.contains(call)), "after call {nth}: {later:?}");
        world.clock.advance(LEASE + Duration::from_millis(1));
        world.assert_password_opens(user).await;
        let mut roles = world.gateway.accounts()[0].roles.clone();
        roles.sort();
        assert_eq!(roles, [role("garage"), role("lobby")]);
    }
    assert!(lost >= 4, "the job was lost only {lost} times");
}
