//! The circuit breaker alone, in a time of its own.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use proptest::prelude::*;
use tokio::time::advance;

use crate::circuit::{Breaker, CircuitState, Permit, Policy, Verdict};

const PAUSE: Duration = Duration::from_secs(10);
const LONGEST: Duration = Duration::from_mins(1);
const FAILED: Verdict = Verdict::Failed { retry_after: None };

fn asks_for(seconds: u64) -> Verdict {
    Verdict::Failed { retry_after: Some(Duration::from_secs(seconds)) }
}

struct Bench {
    breaker: Arc<Breaker>,
    told: Arc<Mutex<Vec<CircuitState>>>,
}

fn bench() -> Bench {
    let told = Arc::new(Mutex::new(Vec::new()));
    let notify = Arc::clone(&told);
    let policy = Policy { failures: 3, pause: PAUSE, longest_pause: LONGEST };
    let notify =
        Box::new(move |circuit: &crate::circuit::Circuit| notify.lock().expect("no panic").push(circuit.state));
    Bench { breaker: Arc::new(Breaker::new(policy, notify)), told }
}

impl Bench {
    fn admit(&self) -> Permit {
        self.breaker.admit().expect("leave to call")
    }

    fn refused(&self) -> Duration {
        let wait = self.breaker.admit().err().expect("a refusal");
        assert_eq!(self.breaker.refuses(), Some(wait));
        wait
    }

    fn call(&self, verdict: Verdict) {
        self.admit().showed(verdict);
    }

    fn open(&self) {
        for _ in 0..3 {
            self.call(FAILED);
        }
        assert_eq!(self.state(), CircuitState::Open);
    }

    fn state(&self) -> CircuitState {
        self.breaker.circuit().state
    }

    fn told(&self) -> Vec<&'static str> {
        std::mem::take(&mut *self.told.lock().expect("no panic")).into_iter().map(CircuitState::as_str).collect()
    }
}

#[tokio::test(start_paused = true)]
async fn failures_in_a_row_open_it_and_answers_start_the_row_anew() {
    let bench = bench();
    for _ in 0..5 {
        bench.call(FAILED);
        bench.call(FAILED);
        assert_eq!(bench.breaker.circuit().failures, 2);
        bench.call(Verdict::Answered);
        assert_eq!(bench.breaker.circuit().failures, 0);
    }
    assert!(bench.told().is_empty());
    bench.open();
    let circuit = bench.breaker.circuit();
    assert_eq!((circuit.failures, circuit.retry_after), (3, Some(PAUSE)));
    assert_eq!(circuit.since, tokio::time::Instant::now().into_std());
    assert_eq!(bench.refused(), PAUSE);
    assert_eq!(bench.told(), ["open"]);
}

#[tokio::test(start_paused = true)]
async fn a_call_that_showed_nothing_does_not_count() {
    let bench = bench();
    bench.call(FAILED);
    bench.call(FAILED);
    drop(bench.admit());
    let mut permit = bench.admit();
    permit.showed(FAILED);
    permit.begin();
    drop(permit);
    assert_eq!(bench.breaker.circuit().failures, 2);
}

#[tokio::test(start_paused = true)]
async fn after_the_pause_one_call_tries_and_its_answer_closes_it() {
    let bench = bench();
    bench.open();
    advance(PAUSE.saturating_sub(Duration::from_millis(1))).await;
    assert_eq!(bench.refused(), Duration::from_millis(1));
    advance(Duration::from_millis(1)).await;
    assert_eq!((bench.state(), bench.breaker.circuit().retry_after), (CircuitState::HalfOpen, None));
    let mut probe = bench.admit();
    assert_eq!(bench.refused(), Duration::from_secs(1));
    assert_eq!(bench.state(), CircuitState::HalfOpen);
    probe.showed(Verdict::Answered);
    drop(probe);
    assert_eq!((bench.state(), bench.breaker.circuit().failures), (CircuitState::Closed, 0));
    assert_eq!(bench.told(), ["open", "half-open", "closed"]);
    // It takes a whole row again.
    bench.call(FAILED);
    assert_eq!(bench.state(), CircuitState::Closed);
}

#[tokio::test(start_paused = true)]
async fn probes_that_fail_double_the_pause_up_to_the_longest() {
    let bench = bench();
    bench.open();
    for seconds in [10, 20, 40, 60, 60] {
        assert_eq!(bench.refused(), Duration::from_secs(seconds));
        advance(Duration::from_secs(seconds)).await;
        bench.call(FAILED);
    }
    advance(LONGEST).await;
    bench.call(Verdict::Answered);
    // What was learned is forgotten with the answer.
    bench.open();
    assert_eq!(bench.refused(), PAUSE);
}

#[tokio::test(start_paused = true)]
async fn a_probe_whose_caller_went_away_leaves_the_next_one_to_try() {
    let bench = bench();
    bench.open();
    advance(PAUSE).await;
    for _ in 0..3 {
        drop(bench.admit());
        assert_eq!(bench.state(), CircuitState::HalfOpen);
    }
    bench.call(Verdict::Answered);
    assert_eq!(bench.state(), CircuitState::Closed);
}

#[tokio::test(start_paused = true)]
async fn a_pause_that_is_asked_for_is_kept_at_the_first_failure_and_not_beyond_the_longest() {
    let bench = bench();
    bench.call(asks_for(0));
    assert_eq!(bench.state(), CircuitState::Closed);
    bench.call(asks_for(7));
    assert_eq!((bench.state(), bench.refused()), (CircuitState::Open, Duration::from_secs(7)));
    advance(Duration::from_secs(7)).await;
    bench.call(asks_for(1_000_000));
    assert_eq!(bench.refused(), LONGEST);
    advance(LONGEST).await;
    // Those were no pauses of its own: they begin with the first, and the longer of the two counts.
    bench.call(asks_for(3));
    assert_eq!(bench.refused(), 2 * PAUSE);
    advance(2 * PAUSE).await;
    bench.call(Verdict::Answered);
    assert_eq!(bench.state(), CircuitState::Closed);
}

#[tokio::test(start_paused = true)]
async fn calls_of_the_time_before_change_nothing_but_bring_what_is_asked_for() {
    let bench = bench();
    let mut stragglers: Vec<Permit> = (0..6).map(|_| bench.admit()).collect();
    bench.open();
    let mut end = |verdict| {
        let mut straggler = stragglers.pop().expect("one more");
        straggler.showed(verdict);
    };
    end(Verdict::Answered);
    end(FAILED);
    assert_eq!((bench.refused(), bench.breaker.circuit().failures), (PAUSE, 3));
    end(asks_for(15));
    assert_eq!(bench.refused(), Duration::from_secs(15));
    end(asks_for(1));
    assert_eq!(bench.refused(), Duration::from_secs(15));
    advance(Duration::from_secs(15)).await;
    bench.call(Verdict::Answered);
    end(FAILED);
    assert_eq!((bench.state(), bench.breaker.circuit().failures), (CircuitState::Closed, 0));
    end(asks_for(4));
    assert_eq!((bench.state(), bench.refused()), (CircuitState::Open, Duration::from_secs(4)));
    assert_eq!(bench.told(), ["open", "half-open", "closed", "open"]);
}

#[tokio::test(start_paused = true)]
async fn pauses_for_ever_are_a_day() {
    let policy = Policy { failures: 1, pause: Duration::MAX, longest_pause: Duration::MAX };
    let breaker = Arc::new(Breaker::new(policy, Box::new(|_| ())));
    for _ in 0..3 {
        breaker.admit().expect("leave").showed(FAILED);
        assert_eq!(breaker.refuses(), Some(Duration::from_hours(24)));
        advance(Duration::from_hours(24)).await;
    }
}

#[derive(Debug, Clone)]
enum Step {
    Call,
    End { which: usize, verdict: Option<Verdict> },
    Wait { millis: u64 },
}

fn step() -> impl Strategy<Value = Step> {
    let verdict = prop_oneof![
        1 => Just(None),
        1 => Just(Some(Verdict::Answered)),
        4 => Just(Some(FAILED)),
        1 => (0..120_u64).prop_map(|seconds| Some(asks_for(seconds))),
    ];
    prop_oneof![
        3 => Just(Step::Call),
        3 => (any::<usize>(), verdict).prop_map(|(which, verdict)| Step::End { which, verdict }),
        1 => (0..70_000_u64).prop_map(|millis| Step::Wait { millis }),
    ]
}

async fn interleave(steps: Vec<Step>) {
    let bench = bench();
    // Each with whether it was let through as a probe.
    let mut under_way: Vec<(Permit, bool)> = Vec::new();
    for step in steps {
        match step {
            Step::Call => {
                let before = bench.breaker.circuit();
                let admitted = bench.breaker.admit();
                let probing = under_way.iter().any(|(_, probe)| *probe);
                match before.state {
                    CircuitState::Closed => assert!(admitted.is_ok()),
                    CircuitState::Open => {
                        assert_eq!(admitted.as_ref().err(), before.retry_after.as_ref());
                    }
                    CircuitState::HalfOpen => assert_eq!(admitted.is_ok(), !probing, "one probe, and one at once"),
                }
                under_way.extend(admitted.ok().map(|permit| (permit, before.state == CircuitState::HalfOpen)));
            }
            Step::End { which, verdict } if !under_way.is_empty() => {
                let (mut permit, _) = under_way.swap_remove(which % under_way.len());
                permit.begin();
                if let Some(verdict) = verdict {
                    permit.showed(verdict);
                }
            }
            Step::End { .. } => {}
            Step::Wait { millis } => advance(Duration::from_millis(millis)).await,
        }
        let circuit = bench.breaker.circuit();
        assert_eq!(circuit.retry_after.is_some(), circuit.state == CircuitState::Open);
        assert!(circuit.retry_after.is_none_or(|wait| wait <= LONGEST));
    }
    // Whatever happened: with nobody under way, somebody may call after the longest pause, and an answer closes it.
    under_way.clear();
    advance(LONGEST).await;
    bench.call(Verdict::Answered);
    assert_eq!(bench.state(), CircuitState::Closed);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn at_most_one_call_probes_and_it_never_stays_open_for_ever(steps in prop::collection::vec(step(), 1..80)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
        runtime.expect("a runtime").block_on(interleave(steps));
    }
}
