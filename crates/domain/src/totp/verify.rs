//! Judging a code a caller sent.

use super::{
    Challenge, ChallengeKind, EmailCode, EmailCodes, Failures, MailedCode, Method, SecondFactor, Totp, TwoFactorPolicy,
};
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

/// What somebody is about to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Occasion {
    /// Something that needs a second factor, in a session.
    Request,
    /// Begin a session: the password was proved just now, so it is no second factor.
    SignIn,
}

/// A code as the cryptography saw it. Which secret it belongs to is the adapter's to find out, what it is worth is ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Code {
    /// It matches the TOTP secret at this step.
    Step(u64),
    /// It matches the backup code with this hash.
    Backup([u8; 32]),
    /// It is the mailed code.
    Email,
    /// It is the password.
    Password,
    /// It matches nothing.
    Wrong,
}

/// What is asked of a caller before anything was proved; none = nothing.
///
/// The first method that is switched on; without any the password, where the setting wants it. A forced method is asked
/// for whether the person has it or not, and cannot be proved then; when signing in only where something is asked at all.
pub fn challenge(
    state: &SecondFactor,
    proof: &Proof,
    occasion: Occasion,
    now: Timestamp,
    policy: &TwoFactorPolicy,
) -> Option<Challenge> {
    let method = method(state, proof, occasion, policy)?;
    let mut asked = Challenge {
        kind: ChallengeKind::Required,
        method,
        available: available(state, policy),
        mailed: (method == Method::Email).then(|| mailed(state, occasion, now, policy)).flatten(),
    };
    let without_code = asked.mailed.as_ref().is_some_and(|mailed| mailed.expires_at.is_none());
    if without_code && !state.needs_email_code(now, policy) {
        // There is no code, and none will be mailed before the window ends.
        asked.kind = ChallengeKind::TooManyFailures;
    }
    Some(asked)
}

fn mailed(state: &SecondFactor, occasion: Occasion, now: Timestamp, policy: &TwoFactorPolicy) -> Option<MailedCode> {
    let address = state.email_for_codes(policy)?.as_str();
    let account = match (occasion, &state.username) {
        (Occasion::SignIn, Some(name)) => name.as_str(),
        _ => address,
    };
    let live = state.live_email_code(now, policy);
    Some(MailedCode {
        account: Secret::new(account.to_owned()),
        expires_at: live.map(|code| code.expires_at),
        generated: false,
    })
}

/// Was the account made just now, and has no factor yet? Whoever made it has better things to do than to prove a password
/// chosen a minute ago.
pub fn in_grace(state: &SecondFactor, now: Timestamp, policy: &TwoFactorPolicy) -> bool {
    let new = |since: Timestamp| since <= now && now < since.plus(policy.remember_for);
    available(state, policy).is_empty() && state.account_since.is_some_and(new)
}

fn available(state: &SecondFactor, policy: &TwoFactorPolicy) -> Vec<Method> {
    let totp = policy.totp_enabled && state.live_secret().is_some();
    let email = state.email_for_codes(policy).is_some();
    [(Method::Totp, totp), (Method::Email, email)].into_iter().filter(|(_, on)| *on).map(|(method, _)| method).collect()
}

fn method(state: &SecondFactor, proof: &Proof, occasion: Occasion, policy: &TwoFactorPolicy) -> Option<Method> {
    if !policy.enabled {
        return None;
    }
    let first = available(state, policy).first().copied();
    let falls_back = occasion == Occasion::Request && policy.password_fallback && state.password.is_some();
    let needed = first.or(falls_back.then_some(Method::Password));
    match proof.forced {
        Some(forced @ (Method::Totp | Method::Email)) if occasion == Occasion::Request || needed.is_some() => {
            Some(forced)
        }
        _ => needed,
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

/// Did the person send so many wrong codes that none is looked at for now?
pub fn locked(state: &SecondFactor, now: Timestamp, policy: &TwoFactorPolicy) -> bool {
    policy.max_failures.is_some_and(|most| state.failures.counting(now, policy) >= most)
}

/// Judges a code against the present state. A used step, an older one, a spent backup code and a mailed one that is good
/// no more are wrong, as is any code of a TOTP the question does not list as available; a wrong code counts; a right one
/// clears the count.
pub fn judge(state: &SecondFactor, asked: &Challenge, code: Code, now: Timestamp, policy: &TwoFactorPolicy) -> Verdict {
    if locked(state, now, policy) {
        return Verdict::Locked(Challenge { kind: ChallengeKind::TooManyFailures, ..asked.clone() });
    }
    let revised = Guard::raise(GuardKey::SecondFactor(state.user), state.revision);
    // A password that was changed meanwhile proves nothing any more.
    let same_epoch = Guard::still(GuardKey::CredentialEpoch(state.user), state.epoch);
    let mut effects = Effects { guards: vec![revised, same_epoch], ..Effects::default() };
    let live = state.live_email_code(now, policy);
    let is_on = asked.available.contains(&Method::Totp);
    let accepted = match (asked.method, code) {
        (Method::Totp, Code::Step(step)) if is_on => {
            state.totp.as_ref().and_then(|totp| spend_step(totp, step)).map(Some)
        }
        (Method::Totp, Code::Backup(hash)) if is_on => {
            state.totp.as_ref().and_then(|totp| spend_backup(totp, hash)).map(Some)
        }
        (Method::Email, Code::Email) => live.map(|_| Some(codes(state, None))),
        (Method::Password, Code::Password) => Some(None),
        _ => None,
    };
    let Some(spent) = accepted else {
        let failures = state.failures.one_more(now, policy);
        effects.work.push(WorkChange::Failures { user: state.user, failures });
        let mut kind = ChallengeKind::Invalid;
        if let Some(live) = live.filter(|_| asked.method == Method::Email) {
            let guessed = EmailCode { failures: live.failures + 1, ..live.clone() };
            if guessed.failures >= policy.email.max_attempts {
                kind = ChallengeKind::TooManyFailures;
            }
            effects.private.push(codes(state, Some(guessed)));
        }
        return Verdict::Refused(Challenge { kind, ..asked.clone() }, Box::new(effects));
    };
    effects.private.extend(spent);
    if state.failures != Failures::default() {
        effects.work.push(WorkChange::Failures { user: state.user, failures: Failures::default() });
    }
    Verdict::Accepted(Box::new(effects))
}

fn spend_step(totp: &Totp, step: u64) -> Option<PrivateChange> {
    let fresh = totp.last_step.is_none_or(|last| step > last);
    fresh.then(|| PrivateChange::Totp(Totp { last_step: Some(step), ..totp.clone() }))
}

fn spend_backup(totp: &Totp, hash: [u8; 32]) -> Option<PrivateChange> {
    let mut spent = totp.clone();
    let codes = spent.backup.as_mut()?;
    let index = codes.hashes.iter().position(|known| *known == hash)?;
    codes.hashes.remove(index);
    Some(PrivateChange::Totp(spent))
}

fn codes(state: &SecondFactor, live: Option<EmailCode>) -> PrivateChange {
    PrivateChange::EmailCodes { user: state.user, codes: EmailCodes { live, ..state.email.codes.clone() } }
}
