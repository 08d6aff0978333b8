//! Whatever happens to people's camera accounts in whatever order, some things always hold: several callers at once,
//! remote calls that fail in every way or take effect late, processes that die between any two steps, leases that run
//! out, a database that goes away, addresses that change hands, and changes behind our back.
//!
//! Never two accounts of a person, never one that becomes another's. Never a lost role: those of accounts that were
//! taken over follow, and who is in a camera role has its role. Never a role left after somebody was told that the
//! person is out of it. Never a password that does not log in.

mod act;
mod cast;
mod desk;
mod end;
mod holds;
mod ledger;
mod line;
mod machine;
mod owed;
mod planted;
mod process;
mod there;
mod work;

use std::cell::RefCell;
use std::collections::BTreeMap;

use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestError, TestRng, TestRunner};

use act::{Act, Other};
use cast::{PEOPLE, PLAIN};
use end::Repeat;
use machine::{Beginning, Machine, Plant};

const SEQUENCES: u32 = 4000;
/// The same sequences in every run.
const SEED: [u8; 32] = *b"camera accounts survive anything";

type Story = (Beginning, Vec<Act>, Repeat);

fn beginning(people: usize, roles: bool) -> impl Strategy<Value = Beginning> {
    let there = prop_oneof![
        2 => Just(None),
        2 => (0..PLAIN).prop_map(|role| Some(Other::Makes { at: 0, ours: true, role })),
        1 => Just(Some(Other::Makes { at: 0, ours: false, role: 0 })),
    ];
    let in_role = prop::bool::weighted(if roles { 0.8 } else { 0.0 });
    (any::<bool>(), there, in_role).prop_map(move |(vouched, there, in_role)| Beginning {
        people,
        vouched,
        there,
        in_role,
    })
}

fn story() -> impl Strategy<Value = Story> {
    let acts = 1..50_usize;
    let repeat = || prop_oneof![Just(Repeat::Fetch), Just(Repeat::Reset), Just(Repeat::Repair)];
    prop_oneof![
        (beginning(1, false), prop::collection::vec(act::alone(), acts.clone()), repeat()),
        (beginning(1, true), prop::collection::vec(act::with_roles(), acts.clone()), repeat()),
        (beginning(PEOPLE, true), prop::collection::vec(act::everything(), acts), repeat()),
    ]
}

/// What happened how often.
type Seen = BTreeMap<String, u64>;

/// Tells the stories, each until something does not hold; of one that fails the shortest that does.
fn tell(plant: Plant, shrink: u32) -> (Seen, Result<(), TestError<Story>>) {
    let config = Config { cases: SEQUENCES, failure_persistence: None, max_shrink_iters: shrink, ..Config::default() };
    let mut runner = TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &SEED));
    let seen = RefCell::new(Seen::new());
    let found = runner.run(&story(), |(beginning, acts, repeat)| {
        let mut machine = Machine::new(beginning, plant).map_err(TestCaseError::fail)?;
        for act in &acts {
            machine.does(*act).map_err(TestCaseError::fail)?;
        }
        machine.ends(repeat).map_err(TestCaseError::fail)?;
        let mut seen = seen.borrow_mut();
        *seen.entry("sequences".to_owned()).or_default() += 1;
        *seen.entry("acts".to_owned()).or_default() += acts.len() as u64;
        for (what, count) in machine.seen {
            *seen.entry(what).or_default() += count;
        }
        Ok(())
    });
    (seen.into_inner(), found)
}

#[test]
fn any_sequence_ends_with_one_account_that_opens_and_has_its_roles() {
    let (seen, found) = tell(|ports| ports, 20_000);
    for (what, count) in &seen {
        println!("{count:>8}  {what}");
    }
    match found {
        Err(TestError::Fail(reason, (beginning, acts, repeat))) => {
            let acts: Vec<_> = acts.iter().map(|act| format!("\n  {act:?}")).collect();
            panic!("{}\n  {beginning:?}{}\n  in the end {repeat:?}", reason.message(), acts.concat());
        }
        Err(other) => panic!("{other}"),
        Ok(()) => {}
    }
    for what in [
        "died",
        "landed late",
        "fetch: done",
        "reset: done",
        "create role: done",
        "assign user: done",
        "remove user: done",
        "delete role: done",
        "repair: done",
        "act: moved",
        "end: goal",
        "end: orphan",
    ] {
        assert!(seen.get(what).is_some_and(|count| *count > 100), "{what} came too rarely to prove anything");
    }
}
