//! Every call of 3dEye in every flow goes wrong in every way: the answer, the rows and what is there afterwards are
//! right, and one repeat reaches the goal. Cases and expectations are made by rules, not recorded.

mod case;
mod fault;
mod flow;
mod rules;
mod table;
mod wire;

use std::path::Path;
use std::sync::Arc;

use threedeye_sim::Operation;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use case::{Case, Faulted};
use fault::{Effect, Kind, Told, removes};
use flow::{BACKFILLS, FETCHES, Flow, REPAIRS, RESETS, RESETS_WITH_ROLES_WAITING, ROLES};
use rules::{Answered, allowed};
use table::Table;
use wire::EVERY;

/// So many cases at once: most of the time they wait.
const AT_ONCE: usize = 12;
const PAIRS: usize = 300;
const SEED: u64 = 3;

/// What a flow calls when nothing goes wrong, which must reach the goal.
async fn clean(flow: Flow) -> Vec<Operation> {
    let case = Case::new(flow, false).await;
    let answer = case.asks().await;
    let calls = case.calls();
    let reached = async {
        let answered = case.reads(&answer)?;
        case.is_true(&answer, answered, false).await?;
        case.holds().await?;
        case.reaches_goal(false).await
    };
    reached.await.unwrap_or_else(|broken| panic!("{}, without a fault: {broken}", flow.name));
    calls
}

/// Every call with every fault.
fn faults(calls: &[Operation]) -> Vec<(usize, Faulted)> {
    let mut faults = Vec::new();
    for (at, operation) in calls.iter().copied().enumerate() {
        let earlier = &calls[..at];
        let nth = u32::try_from(earlier.iter().filter(|earlier| **earlier == operation).count()).unwrap();
        let call = earlier.iter().filter(|earlier| **earlier != Operation::Token).count();
        // Where nobody listens there is no sign-in either.
        let kinds = Kind::ALL.into_iter().filter(|kind| *kind != Kind::Refused || operation != Operation::Token);
        faults.extend(kinds.map(|kind| (at, Faulted { operation, nth, call, kind })));
    }
    faults
}

/// 503 says that nothing was done, so nobody may later claim that it was made by us. If 3dEye made it all the same, an
/// account needs somebody who stands for the address, and a role somebody who deletes it there.
fn can_be_survived(flow: Flow, fault: Faulted) -> bool {
    let is_ours = match fault.operation {
        Operation::CreateUser => flow.vouched,
        Operation::CreateRole => false,
        _ => true,
    };
    is_ours || fault.kind != Kind::Status503AfterEffect
}

/// One case: the fault, what is right after it, and one repeat.
async fn one(
    flow: Flow,
    calls: &[Operation],
    at: usize,
    fault: Faulted,
    loses_roles: bool,
) -> Result<Answered, String> {
    let case = Case::new(flow, loses_roles).await;
    let answer = case.asks_with(fault).await;
    let answered = case.reads(&answer)?;
    let right = allowed(flow, calls, at, fault.kind);
    if !right.contains(&answered) {
        return Err(format!("{answered:?} instead of {right:?}: {}", answer.body));
    }
    if fault.kind == Kind::Status429RetryAfter
        && answered == Answered::BadGateway
        && answer.header("retry-after").is_none()
    {
        return Err("3dEye asked for a pause, and nobody is told".to_owned());
    }
    let lied = removes(fault.operation) && fault.kind.told(fault.operation) == Told::Absent;
    case.is_true(&answer, answered, lied).await?;
    case.holds().await?;
    case.is_lifted(fault.kind).await;
    case.holds().await?;
    case.reaches_goal(lied).await?;
    if fault.operation != Operation::DeleteUser || fault.kind.effect() == Effect::None {
        case.tells_of_deletion()?;
    }
    Ok(answered)
}

/// All cases of some flows; answers what is broken.
async fn all(flows: &[Flow], loses_roles: bool) -> (Table, Table, Vec<String>) {
    let slots = Arc::new(Semaphore::new(AT_ONCE));
    let mut cases = JoinSet::new();
    for flow in flows.iter().copied() {
        let calls = clean(flow).await;
        for (at, fault) in faults(&calls).into_iter().filter(|(_, fault)| can_be_survived(flow, *fault)) {
            let (slots, calls) = (slots.clone(), calls.clone());
            cases.spawn(async move {
                let _slot = slots.acquire_owned().await.unwrap();
                let outcome = one(flow, &calls, at, fault, loses_roles).await;
                (flow, fault, outcome)
            });
        }
    }
    let (mut by_flow, mut by_fault, mut broken) = (Table::default(), Table::default(), Vec::new());
    while let Some(case) = cases.join_next().await {
        let (flow, Faulted { operation, nth, kind, .. }, outcome) = case.unwrap();
        match outcome {
            Ok(answered) => {
                by_flow.count(flow.name, answered);
                by_fault.count(format!("{kind:?}"), answered);
            }
            Err(told) => broken.push(format!("{}, {operation} {nth}, {kind:?}: {told}", flow.name)),
        }
    }
    broken.sort();
    (by_flow, by_fault, broken)
}

/// A fault, another one in the repeat, and a repeat in quiet.
async fn two(flow: Flow, first: Faulted, second: Faulted) -> Result<Answered, String> {
    let case = Case::new(flow, false).await;
    case.reads(&case.asks_with(first).await)?;
    case.holds().await?;
    case.is_lifted(first.kind).await;
    let answered = case.reads(&case.asks_with(second).await)?;
    case.holds().await?;
    case.is_lifted(second.kind).await;
    case.holds().await?;
    case.reaches_goal(false).await?;
    Ok(answered)
}

/// Numbers that follow from a seed.
struct Dice(u64);

impl Dice {
    fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        &from[usize::try_from(self.0 >> 33).unwrap() % from.len()]
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn pairs_of_faults_are_survived_too() {
    let mut flows = Vec::new();
    for flow in FETCHES.into_iter().chain(RESETS).chain(RESETS_WITH_ROLES_WAITING) {
        let faults = faults(&clean(flow).await).into_iter().filter(|(_, fault)| can_be_survived(flow, *fault));
        let faults: Vec<_> = faults.collect();
        flows.extend((!faults.is_empty()).then_some((flow, faults)));
    }
    let mut dice = Dice(SEED);
    let slots = Arc::new(Semaphore::new(AT_ONCE));
    let mut cases = JoinSet::new();
    for _ in 0..PAIRS {
        let (flow, faults) = dice.pick(&flows);
        let first = dice.pick(faults).1;
        let second = loop {
            let operation = *dice.pick(&[
                Operation::ListUsers,
                Operation::DeleteUser,
                Operation::CreateUser,
                Operation::GetUser,
                Operation::AddUserToRole,
            ]);
            let kind = *dice.pick(&Kind::ALL);
            // Which call of the repeat it is, nobody knows beforehand.
            let call = if kind == Kind::Refused { *dice.pick(&[0, 1, 2, 3]) } else { EVERY };
            let second = Faulted { operation, nth: *dice.pick(&[0, 0, 1]), call, kind };
            if can_be_survived(*flow, second) {
                break second;
            }
        };
        let (flow, slots) = (*flow, slots.clone());
        cases.spawn(async move {
            let _slot = slots.acquire_owned().await.unwrap();
            (flow, first, second, two(flow, first, second).await)
        });
    }
    let (mut table, mut broken) = (Table::default(), Vec::new());
    while let Some(case) = cases.join_next().await {
        let (flow, first, second, outcome) = case.unwrap();
        match outcome {
            Ok(answered) => table.count(flow.name, answered),
            Err(told) => broken.push(format!("{}, {first:?}, then {second:?}: {told}", flow.name)),
        }
    }
    println!("{PAIRS} pairs, by what the repeat with the second fault got\n{table}");
    assert!(broken.is_empty(), "{} of {PAIRS} pairs are wrong:\n{}", broken.len(), broken.join("\n"));
}

async fn holds(name: &str, flows: &[Flow]) {
    let (by_flow, by_fault, broken) = all(flows, false).await;
    let told = format!("{by_flow}\n{by_fault}");
    println!("{told}");
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("camera-faults-{name}.md"));
    std::fs::write(path, told).unwrap();
    assert!(
        broken.is_empty(),
        "{} of {} cases are wrong:\n{}",
        broken.len(),
        by_flow.cases() + broken.len(),
        broken.join("\n")
    );
    assert!(by_flow.cases() > 100, "only {} cases", by_flow.cases());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn credentials_survive_every_fault_of_every_call() {
    holds("credentials", &FETCHES).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn backfills_survive_every_fault_of_every_call() {
    holds("backfills", &BACKFILLS).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn resets_survive_every_fault_of_every_call() {
    holds("resets", &RESETS).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn resets_with_roles_waiting_survive_every_fault_of_every_call() {
    holds("resets-with-roles-waiting", &RESETS_WITH_ROLES_WAITING).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn camera_roles_survive_every_fault_of_every_call() {
    holds("camera-roles", &ROLES).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn repairs_survive_every_fault_of_every_call() {
    holds("repairs", &REPAIRS).await;
}

/// What is shown above proves something only if a fault of ours would show.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn roles_that_are_not_saved_are_noticed() {
    let flow = FETCHES[2];
    let calls = clean(flow).await;
    let fault = Faulted { operation: Operation::ListUsers, nth: 0, call: 0, kind: Kind::Status500 };
    let at = calls.iter().position(|call| *call == fault.operation).unwrap();
    one(flow, &calls, at, fault, false).await.unwrap();
    let broken = one(flow, &calls, at, fault, true).await.unwrap_err();
    assert!(broken.contains("is lost"), "{broken}");
}
