//! Camera accounts for everybody who lacks one.

use std::collections::BTreeSet;
use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use portcullis_domain::clock::Timestamp;
use portcullis_domain::ids::UserId;
use portcullis_domain::port::{GatewayError, ThreeDEyeAccounts, Unavailable, UserRepository};
use portcullis_domain::text::EmailAddress;
use portcullis_domain::threedeye::{
    AccountOwner, AccountState, BackfillRefusal, KnownAccount, MappingState, RemoteAccount, WithoutAccount,
};
use portcullis_domain::usecase::UseCaseError;
use portcullis_domain::usecase::threedeye::{
    BackfillOrder, BackfillReport, BackfillThreeDEye, BackfillWatch, CameraPorts,
};
use portcullis_domain::user::UserStatus;
use portcullis_testkit::build::{a_commit, a_person};
use portcullis_testkit::fake::{Fault, Operation};
use tokio::sync::Semaphore;
use tokio::task::yield_now;
use tokio::time::timeout;

use super::world::{DyingStore, World, key_of, keyed, person, request, staff};

/// Nobody watches.
struct Unwatched;

impl BackfillWatch for Unwatched {}

/// Counts, and has it end after so many turns.
#[derive(Default)]
struct Until {
    turns: u64,
    waiting: AtomicU64,
    seen: Mutex<Vec<u64>>,
}

impl BackfillWatch for Until {
    fn begins(&self, waiting: u64) {
        self.waiting.store(waiting, Ordering::SeqCst);
    }

    fn goes_on(&self, so_far: &BackfillReport) {
        self.seen.lock().unwrap().push(so_far.total);
    }

    fn is_to_end(&self) -> Option<&'static str> {
        let over = self.seen.lock().unwrap().last().is_some_and(|total| *total >= self.turns);
        over.then_some("the tests want no more")
    }
}

const fn up_to(limit: u64, at_once: usize) -> BackfillOrder {
    BackfillOrder { limit: Some(limit), concurrency: NonZeroUsize::new(at_once).unwrap() }
}

impl World {
    async fn backfill(&self, order: BackfillOrder) -> BackfillReport {
        let backfill = BackfillThreeDEye::new(self.camera());
        backfill.execute(&request(staff()), order, &Unwatched).await.unwrap().value
    }

    async fn people(&self, count: usize) -> Vec<UserId> {
        let mut people = Vec::new();
        for number in 0..count {
            people.push(a_person().email(&format!("p{number}@example.com")).put(self.store.as_ref()).await);
        }
        people.sort();
        people
    }

    async fn has_account(&self, user: UserId) -> bool {
        let state = ThreeDEyeAccounts::find(self.store.as_ref(), user).await.unwrap();
        state.mapping.is_some_and(|mapping| mapping.state == MappingState::Live)
    }
}

fn counts(report: &BackfillReport) -> (u64, u64, u64) {
    (report.total, report.created, report.failed)
}

#[tokio::test]
async fn everybody_with_an_address_gets_an_account() {
    let world = World::new();
    let people = world.people(20).await;
    a_person().put(world.store.as_ref()).await;
    let report = world.backfill(BackfillOrder { limit: None, ..up_to(0, 3) }).await;
    assert_eq!((counts(&report), report.errors.len(), report.stopped.as_deref()), ((20, 20, 0), 0, None));
    let addresses: BTreeSet<_> = world.gateway.accounts().into_iter().map(|account| account.email).collect();
    assert_eq!((addresses.len(), world.gateway.accounts().len()), (20, 20), "one account each");
    for user in people {
        assert_eq!(world.told(user), ["UserCreated", "ThreeDEyeProvisioned"]);
    }
    assert_eq!(counts(&world.backfill(up_to(50, 8)).await), (0, 0, 0), "nobody is left");
}

#[tokio::test]
async fn a_limit_bounds_the_turns_and_the_next_call_goes_on() {
    let world = World::new();
    let people = world.people(7).await;
    for (number, expected) in [3, 3, 1, 0].into_iter().enumerate() {
        assert_eq!(counts(&world.backfill(up_to(3, 2)).await), (expected, expected, 0), "call {number}");
    }
    for user in people {
        assert!(world.has_account(user).await);
    }
}

#[tokio::test]
async fn it_goes_on_after_failures_and_names_no_address() {
    let world = World::new();
    let people = world.people(5).await;
    let down = GatewayError::Unavailable { retry_after: None };
    world.gateway.fail_nth(Operation::Create, 2, Fault::Before(down));
    world.gateway.seed("p4@example.com", false, &[]);
    let report = world.backfill(up_to(50, 1)).await;
    assert_eq!(counts(&report), (5, 3, 2));
    assert!(report.errors[0].contains(&people[1].to_string()) && report.errors[0].contains("unavailable"));
    assert!(report.errors.iter().all(|error| !error.contains('@')), "{:?}", report.errors);
    // A repeat takes up who is left, and only the orphan stays.
    world.clock.advance(Duration::from_secs(1));
    assert_eq!(counts(&world.backfill(up_to(50, 1)).await), (2, 1, 1));
}

#[tokio::test]
async fn who_always_fails_keeps_nobody_waiting() {
    let world = World::new();
    let orphans = world.people(4).await;
    for number in 0..4 {
        world.gateway.seed(&format!("p{number}@example.com"), false, &[]);
    }
    assert_eq!(counts(&world.backfill(up_to(4, 2)).await), (4, 0, 4));
    world.clock.advance(Duration::from_secs(1));
    let late = a_person().email("late@example.com").put(world.store.as_ref()).await;
    assert_eq!(counts(&world.backfill(up_to(2, 2)).await), (2, 1, 1), "who was never tried comes first");
    assert!(world.has_account(late).await);
    world.clock.advance(Duration::from_secs(1));
    let before = world.gateway.calls().len();
    assert_eq!(counts(&world.backfill(up_to(50, 2)).await), (4, 0, 4), "each once in a run");
    assert!(world.gateway.calls().len() > before);
    for orphan in orphans {
        assert!(!world.has_account(orphan).await);
    }
}

#[tokio::test]
async fn those_shut_out_are_passed_over() {
    let world = World::new();
    for (name, status) in [("s", UserStatus::Suspended), ("i", UserStatus::Inactive)] {
        for number in 0..4 {
            let person = a_person().email(&format!("{name}{number}@example.com")).status(status);
            person.put(world.store.as_ref()).await;
        }
    }
    let active = world.people(2).await;
    assert_eq!(counts(&world.backfill(up_to(2, 1)).await), (2, 2, 0), "they fill no limit");
    assert!(world.has_account(active[0]).await && world.has_account(active[1]).await);
    assert_eq!(world.gateway.accounts().len(), 2);
}

#[tokio::test]
async fn those_shut_out_cost_no_commit() {
    let world = World::new();
    for number in 0..20 {
        let person = a_person().email(&format!("s{number}@example.com")).status(UserStatus::Suspended);
        person.put(world.store.as_ref()).await;
    }
    let read_only = DyingStore::after(world.store.clone(), 0);
    let backfill = BackfillThreeDEye::new(world.camera_on(Arc::new(read_only)));
    let watch = Until::default();
    let report = backfill.execute(&request(staff()), up_to(50, 8), &watch).await.unwrap().value;
    assert_eq!((counts(&report), report.stopped), ((0, 0, 0), None));
    assert_eq!(watch.waiting.load(Ordering::SeqCst), 0, "nor are they counted");
}

#[tokio::test]
async fn what_was_begun_is_finished() {
    let world = World::new();
    let people = world.people(1).await;
    world.gateway.fail_next(Operation::Create, Fault::After(GatewayError::Ambiguous));
    let gone = GatewayError::Unavailable { retry_after: None };
    world.gateway.fail_next(Operation::Find, Fault::Before(gone));
    assert_eq!(counts(&world.backfill(up_to(1, 1)).await), (1, 0, 1));
    assert_eq!(world.gateway.accounts().len(), 1, "made, and not confirmed");
    world.clock.advance(Duration::from_mins(1));
    assert_eq!(counts(&world.backfill(up_to(1, 1)).await), (1, 1, 0));
    world.assert_password_opens(people[0]).await;
}

#[tokio::test]
async fn a_closed_threedeye_ends_it() {
    let world = World::new();
    world.people(9).await;
    let open = GatewayError::CircuitOpen { retry_after: Duration::from_secs(30) };
    world.gateway.fail_nth(Operation::Create, 3, Fault::Before(open.clone()));
    let report = world.backfill(up_to(50, 1)).await;
    assert_eq!((counts(&report), report.stopped), ((2, 2, 0), Some(open.to_string())));
    for closed in [open, GatewayError::NotConfigured] {
        world.gateway.set_down(Some(closed.clone()));
        let backfill = BackfillThreeDEye::new(world.camera());
        let refused = backfill.execute(&request(staff()), up_to(50, 1), &Unwatched).await;
        let Err(UseCaseError::Refused { refusal: BackfillRefusal::Gateway(error), .. }) = refused else {
            panic!("{refused:?}")
        };
        assert_eq!(error, closed);
    }
}

#[tokio::test]
async fn whoever_watches_may_end_it() {
    let world = World::new();
    world.people(9).await;
    let watch = Until { turns: 4, ..Until::default() };
    let backfill = BackfillThreeDEye::new(world.camera());
    let report = backfill.execute(&request(staff()), up_to(50, 2), &watch).await.unwrap().value;
    assert_eq!(watch.waiting.load(Ordering::SeqCst), 9);
    assert_eq!((counts(&report), report.stopped.is_some()), ((5, 5, 0), true), "those under way are finished");
    assert_eq!(*watch.seen.lock().unwrap(), [1, 2, 3, 4, 5]);
    // Told to end when there is nothing left to do, it is none the less done.
    let watch = Until { turns: 2, ..Until::default() };
    let report = backfill.execute(&request(staff()), up_to(2, 2), &watch).await.unwrap().value;
    assert_eq!((counts(&report), report.stopped), ((2, 2, 0), None));
}

#[tokio::test]
async fn two_at_once_do_no_harm() {
    let world = World::new();
    let people = world.people(12).await;
    let (first, second) = tokio::join!(world.backfill(up_to(50, 3)), world.backfill(up_to(50, 3)));
    assert_eq!((first.created + second.created, first.failed + second.failed), (12, 0));
    assert_eq!(world.gateway.accounts().len(), people.len());
}

#[tokio::test]
async fn errors_are_bounded() {
    let world = World::new();
    world.people(130).await;
    world.gateway.fail_next(Operation::Roles, Fault::Before(GatewayError::Unauthorised));
    world.gateway.set_down(Some(GatewayError::Unauthorised));
    let report = world.backfill(up_to(1000, 8)).await;
    assert_eq!((counts(&report), report.errors.len()), ((130, 0, 130), 100));
}

#[tokio::test]
async fn a_repeat_gets_the_first_answer_and_strangers_none() {
    let world = World::new();
    world.people(2).await;
    let backfill = BackfillThreeDEye::new(world.camera());
    let ask = keyed(&request(staff()), 1, 1);
    let first = backfill.execute(&ask, up_to(1, 1), &Unwatched).await.unwrap();
    let second = backfill.execute(&ask, up_to(1, 1), &Unwatched).await.unwrap();
    assert_eq!((first.replayed, second.replayed, first.value), (false, true, second.value));
    assert_eq!(world.gateway.accounts().len(), 1);
    let user = a_person().put(world.store.as_ref()).await;
    for stranger in [person(user), key_of("acme")] {
        let denied = backfill.execute(&request(stranger), up_to(1, 1), &Unwatched).await;
        assert!(matches!(denied, Err(UseCaseError::Denied(_))));
    }
}

#[tokio::test]
async fn an_address_that_went_meanwhile_is_no_failure_of_others() {
    let world = World::new();
    let people = world.people(3).await;
    let person = UserRepository::find(world.store.as_ref(), people[0]).await.unwrap().unwrap();
    assert!(person.profile.email.is_some());
    a_commit()
        .private(portcullis_domain::commit::PrivateChange::PersonErased(people[0]))
        .put(world.store.as_ref())
        .await;
    assert_eq!(counts(&world.backfill(up_to(50, 3)).await), (2, 2, 0));
}

/// A pool with one connection: whoever waits is handed it, and has it until going on.
struct OneConnection {
    accounts: Arc<dyn ThreeDEyeAccounts>,
    free: Semaphore,
}

#[async_trait]
impl ThreeDEyeAccounts for OneConnection {
    async fn find(&self, user: UserId) -> Result<AccountState, Unavailable> {
        let _connection = self.free.acquire().await.unwrap();
        yield_now().await;
        self.accounts.find(user).await
    }

    async fn without_account(
        &self,
        tried_before: Timestamp,
        after: Option<WithoutAccount>,
        limit: u32,
    ) -> Result<Vec<WithoutAccount>, Unavailable> {
        let _connection = self.free.acquire().await.unwrap();
        yield_now().await;
        self.accounts.without_account(tried_before, after, limit).await
    }

    async fn count_without_account(&self, tried_before: Timestamp) -> Result<u64, Unavailable> {
        self.accounts.count_without_account(tried_before).await
    }

    async fn mappings(&self, after: Option<UserId>, limit: u32) -> Result<Vec<KnownAccount>, Unavailable> {
        self.accounts.mappings(after, limit).await
    }

    async fn owners(&self, accounts: &[RemoteAccount]) -> Result<Vec<AccountOwner>, Unavailable> {
        self.accounts.owners(accounts).await
    }

    async fn is_claimed(&self, address: &EmailAddress, leaving_out: Option<UserId>) -> Result<bool, Unavailable> {
        self.accounts.is_claimed(address, leaving_out).await
    }
}

#[tokio::test]
async fn turns_go_on_while_others_are_taken_on() {
    let world = World::new();
    world.people(20).await;
    let accounts = Arc::new(OneConnection { accounts: world.store.clone(), free: Semaphore::new(1) });
    let backfill = BackfillThreeDEye::new(CameraPorts { accounts, ..world.camera() });
    let order = request(staff());
    let run = timeout(Duration::from_secs(20), backfill.execute(&order, up_to(50, 3), &Unwatched)).await;
    assert_eq!(counts(&run.expect("nobody waits for a connection that nobody uses").unwrap().value), (20, 20, 0));
}
