//! Camera accounts: the eight resets, taking over, and who may.

use portcullis_domain::ids::{ThreeDEyeRoleId, UserId};
use portcullis_domain::port::{EventStore, GatewayError, ThreeDEyeAccounts, UserRepository};
use portcullis_domain::threedeye::{CredentialsRefusal, MappingState, ResetRefusal, ResetSwitches};
use portcullis_domain::usecase::UseCaseError;
use portcullis_domain::usecase::threedeye::{ReadCredentials, ResetThreeDEye};
use portcullis_domain::user::Voucher;
use portcullis_testkit::build::{a_person, a_user_id, version_of};
use portcullis_testkit::fake::{Fault, Operation};

use super::world::{World, keyed, person, request, staff};

const EMAIL: &str = "ada@example.com";

pub(super) fn role(id: &str) -> ThreeDEyeRoleId {
    ThreeDEyeRoleId::parse(id).unwrap()
}

pub(super) const fn switches(clear_mapping: bool, delete_remote: bool, reprovision: bool) -> ResetSwitches {
    ResetSwitches { clear_mapping, delete_remote, reprovision }
}

impl World {
    pub(super) fn credentials(&self) -> ReadCredentials {
        ReadCredentials::new(self.camera())
    }

    pub(super) fn reset(&self) -> ResetThreeDEye {
        ResetThreeDEye::new(self.camera())
    }

    /// Does the password told to the person open exactly one account there?
    pub(super) async fn assert_password_opens(&self, user: UserId) {
        let told = self.credentials().execute(&request(person(user)), user).await.unwrap();
        let ours: Vec<_> = self.gateway.accounts().into_iter().filter(|account| account.ours).collect();
        assert_eq!(ours.len(), 1, "one account a person");
        assert_eq!(ours[0].password.as_ref(), Some(told.password.expose()));
    }
}

async fn provisioned(world: &World) -> UserId {
    let user = a_person().named("Ada", "Lovelace").email(EMAIL).put(world.store.as_ref()).await;
    world.vouched_by(user, Voucher::Nobody).await;
    world.credentials().execute(&request(person(user)), user).await.unwrap();
    user
}

#[tokio::test]
async fn the_first_fetch_makes_an_account_and_later_ones_show_it() {
    let world = World::new();
    let user = provisioned(&world).await;
    let calls = world.gateway.calls().len();
    world.assert_password_opens(user).await;
    assert_eq!(world.gateway.calls().len(), calls, "a known account is no reason to call 3dEye");
    assert_eq!(world.told(user), ["UserCreated", "ThreeDEyeProvisioned"]);
    let profile = world.store.as_ref().find_person(user).await.profile;
    assert!(profile.email_voucher.vouches(), "we made the account for this address");
}

#[tokio::test]
async fn twenty_callers_make_one_account() {
    let world = World::new();
    let user = a_person().email(EMAIL).put(world.store.as_ref()).await;
    let ask = request(person(user));
    let credentials = world.credentials();
    let mut told = Vec::new();
    for answer in futures_join(20, || credentials.execute(&ask, user)).await {
        told.push(answer.unwrap());
    }
    told.dedup();
    assert_eq!(told.len(), 1);
    assert_eq!(world.gateway.accounts().len(), 1);
}

/// Polls many futures by turns until all are done.
pub(super) async fn futures_join<F: Future>(count: usize, make: impl Fn() -> F) -> Vec<F::Output> {
    let mut running: Vec<_> = (0..count).map(|_| Box::pin(make())).collect();
    let mut done = Vec::new();
    std::future::poll_fn(|context| {
        running.retain_mut(|future| match future.as_mut().poll(context) {
            std::task::Poll::Ready(output) => {
                done.push(output);
                false
            }
            std::task::Poll::Pending => true,
        });
        context.waker().wake_by_ref();
        if running.is_empty() { std::task::Poll::Ready(()) } else { std::task::Poll::Pending }
    })
    .await;
    done
}

#[tokio::test]
async fn all_eight_resets() {
    for bits in 0..8_u8 {
        let on = |bit: u8| bits & bit != 0;
        let switches = switches(on(1), on(2), on(4));
        let world = World::new();
        let user = provisioned(&world).await;
        let before = world.gateway.accounts()[0].clone();
        let report = world.reset().execute(&request(staff()), user, switches).await.unwrap().value;

        assert_eq!(report.email.as_deref(), Some(EMAIL));
        assert_eq!(report.cleared_mapping, on(1), "{switches:?}");
        assert!(!report.cleared_recovery, "there was no recovery row: {switches:?}");
        assert_eq!(report.remote.attempted_delete, on(2));
        assert_eq!(report.remote.deleted, on(2).then(|| before.id.clone()));
        assert!(!report.remote.not_visible);
        assert_eq!(report.reprovision.attempted, on(4));
        assert_eq!(report.reprovision.error, None);
        assert_eq!(report.reprovision.threedeye_user.is_some(), on(4));
        assert_eq!(report.version, Some(version_of(world.store.as_ref(), &user.into()).await));
        assert_eq!(world.told(user).last().map(String::as_str), Some("ThreeDEyeReset"));

        let state = ThreeDEyeAccounts::find(world.store.as_ref(), user).await.unwrap();
        let mapping = state.mapping.map(|mapping| mapping.state);
        let expected = match (on(1), on(2), on(4)) {
            (_, _, true) | (false, false, false) => Some(MappingState::Live),
            (true, _, false) => None,
            (false, true, false) => Some(MappingState::Stale),
        };
        assert_eq!(mapping, expected, "{switches:?}");
        world.assert_password_opens(user).await;
    }
}

#[tokio::test]
async fn roles_survive_a_new_account() {
    let world = World::new();
    let roles = [role("lobby"), role("garage")];
    world.gateway.seed(" Ada@Example.com ", true, &roles);
    let user = a_person().email(EMAIL).put(world.store.as_ref()).await;
    world.vouched_by(user, Voucher::Nobody).await;
    let by_stranger = world.credentials().execute(&request(person(user)), user).await;
    assert!(matches!(by_stranger, Err(UseCaseError::Refused { refusal: CredentialsRefusal::Orphan, .. })));
    assert_eq!(world.gateway.accounts()[0].password, None, "an unvouched address leaves the account alone");

    world.vouched_by(user, Voucher::Token).await;
    world.credentials().execute(&request(person(user)), user).await.unwrap();
    let accounts = world.gateway.accounts();
    assert_eq!(accounts.len(), 1);
    assert_eq!(accounts[0].roles, roles);
    let all = switches(true, true, true);
    world.reset().execute(&request(staff()), user, all).await.unwrap();
    assert_eq!(world.gateway.accounts()[0].roles, roles);
}

#[tokio::test]
async fn clearing_without_a_new_account_drops_the_roles_and_says_so() {
    let world = World::new();
    let user = provisioned(&world).await;
    let account = world.gateway.accounts()[0].id.clone();
    world.gateway_role(&account, "lobby").await;
    world.reset().execute(&request(staff()), user, switches(true, true, false)).await.unwrap();
    let event = serde_json::to_value(world.store.envelopes().pop().unwrap().event).unwrap();
    assert_eq!(event["droppedRoleIds"], serde_json::json!(["lobby"]));
    let state = ThreeDEyeAccounts::find(world.store.as_ref(), user).await.unwrap();
    assert_eq!((state.mapping, state.recovery), (None, None));
}

#[tokio::test]
async fn an_address_taken_elsewhere_is_an_orphan_and_leaves_nothing() {
    let world = World::new();
    world.gateway.seed(EMAIL, false, &[]);
    let user = a_person().email(EMAIL).put(world.store.as_ref()).await;
    let refused = world.credentials().execute(&request(person(user)), user).await;
    assert!(matches!(refused, Err(UseCaseError::Refused { refusal: CredentialsRefusal::Orphan, .. })));
    assert_eq!(ThreeDEyeAccounts::find(world.store.as_ref(), user).await.unwrap().mapping, None);
    let report = world.reset().execute(&request(staff()), user, switches(true, true, true)).await.unwrap().value;
    assert!(report.remote.not_visible);
    assert_eq!(report.remote.deleted, None);
    assert!(report.reprovision.error.is_some());
}

#[tokio::test]
async fn a_remote_failure_before_the_delete_clears_nothing() {
    let world = World::new();
    let user = provisioned(&world).await;
    let down = GatewayError::Unavailable { retry_after: None };
    for operation in [Operation::Find, Operation::Delete] {
        world.gateway.fail_next(operation, Fault::Before(down.clone()));
        let failed = world.reset().execute(&request(staff()), user, switches(true, true, true)).await;
        assert!(matches!(failed, Err(UseCaseError::Refused { refusal: ResetRefusal::Gateway(_), .. })));
        assert!(ThreeDEyeAccounts::find(world.store.as_ref(), user).await.unwrap().mapping.is_some());
    }
    world.reset().execute(&request(staff()), user, switches(true, true, true)).await.unwrap();
    world.assert_password_opens(user).await;
}

#[tokio::test]
async fn clearing_alone_works_with_3deye_down() {
    let world = World::new();
    let user = provisioned(&world).await;
    world.gateway.set_down(Some(GatewayError::NotConfigured));
    let report = world.reset().execute(&request(staff()), user, ResetSwitches::default()).await.unwrap().value;
    assert!(report.cleared_mapping);
}

#[tokio::test]
async fn a_create_that_is_not_confirmed_is_looked_for() {
    let world = World::new();
    let user = a_person().email(EMAIL).put(world.store.as_ref()).await;
    world.gateway.fail_next(Operation::Create, Fault::After(GatewayError::Ambiguous));
    world.credentials().execute(&request(person(user)), user).await.unwrap();
    world.assert_password_opens(user).await;

    world.gateway.hide_ids(true);
    world.reset().execute(&request(staff()), user, switches(true, true, true)).await.unwrap();
    world.assert_password_opens(user).await;
}

#[tokio::test]
async fn a_create_that_certainly_failed_is_no_sign_that_an_account_is_ours() {
    let world = World::new();
    let user = a_person().email(EMAIL).put(world.store.as_ref()).await;
    world.vouched_by(user, Voucher::Nobody).await;
    world.gateway.fail_next(Operation::Create, Fault::Before(GatewayError::Rejected("status 400".to_owned())));
    let failed = world.credentials().execute(&request(person(user)), user).await;
    assert!(matches!(failed, Err(UseCaseError::Refused { refusal: CredentialsRefusal::Gateway(_), .. })));

    // Somebody else's account appears with the address; it stays theirs.
    world.gateway.seed(EMAIL, true, &[role("vault")]);
    let refused = world.credentials().execute(&request(person(user)), user).await;
    assert!(matches!(refused, Err(UseCaseError::Refused { refusal: CredentialsRefusal::Orphan, .. })));
    assert_eq!(world.gateway.accounts()[0].password, None);
}

#[tokio::test]
async fn an_account_that_may_have_been_made_is_still_ours_after_clearing() {
    for switches in [ResetSwitches::default(), switches(true, false, true)] {
        let world = World::new();
        let user = a_person().email(EMAIL).put(world.store.as_ref()).await;
        world.vouched_by(user, Voucher::Nobody).await;
        world.gateway.fail_next(Operation::Create, Fault::After(GatewayError::Ambiguous));
        // The look before the create goes well, the one after it does not.
        let gone = GatewayError::Unavailable { retry_after: None };
        world.gateway.fail_nth(Operation::Find, 2, Fault::Before(gone));
        assert!(world.credentials().execute(&request(person(user)), user).await.is_err());
        assert_eq!(world.gateway.accounts().len(), 1);
        let report = world.reset().execute(&request(staff()), user, switches).await.unwrap().value;
        assert_eq!(report.reprovision.error, None);
        world.assert_password_opens(user).await;
    }
}

#[tokio::test]
async fn the_persons_own_verified_token_stands_for_the_address() {
    let world = World::new();
    world.gateway.seed(EMAIL, true, &[role("lobby")]);
    let user = a_person().email(EMAIL).put(world.store.as_ref()).await;
    world.vouched_by(user, Voucher::Nobody).await;
    let mut caller = person(user);
    for (verified, fits) in [("other@example.com", false), (EMAIL, true)] {
        let token = caller.user.as_mut().unwrap();
        token.verified_email = Some(portcullis_testkit::build::email(verified));
        let fetched = world.credentials().execute(&request(caller.clone()), user).await;
        assert_eq!(fetched.is_ok(), fits, "{verified}");
    }
    assert_eq!(world.gateway.accounts()[0].roles, [role("lobby")]);
}

/// A delete that timed out may take effect yet, so the account is made anew: a late delete names the one before.
#[tokio::test]
async fn an_account_that_outlived_its_delete_is_replaced() {
    let world = World::new();
    let user = provisioned(&world).await;
    let before = world.gateway.accounts()[0].id.clone();
    world.gateway_role(&before, "lobby").await;
    let down = GatewayError::Unavailable { retry_after: None };
    world.gateway.fail_next(Operation::Delete, Fault::Before(down));
    assert!(world.reset().execute(&request(staff()), user, switches(true, true, true)).await.is_err());
    world.credentials().execute(&request(person(user)), user).await.unwrap();
    portcullis_domain::port::ThreeDEyeGateway::delete(world.gateway.as_ref(), &before).await.unwrap();
    world.assert_password_opens(user).await;
    assert_eq!(world.gateway.accounts()[0].roles, [role("lobby")]);
}

#[tokio::test]
async fn without_an_address_nothing_is_said_of_an_account() {
    let world = World::new();
    let user = a_person().put(world.store.as_ref()).await;
    world.gateway.set_down(Some(GatewayError::NotConfigured));
    let report = world.reset().execute(&request(staff()), user, switches(true, true, false)).await.unwrap().value;
    assert!(!report.remote.attempted_delete && !report.remote.not_visible);
}

#[tokio::test]
async fn a_repeat_of_a_reset_gets_the_first_report() {
    let world = World::new();
    let user = provisioned(&world).await;
    let all = switches(true, true, true);
    let ask = keyed(&request(staff()), 1, 1);
    let first = world.reset().execute(&ask, user, all).await.unwrap();
    let second = world.reset().execute(&ask, user, all).await.unwrap();
    assert!(second.replayed);
    assert_eq!(first.value, second.value);
    assert!(matches!(world.reset().execute(&keyed(&ask, 1, 2), user, all).await, Err(UseCaseError::KeyReused)));
    let unknown = keyed(&ask, 2, 1);
    for replayed in [false, true] {
        let Err(UseCaseError::NotFound { replayed: told, .. }) =
            world.reset().execute(&unknown, a_user_id(), all).await
        else {
            panic!("nobody is not found")
        };
        assert_eq!(told.is_some(), replayed);
    }
}

impl World {
    /// Somebody else, or nobody, stands for the address.
    pub(super) async fn vouched_by(&self, user: UserId, email_voucher: Voucher) {
        let person = self.store.find_person(user).await;
        let profile = portcullis_domain::user::Profile { email_voucher, ..person.profile };
        let change = portcullis_domain::commit::PrivateChange::Profile(profile);
        portcullis_testkit::build::a_commit().private(change).put(self.store.as_ref() as &dyn EventStore).await;
    }

    /// Somebody at the console of 3dEye gives an account a role.
    pub(super) async fn gateway_role(&self, account: &portcullis_domain::ids::ThreeDEyeUserId, id: &str) {
        use portcullis_domain::port::ThreeDEyeGateway;
        self.gateway.seed_role(&role(id), id);
        self.gateway.assign_role(account, &role(id)).await.unwrap();
    }
}

pub(super) trait FindPerson {
    async fn find_person(&self, user: UserId) -> portcullis_domain::user::Person;
}

impl FindPerson for portcullis_testkit::memory::MemoryStore {
    async fn find_person(&self, user: UserId) -> portcullis_domain::user::Person {
        UserRepository::find(self, user).await.unwrap().unwrap()
    }
}
