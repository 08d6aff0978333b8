//! Comparing with 3dEye, and setting right what has drifted apart.

use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::Duration;

use portcullis_domain::commit::{PrivateChange, WorkChange};
use portcullis_domain::event::StreamId;
use portcullis_domain::ids::{ThreeDEyeUserId, UserId};
use portcullis_domain::port::{GatewayError, ThreeDEyeAccounts, ThreeDEyeGateway};
use portcullis_domain::threedeye::{
    DriftCursor, DriftFinding, DriftKind, DriftRefusal, Mapping, MappingState, Remedy, RepairRefusal,
};
use portcullis_domain::usecase::UseCaseError;
use portcullis_domain::usecase::threedeye::{
    CameraPorts, CompareThreeDEye, Probe, RepairOrder, RepairReport, RepairTarget, RepairThreeDEye,
};
use portcullis_domain::user::Voucher;
use portcullis_testkit::build::{a_camera_role, a_commit, a_mapping, a_person, assign, org};
use portcullis_testkit::fake::{Fault, Operation, SilentGateway};

use super::camera::role;
use super::meddling::Meddling;
use super::world::{World, key_of, keyed, person, request, staff};

impl World {
    fn compare(&self) -> CompareThreeDEye {
        compare_on(self.camera())
    }

    /// Everything, page by page.
    async fn drift(&self, limit: u32) -> Vec<DriftFinding> {
        let (mut findings, mut next) = (Vec::new(), None);
        loop {
            let page = self.compare().execute(&staff(), next, limit).await.unwrap();
            findings.extend(page.findings);
            next = page.next;
            if next.is_none() {
                return findings;
            }
        }
    }

    /// What is wrong, by kind and person.
    async fn wrong(&self) -> Vec<(DriftKind, Option<UserId>)> {
        self.drift(100).await.into_iter().map(|finding| (finding.kind, finding.user)).collect()
    }

    fn repair(&self) -> RepairThreeDEye {
        RepairThreeDEye::new(self.camera(), self.store.clone(), org("default"))
    }

    async fn repaired(&self, target: RepairTarget) -> RepairReport {
        self.repair().execute(&request(staff()), order(target)).await.unwrap().value
    }

    /// Somebody with an account.
    async fn with_account(&self, name: &str) -> (UserId, ThreeDEyeUserId) {
        let user = a_person().email(&format!("{name}@example.com")).put(self.store.as_ref()).await;
        let made = self.credentials().execute(&request(person(user)), user).await.unwrap();
        (user, made.threedeye_user.unwrap())
    }

    async fn mapping(&self, user: UserId) -> Option<Mapping> {
        ThreeDEyeAccounts::find(self.store.as_ref(), user).await.unwrap().mapping
    }

    async fn gets_role(&self, user: UserId, id: &str) {
        self.gateway.seed_role(&role(id), id);
        let made = a_camera_role().remote(&role(id)).put(self.store.as_ref()).await;
        assign(self.store.as_ref(), &made, user).await;
    }
}

fn compare_on(ports: CameraPorts) -> CompareThreeDEye {
    let probe = Probe { customer: None, patience: Duration::from_secs(10) };
    CompareThreeDEye::new(ports, probe, NonZeroUsize::new(2).unwrap())
}

const fn order(target: RepairTarget) -> RepairOrder {
    RepairOrder { target, dry_run: false, delete_remote: false }
}

const fn of(kind: DriftKind, user: UserId) -> RepairTarget {
    RepairTarget::OfPerson { kind, user }
}

#[tokio::test]
async fn nothing_is_wrong_where_both_sides_agree() {
    let world = World::new();
    for name in ["a", "b", "c", "d", "e"] {
        world.with_account(name).await;
    }
    assert_eq!(world.wrong().await, []);
    let page = world.compare().execute(&staff(), None, 100).await.unwrap();
    assert_eq!((page.mappings, page.accounts, page.next), (5, 5, None));
}

#[tokio::test]
async fn every_kind_is_found_once_whatever_the_page() {
    let world = World::new();
    world.with_account("fine").await;
    let (missing, gone) = world.with_account("missing").await;
    world.gateway.delete(&gone).await.unwrap();
    let (changed, old) = world.with_account("changed").await;
    world.gateway.delete(&old).await.unwrap();
    let new = world.gateway.seed("Changed@example.com", true, &[role("lobby")]);
    let (roleless, poor) = world.with_account("roleless").await;
    world.gets_role(roleless, "vault").await;
    let orphan = world.gateway.seed("stranger@example.com", true, &[]);
    let known = a_person().email("known@example.com").put(world.store.as_ref()).await;
    let hers = world.gateway.seed("known@example.com", true, &[role("lobby")]);
    for limit in [1, 2, 3, 100] {
        let mut findings = world.drift(limit).await;
        findings.sort_by_key(|finding| (finding.kind, finding.user.is_none()));
        let told: Vec<_> = findings
            .iter()
            .map(|found| (found.kind, found.user, found.threedeye_user.clone(), found.found.clone(), found.remedy))
            .collect();
        let expected = [
            (DriftKind::Missing, Some(missing), Some(gone.clone()), None, Remedy::Provision),
            (DriftKind::Orphaned, Some(known), Some(hers.clone()), None, Remedy::Provision),
            (DriftKind::Orphaned, None, Some(orphan.clone()), None, Remedy::DeleteRemote),
            (DriftKind::Roleless, Some(roleless), Some(poor.clone()), None, Remedy::AssignRoles),
            (DriftKind::IdChanged, Some(changed), Some(old.clone()), Some(new.clone()), Remedy::Provision),
        ];
        assert_eq!(told, expected, "limit {limit}");
        assert_eq!((&findings[3].expected, findings[3].present.len()), (&vec![role("vault")], 0));
        assert_eq!(findings[4].present, [role("lobby")]);
    }
}

#[tokio::test]
async fn what_is_under_way_is_no_drift() {
    let world = World::new();
    let (user, id) = world.with_account("ada").await;
    world.gateway.delete(&id).await.unwrap();
    assert_eq!(world.wrong().await, [(DriftKind::Missing, Some(user))]);
    let fence = ThreeDEyeAccounts::find(world.store.as_ref(), user).await.unwrap().lease.fence;
    let guard = portcullis_domain::commit::Guard::raise(portcullis_domain::commit::GuardKey::ThreeDEye(user), fence);
    let until = world.clock_now().plus(Duration::from_secs(10));
    a_commit().guard(guard).work(WorkChange::Lease { user, until }).put(world.store.as_ref()).await;
    assert_eq!(world.wrong().await, [], "somebody is at work on it");
    world.clock.advance(Duration::from_secs(11));
    assert_eq!(world.wrong().await.len(), 1);
    for state in [MappingState::Creating, MappingState::Stale] {
        let mapping = Mapping { state, ..world.mapping(user).await.unwrap() };
        a_commit().private(PrivateChange::ThreeDEye(mapping)).put(world.store.as_ref()).await;
        assert_eq!(world.wrong().await, [], "{state:?} is made anew by the next fetch");
    }
}

#[tokio::test]
async fn a_mapping_without_an_id_goes_by_its_address() {
    let world = World::new();
    let user = a_person().email("ada@example.com").put(world.store.as_ref()).await;
    let mapping = Mapping { threedeye_user: None, ..a_mapping(user) };
    a_commit().private(PrivateChange::ThreeDEye(mapping)).put(world.store.as_ref()).await;
    assert_eq!(world.wrong().await, [(DriftKind::Missing, Some(user))]);
    world.gateway.seed("ada@example.com", true, &[]);
    assert_eq!(world.wrong().await, []);
}

#[tokio::test]
async fn an_account_in_the_place_of_one_that_is_known_to_be_gone_is_told() {
    let world = World::new();
    let user = a_person().email("ada@example.com").put(world.store.as_ref()).await;
    let mapping = Mapping { threedeye_user: None, state: MappingState::Stale, ..a_mapping(user) };
    a_commit().private(PrivateChange::ThreeDEye(mapping)).put(world.store.as_ref()).await;
    let other = world.gateway.seed("ada@example.com", true, &[]);
    let found = world.drift(100).await;
    assert_eq!((found.len(), found[0].kind, found[0].remedy), (1, DriftKind::Orphaned, Remedy::Provision));
    assert_eq!(found[0].user, Some(user));
    assert!(world.repaired(RepairTarget::Orphan(other)).await.changed);
    world.assert_password_opens(user).await;
    assert_eq!(world.wrong().await, []);
}

#[tokio::test]
async fn a_page_ends_where_3deye_fails_and_the_next_goes_on() {
    let world = World::new();
    for name in ["a", "b", "c", "d"] {
        world.with_account(name).await;
    }
    let down = GatewayError::Unavailable { retry_after: None };
    world.gateway.fail_nth(Operation::Get, 3, Fault::Before(down.clone()));
    let page = world.compare().execute(&staff(), None, 100).await.unwrap();
    assert_eq!((page.mappings, page.accounts), (2, 0));
    assert!(matches!(page.next, Some(DriftCursor::Mappings(Some(_)))));
    let rest = world.compare().execute(&staff(), page.next, 100).await.unwrap();
    assert_eq!((rest.mappings, rest.accounts, rest.next), (2, 4, None));
    world.gateway.set_down(Some(GatewayError::NotConfigured));
    let refused = world.compare().execute(&staff(), None, 100).await;
    let Err(UseCaseError::Refused { refusal: DriftRefusal::Gateway(error), .. }) = refused else {
        panic!("{refused:?}")
    };
    assert_eq!(error, GatewayError::NotConfigured);
    let silent = compare_on(world.camera_through(Arc::new(SilentGateway))).execute(&staff(), None, 100).await;
    assert!(matches!(silent, Err(UseCaseError::Refused { refusal: DriftRefusal::Gateway(_), .. })));
}

#[tokio::test]
async fn a_part_of_a_page_of_the_list_counts() {
    let world = World::new();
    let strangers: Vec<_> =
        (0..3).map(|number| world.gateway.seed(&format!("s{number}@example.com"), true, &[])).collect();
    world.gateway.fail_nth(Operation::Get, 3, Fault::Before(GatewayError::Unavailable { retry_after: None }));
    let page = world.compare().execute(&staff(), None, 100).await.unwrap();
    assert_eq!((page.findings.len(), page.accounts), (2, 2));
    assert_eq!(page.next, Some(DriftCursor::Accounts { from: None, judged: 2 }));
    let rest = world.compare().execute(&staff(), page.next, 100).await.unwrap();
    let told: Vec<_> = rest.findings.into_iter().filter_map(|finding| finding.threedeye_user).collect();
    assert_eq!((told.as_slice(), rest.accounts, rest.next), (&strangers[2..], 1, None));
}

#[tokio::test]
async fn accounts_of_nobody_are_looked_at_together_and_told_in_order() {
    let world = World::new();
    let strangers = ["s1@example.com", "s2@example.com"].map(|address| world.gateway.seed(address, true, &[]));
    let there = world.gateway.clone();
    // The first is answered only after the second.
    let slow = Meddling::with(world.gateway.clone()).before(Operation::Get, 1, async move {
        while !there.calls().contains(&Operation::Get) {
            tokio::task::yield_now().await;
        }
    });
    let page = compare_on(world.camera_through(Arc::new(slow))).execute(&staff(), None, 100).await.unwrap();
    let told: Vec<_> = page.findings.into_iter().filter_map(|finding| finding.threedeye_user).collect();
    assert_eq!(told, strangers);
}

#[tokio::test]
async fn an_account_that_is_gone_is_made_anew_with_its_roles() {
    let world = World::new();
    let (user, id) = world.with_account("ada").await;
    world.gets_role(user, "vault").await;
    world.gateway.delete(&id).await.unwrap();
    let report = world.repaired(of(DriftKind::Missing, user)).await;
    assert_eq!((report.changed, report.remedy, report.reason), (true, Some(Remedy::Provision), None));
    assert_eq!(report.roles, [role("vault")]);
    assert_eq!(report.threedeye_user, world.mapping(user).await.unwrap().threedeye_user);
    world.assert_password_opens(user).await;
    assert_eq!(world.gateway.accounts()[0].roles, [role("vault")]);
    assert_eq!(
        world.told(user)[2..],
        ["ThreeDEyeRepairStarted", "ThreeDEyeProvisioned", "ThreeDEyeRepaired"],
        "{:?}",
        world.told(user)
    );
    assert_eq!(world.wrong().await, []);
}

#[tokio::test]
async fn an_account_made_anew_elsewhere_is_taken_over() {
    let world = World::new();
    let (user, id) = world.with_account("ada").await;
    world.gateway.delete(&id).await.unwrap();
    let other = world.gateway.seed("ada@example.com", true, &[role("lobby")]);
    let report = world.repaired(of(DriftKind::IdChanged, user)).await;
    assert!(report.changed);
    assert_ne!(report.threedeye_user, Some(other), "nobody knows its password");
    world.assert_password_opens(user).await;
    assert_eq!(world.gateway.accounts()[0].roles, [role("lobby")]);
    assert_eq!(world.wrong().await, []);
}

#[tokio::test]
async fn roles_that_lack_are_given() {
    let world = World::new();
    let (user, id) = world.with_account("ada").await;
    for known in ["own", "lobby", "vault"] {
        world.gateway.seed_role(&role(known), known);
    }
    world.gateway.assign_role(&id, &role("own")).await.unwrap();
    world.gets_role(user, "vault").await;
    world.gets_role(user, "lobby").await;
    world.gateway.assign_role(&id, &role("lobby")).await.unwrap();
    let before = world.mapping(user).await.unwrap();
    let report = world.repaired(of(DriftKind::Roleless, user)).await;
    assert_eq!((report.changed, report.threedeye_user), (true, Some(id)));
    let mut roles: Vec<_> = world.gateway.accounts()[0].roles.iter().map(ToString::to_string).collect();
    roles.sort();
    assert_eq!(roles, ["lobby", "own", "vault"]);
    assert_eq!(world.mapping(user).await.unwrap().password, before.password);
    assert_eq!(world.wrong().await, []);
}

#[tokio::test]
async fn a_role_3deye_has_no_more_is_told_and_nothing_claimed() {
    let world = World::new();
    let (user, _) = world.with_account("ada").await;
    world.gets_role(user, "vault").await;
    world.gateway.delete_role(&role("vault")).await.unwrap();
    for _ in 0..2 {
        let report = world.repaired(of(DriftKind::Roleless, user)).await;
        assert_eq!((report.changed, report.remedy), (false, Some(Remedy::AssignRoles)));
        assert_eq!(report.reason.as_deref(), Some("3dEye has no such role any more: vault"));
        let told = world.store.envelopes().pop().unwrap();
        assert_eq!(told.name, "ThreeDEyeRepaired");
        assert!(serde_json::to_string(&told.event).unwrap().contains("no such role any more: vault"));
    }
    world.gets_role(user, "lobby").await;
    let report = world.repaired(of(DriftKind::Roleless, user)).await;
    assert_eq!((report.changed, report.reason.is_some()), (true, true), "one was given, the other could not be");
    assert_eq!(world.gateway.accounts()[0].roles, [role("lobby")]);
    let account = world.mapping(user).await.unwrap().threedeye_user.unwrap();
    world.gateway.delete(&account).await.unwrap();
    let report = world.repaired(of(DriftKind::Missing, user)).await;
    assert_eq!((report.changed, report.reason.is_some()), (true, true), "made anew, without that role");
}

#[tokio::test]
async fn an_orphan_goes_to_its_person_if_somebody_vouches() {
    let world = World::new();
    let orphan = world.gateway.seed("ada@example.com", true, &[role("lobby")]);
    let user = a_person().email("ada@example.com").put(world.store.as_ref()).await;
    for (voucher, fits) in [(Voucher::Nobody, false), (Voucher::Token, true)] {
        world.vouched_by(user, voucher).await;
        let done = world.repair().execute(&request(staff()), order(RepairTarget::Orphan(orphan.clone()))).await;
        match done {
            Ok(outcome) => {
                assert!(fits && outcome.value.changed);
                assert_eq!(outcome.value.user, Some(user));
            }
            Err(UseCaseError::Refused { refusal: RepairRefusal::Orphan, .. }) => {
                assert!(!fits);
                assert_eq!(world.gateway.accounts()[0].id, orphan, "it is left alone");
                assert_eq!(world.told(user).last().map(String::as_str), Some("ThreeDEyeRepaired"), "and that is told");
            }
            Err(error) => panic!("{error}"),
        }
    }
    world.assert_password_opens(user).await;
    assert_eq!(world.gateway.accounts()[0].roles, [role("lobby")]);
}

#[tokio::test]
async fn an_account_of_nobody_is_deleted_only_when_asked() {
    let world = World::new();
    let orphan = world.gateway.seed("stranger@example.com", true, &[role("lobby")]);
    let target = RepairTarget::Orphan(orphan.clone());
    let refused = world.repair().execute(&request(staff()), order(target.clone())).await;
    assert!(matches!(refused, Err(UseCaseError::Refused { refusal: RepairRefusal::DeleteNotAsked, .. })));
    assert_eq!(world.gateway.accounts().len(), 1);
    let asked = RepairOrder { delete_remote: true, ..order(target.clone()) };
    let ask = keyed(&request(staff()), 1, 1);
    let first = world.repair().execute(&ask, asked.clone()).await.unwrap();
    assert!(first.value.changed && world.gateway.accounts().is_empty());
    let stream = StreamId::from(&org("default"));
    let told: Vec<_> = world.store.envelopes().into_iter().filter(|event| event.stream() == stream).collect();
    let names: Vec<_> = told.iter().map(|event| event.name.as_str()).collect();
    assert_eq!(names, ["ThreeDEyeOrphanDeleteStarted", "ThreeDEyeOrphanDeleted"]);
    assert!(!serde_json::to_string(&told[0].event).unwrap().contains('@'));
    let second = world.repair().execute(&ask, asked.clone()).await.unwrap();
    assert!(second.replayed && second.value == first.value);
    let late = world.repair().execute(&request(staff()), asked).await.unwrap().value;
    assert_eq!((late.changed, late.reason.is_some()), (false, true), "it is gone");
}

#[tokio::test]
async fn a_dry_run_says_and_does_nothing() {
    let world = World::new();
    let (user, id) = world.with_account("ada").await;
    world.gateway.delete(&id).await.unwrap();
    let orphan = world.gateway.seed("stranger@example.com", true, &[]);
    let events = world.store.envelopes().len();
    for (target, remedy) in
        [(of(DriftKind::Missing, user), Remedy::Provision), (RepairTarget::Orphan(orphan), Remedy::DeleteRemote)]
    {
        let dry = RepairOrder { dry_run: true, delete_remote: true, ..order(target) };
        let report = world.repair().execute(&request(staff()), dry).await.unwrap().value;
        assert_eq!((report.changed, report.dry_run, report.remedy), (false, true, Some(remedy)));
    }
    assert_eq!(world.store.envelopes().len(), events);
    assert_eq!(world.gateway.accounts().len(), 1);
}

#[tokio::test]
async fn what_is_right_again_is_left_alone() {
    let world = World::new();
    let (user, id) = world.with_account("ada").await;
    let events = world.store.envelopes().len();
    for target in [
        of(DriftKind::Missing, user),
        of(DriftKind::Roleless, user),
        of(DriftKind::IdChanged, user),
        RepairTarget::Orphan(id.clone()),
        of(DriftKind::Missing, a_person().put(world.store.as_ref()).await),
    ] {
        let report = world.repaired(target.clone()).await;
        assert_eq!((report.changed, report.remedy), (false, None), "{target:?}");
        assert!(report.reason.is_some());
    }
    world.gateway.delete(&id).await.unwrap();
    let report = world.repaired(of(DriftKind::IdChanged, user)).await;
    assert_eq!(report.reason.as_deref(), Some("it is missing now"));
    assert_eq!(world.store.envelopes().len(), events + 1, "one person was made");
}

#[tokio::test]
async fn a_repair_that_fails_is_told_and_repeated() {
    let world = World::new();
    let (user, id) = world.with_account("ada").await;
    world.gateway.delete(&id).await.unwrap();
    let down = GatewayError::Unavailable { retry_after: None };
    world.gateway.fail_next(Operation::Create, Fault::Before(down));
    let ask = keyed(&request(staff()), 1, 1);
    let failed = world.repair().execute(&ask, order(of(DriftKind::Missing, user))).await;
    assert!(matches!(failed, Err(UseCaseError::Refused { refusal: RepairRefusal::Gateway(_), .. })));
    assert_eq!(world.told(user).last().map(String::as_str), Some("ThreeDEyeRepaired"));
    // The next fetch would do as well; a repeat under the same key finds that the rest is left to that.
    world.assert_password_opens(user).await;
    assert_eq!(world.wrong().await, []);
}

#[tokio::test]
async fn only_staff_compare_and_repair() {
    let world = World::new();
    let (user, _) = world.with_account("ada").await;
    for stranger in [person(user), key_of("acme")] {
        let compared = world.compare().execute(&stranger, None, 1).await;
        assert!(matches!(compared, Err(UseCaseError::Denied(_))));
        let repaired = world.repair().execute(&request(stranger), order(of(DriftKind::Missing, user))).await;
        assert!(matches!(repaired, Err(UseCaseError::Denied(_))));
    }
}
