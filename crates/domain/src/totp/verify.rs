//! Judging a code a caller sent.

use super::{Challenge, ChallengeKind, Failures, Method, SecondFactor, Totp, TwoFactorPolicy};
use crate::clock::Timestamp;
use crate::commit::{Effects, Guard, GuardKey, PrivateChange, WorkChange};
use crate::secret::Secret;

/// What a caller sent to prove a second factor.
#[derive(Debug, Clone, Default)]
pub struct Proof {
    /// The code.
    pub code: Option<Secret<String>>,
    /// The method named with it, if it is one that can be forced (`totp`, `email`).
    pub forced: Option<Method>,
}

/// A code as the cryptography saw it. Which secret it belongs to is the adapter's to find out, what it is worth is ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Code {
    /// It matches the TOTP secret at this step.
    Step(u64),
    /// It matches the backup code with this hash.
    Backup([u8; 32]),
    /// It is the password.
    Password,
    /// It matches nothing.
    Wrong,
}

/// What is asked of a caller before anything was proved; none = nothing.
pub fn challenge(state: &SecondFactor, proof: &Proof, policy: &TwoFactorPolicy) -> Option<Challenge> {
    let method = method(state, proof, policy)?;
    Some(Challenge { kind: ChallengeKind::Required, method, available: available(state, policy) })
}

fn available(state: &SecondFactor, policy: &TwoFactorPolicy) -> Vec<Method> {
    if policy.totp_enabled && state.live_secret().is_some() { vec![Method::Totp] } else { Vec::new() }
}

fn method(state: &SecondFactor, proof: &Proof, policy: &TwoFactorPolicy) -> Option<Method> {
    if !policy.enabled {
        return None;
    }
    let first = available(state, policy).first().copied();
    let fallback = (policy.password_fallback && state.password.is_some()).then_some(Method::Password);
    let needed = first.or(fallback)?;
    match proof.forced {
        Some(forced @ (Method::Totp | Method::Email)) => Some(forced),
        Some(Method::Password) | None => Some(needed),
    }
}

/// How a code is judged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// Accepted; to be committed before anything is done on the strength of the code.
    Accepted(Box<Effects>),
    /// Refused; the failure is to be committed before the caller is told.
    Refused(Challenge, Box<Effects>),
    /// Too many failures: the code is not even looked at.
    Locked(Challenge),
}

/// What a caller is told who sent too many wrong codes; none = codes are looked at.
pub fn locked(state: &SecondFactor, asked: &Challenge, now: Timestamp, policy: &TwoFactorPolicy) -> Option<Challenge> {
    let most = policy.max_failures?;
    let told = Challenge { kind: ChallengeKind::TooManyFailures, ..asked.clone() };
    (state.failures.counting(now, policy) >= most).then_some(told)
}

/// Judges a code against the present state. A used step, an older one and a spent backup code are wrong; a wrong code
/// counts; a right one clears the count.
pub fn judge(state: &SecondFactor, asked: &Challenge, code: Code, now: Timestamp, policy: &TwoFactorPolicy) -> Verdict {
    if let Some(told) = locked(state, asked, now, policy) {
        return Verdict::Locked(told);
    }
    let revised = Guard::raise(GuardKey::SecondFactor(state.user), state.revision);
    // A password that was changed meanwhile proves nothing any more.
    let same_epoch = Guard::still(GuardKey::CredentialEpoch(state.user), state.epoch);
    let mut effects = Effects { guards: vec![revised, same_epoch], ..Effects::default() };
    let accepted = match (asked.method, code) {
        (Method::Totp, Code::Step(step)) => state.totp.as_ref().and_then(|totp| spend_step(totp, step)).map(Some),
        (Method::Totp, Code::Backup(hash)) => state.totp.as_ref().and_then(|totp| spend_backup(totp, hash)).map(Some),
        (Method::Password, Code::Password) => Some(None),
        _ => None,
    };
    let Some(spent) = accepted else {
        let failures = state.failures.one_more(now, policy);
        effects.work.push(WorkChange::Failures { user: state.user, failures });
        let told = Challenge { kind: ChallengeKind::Invalid, ..asked.clone() };
        return Verdict::Refused(told, Box::new(effects));
    };
    effects.private.extend(spent.map(PrivateChange::Totp));
    if state.failures != Failures::default() {
        effects.work.push(WorkChange::Failures { user: state.user, failures: Failures::default() });
    }
    Verdict::Accepted(Box::new(effects))
}

fn spend_step(totp: &Totp, step: u64) -> Option<Totp> {
    let fresh = totp.last_step.is_none_or(|last| step > last);
    fresh.then(|| Totp { last_step: Some(step), ..totp.clone() })
}

fn spend_backup(totp: &Totp, hash: [u8; 32]) -> Option<Totp> {
    let mut spent = totp.clone();
    let codes = spent.backup.as_mut()?;
    let index = codes.hashes.iter().position(|known| *known == hash)?;
    codes.hashes.remove(index);
    Some(spent)
}
