//! Whatever happens to a person's camera account in whatever order, some things always hold: several callers at once,
//! remote calls that fail in every way or take effect late, processes that die between any two steps, leases that run
//! out, a database that goes away, and changes behind our back.

mod act;
mod line;
mod machine;
mod there;

use std::cell::RefCell;
use std::collections::BTreeMap;

use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestRng, TestRunner};

use act::{Act, Other, act};
use machine::{Beginning, Machine};

const SEQUENCES: u32 = 4000;
/// The same sequences in every run.
const SEED: [u8; 32] = *b"camera accounts survive anything";

fn beginning() -> impl Strategy<Value = Beginning> {
    let there = prop_oneof![
        2 => Just(None),
        2 => (0_usize..4).prop_map(|role| Some(Other::Makes { ours: true, role })),
        1 => Just(Some(Other::Makes { ours: false, role: 0 })),
    ];
    (any::<bool>(), there).prop_map(|(vouched, there)| Beginning { vouched, there })
}

fn story() -> impl Strategy<Value = (Beginning, Vec<Act>, bool)> {
    (beginning(), prop::collection::vec(act(), 1..40), any::<bool>())
}

#[test]
fn any_sequence_ends_with_one_account_that_opens_and_has_its_roles() {
    let config = Config { cases: SEQUENCES, failure_persistence: None, max_shrink_iters: 20_000, ..Config::default() };
    let mut runner = TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &SEED));
    let seen = RefCell::new(BTreeMap::<String, u64>::new());
    let found = runner.run(&story(), |(beginning, acts, by_reset)| {
        let mut ada = Machine::new(beginning);
        for act in &acts {
            ada.does(*act).map_err(TestCaseError::fail)?;
        }
        ada.ends(by_reset).map_err(TestCaseError::fail)?;
        let mut seen = seen.borrow_mut();
        *seen.entry("acts".to_owned()).or_default() += acts.len() as u64;
        for (what, count) in ada.seen {
            *seen.entry(what).or_default() += count;
        }
        Ok(())
    });
    println!("{SEQUENCES} sequences");
    for (what, count) in seen.borrow().iter() {
        println!("{count:>8}  {what}");
    }
    if let Err(found) = found {
        panic!("{found}");
    }
    let seen = seen.borrow();
    for what in ["died", "landed late", "fetch: told", "reset: done", "end: goal", "end: orphan"] {
        assert!(seen.get(what).is_some_and(|count| *count > 100), "{what} came too rarely to prove anything");
    }
}
