//! Guessing, skewed clocks and repeated steps.

use std::collections::BTreeMap;
use std::time::Duration;

use portcullis_domain::commit::PrivateChange;
use portcullis_domain::entropy::random_text;
use portcullis_domain::port::{EventStore, TotpStore};
use portcullis_domain::secret::Secret;
use portcullis_domain::totp::{ChallengeKind, Method, Proof, TwoFactorPolicy};
use portcullis_domain::usecase::UseCaseError;
use portcullis_domain::usecase::totp::{GateRefusal, Remembering, SecondFactorGate};
use portcullis_domain::user::Role;
use portcullis_testkit::build::a_commit;
use portcullis_testkit::fake::{FakeTotpCodes, SeededEntropy};

use super::second_factor::Enrolled;
use super::world::{World, request};

const GUESSES: u32 = 10_000;

/// None = let through.
async fn answer(gate: &SecondFactorGate, who: &Enrolled, code: &str, forced: Option<Method>) -> Option<ChallengeKind> {
    let proof = Proof { code: Some(Secret::new(code.to_owned())), forced };
    match gate.pass(&request(who.caller.clone()), who.user, &proof, Remembering::Forbidden).await {
        Ok(()) => None,
        Err(UseCaseError::Refused { refusal: GateRefusal(told), .. }) => Some(told.kind),
        Err(other) => panic!("{other:?}"),
    }
}

/// A guess that is not right by chance.
fn a_guess(world: &World, who: &Enrolled, entropy: &SeededEntropy, length: usize) -> String {
    let here = FakeTotpCodes::step_at(world.clock_now());
    loop {
        let guess = random_text(entropy, b"0123456789", length);
        if (here - 1..=here + 1).all(|step| FakeTotpCodes::code_for(&who.secret, step) != guess) {
            return guess;
        }
    }
}

#[tokio::test]
async fn ten_thousand_random_codes_are_all_refused_and_ten_a_window_looked_at() {
    let world = World::new();
    let (ada, gate, entropy) = (world.enrolled("ada", Role::User).await, world.gate(), SeededEntropy::new(11));
    let mut looked_at: BTreeMap<u32, u32> = BTreeMap::new();
    for second in 0..GUESSES {
        let guess = a_guess(&world, &ada, &entropy, if second % 3 == 0 { 8 } else { 6 });
        match answer(&gate, &ada, &guess, None).await {
            Some(ChallengeKind::Invalid) => *looked_at.entry(second / 300).or_default() += 1,
            Some(ChallengeKind::TooManyFailures) => {
                // Neither is the right one, once they are too many.
                assert_eq!(
                    answer(&gate, &ada, ada.backup[0].expose(), None).await,
                    Some(ChallengeKind::TooManyFailures)
                );
            }
            other => panic!("{guess}: {other:?}"),
        }
        world.clock.advance(Duration::from_secs(1));
    }
    assert_eq!(looked_at.len(), 34);
    assert!(looked_at.values().all(|looked_at| *looked_at == 10), "{looked_at:?}");
    world.clock.advance(Duration::from_mins(5));
    assert_eq!(answer(&gate, &ada, ada.backup[0].expose(), None).await, None, "and then the person gets in");
}

#[tokio::test]
async fn without_counting_ten_thousand_random_codes_are_refused_one_by_one() {
    let world = World::new();
    let ada = world.enrolled("ada", Role::User).await;
    let gate = world.gate_with(TwoFactorPolicy { max_failures: None, ..TwoFactorPolicy::default() });
    let entropy = SeededEntropy::new(12);
    for _ in 0..GUESSES {
        let guess = a_guess(&world, &ada, &entropy, 6);
        assert_eq!(answer(&gate, &ada, &guess, None).await, Some(ChallengeKind::Invalid));
    }
    let state = TotpStore::find(world.store.as_ref(), ada.user).await.unwrap();
    assert_eq!((state.failures.count, state.totp.unwrap().backup_codes_left()), (GUESSES, 12));
}

#[tokio::test]
async fn guesses_at_mailed_codes_fill_no_mailbox_though_nobody_counts_them() {
    let world = World::new();
    let ada = world.enrolled("ada", Role::User).await;
    let on = PrivateChange::EmailFactor { user: ada.user, enabled: true };
    a_commit().private(on).put(world.store.as_ref() as &dyn EventStore).await;
    let gate = world.gate_with(TwoFactorPolicy { max_failures: None, ..TwoFactorPolicy::default() });
    let entropy = SeededEntropy::new(13);
    let mut invalid = 0;
    for second in 1..=3000_u64 {
        let right = world.mailed_codes(ada.user).pop();
        let guess = random_text(&entropy, b"0123456789", 6);
        if Some(&guess) != right.as_ref() {
            let kind = answer(&gate, &ada, &guess, Some(Method::Email)).await;
            assert!(kind.is_some());
            invalid += u64::from(kind == Some(ChallengeKind::Invalid));
        }
        world.clock.advance(Duration::from_secs(1));
        let windows = second.div_ceil(300);
        assert!(world.mailed_codes(ada.user).len() as u64 <= windows * 5);
        assert!(invalid <= windows * 30, "five guesses at each code at most");
    }
}

#[tokio::test]
async fn a_phone_may_be_one_step_off_and_not_two() {
    for (steps, passes) in [(-2, false), (-1, true), (0, true), (1, true), (2, false)] {
        let world = World::new();
        let ada = world.enrolled("ada", Role::User).await;
        world.clock.advance(Duration::from_mins(10));
        let here = FakeTotpCodes::step_at(world.clock_now());
        let code = FakeTotpCodes::code_for(&ada.secret, here.checked_add_signed(steps).unwrap());
        let answer = answer(&world.gate(), &ada, &code, None).await;
        assert_eq!(answer.is_none(), passes, "{steps} steps off");
    }
}

#[tokio::test]
async fn a_clock_set_back_lets_no_step_in_twice() {
    let world = World::new();
    let (ada, gate) = (world.enrolled("ada", Role::User).await, world.gate());
    world.clock.advance(Duration::from_mins(10));
    let here = FakeTotpCodes::step_at(world.clock_now());
    let code = |step: u64| FakeTotpCodes::code_for(&ada.secret, step);
    assert_eq!(answer(&gate, &ada, &code(here), None).await, None);
    // Older steps within reach, the used one, and what the clock shows after it was set back.
    assert_eq!(answer(&gate, &ada, &code(here - 1), None).await, Some(ChallengeKind::Invalid));
    for back in [30, 60, 120] {
        world.clock.step_back(Duration::from_secs(back));
        let shown = FakeTotpCodes::step_at(world.clock_now());
        for step in shown - 1..=(shown + 1).min(here) {
            assert_eq!(answer(&gate, &ada, &code(step), None).await, Some(ChallengeKind::Invalid), "{back} {step}");
        }
        // So that it is the step, and not the count, that refuses.
        world.clock.advance(Duration::from_secs(back));
        assert_eq!(answer(&gate, &ada, ada.backup[usize::try_from(back / 30).unwrap()].expose(), None).await, None);
    }
    assert_eq!(answer(&gate, &ada, &code(here + 1), None).await, None, "a newer one is good as ever");
}
