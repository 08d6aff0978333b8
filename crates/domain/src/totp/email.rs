//! Codes sent by e-mail.
//!
//! A person has one live code at most. It is asked for again until it is nearly expired, spent by wrong guesses, or was
//! sent to an address the person has no more; only then another one is mailed, and only so many in a while.

use std::time::Duration;

use serde::Serialize;

use super::model::counting;
use super::{BackupCodes, Challenge, MailedCode, SecondFactor, TwoFactorPolicy, locked};
use crate::clock::Timestamp;
use crate::commit::{Effects, Guard, GuardKey, OutboxMessage, PrivateChange};
use crate::entropy::{Entropy, random_text};
use crate::ids::OutboxId;
use crate::secret::Secret;
use crate::text::EmailAddress;

/// Template of the mail. The code in it is good only while the address it goes to is the person's.
pub const EMAIL_CODE: &str = "email-code";

const DIGITS: &[u8] = b"0123456789";
const CODE_LENGTH: usize = 6;

/// A code with less time left is not asked for any more: it might expire on the way.
const NEARLY_EXPIRED: Duration = Duration::from_mins(5);

/// Codes mailed to a person within the window of wrong codes, whatever is asked: nobody's mailbox is flooded by somebody
/// who knows the password, and nobody gets endless guesses at ever new codes.
const MOST_MAILS: u32 = 5;

/// How old a live code must be before another one is mailed to somebody who did not get it.
const RESENT_AFTER: Duration = Duration::from_mins(1);

/// The settings of codes by e-mail.
#[derive(Debug, Clone)]
pub struct EmailPolicy {
    /// Do they count as a second factor?
    pub enabled: bool,
    /// Do new accounts start with them switched on?
    pub auto_opt_in: bool,
    /// How long a code is good.
    pub code_expiration: Duration,
    /// Wrong guesses after which a code is good no more.
    pub max_attempts: u32,
}

impl Default for EmailPolicy {
    fn default() -> Self {
        Self { enabled: true, auto_opt_in: false, code_expiration: Duration::from_hours(1), max_attempts: 5 }
    }
}

/// A person's factor by e-mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EmailFactor {
    /// Did the person switch it on? It has an effect only while there is an address.
    pub enabled: bool,
    /// The person's address, if there is one and it was confirmed.
    pub address: Option<EmailAddress>,
    /// The live code, and how many were mailed lately.
    pub codes: EmailCodes,
}

impl EmailFactor {
    /// Switched off, without an address.
    pub const OFF: Self =
        Self { enabled: false, address: None, codes: EmailCodes { live: None, mails: 0, mails_since: None } };
}

/// The codes of a person.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EmailCodes {
    /// The newest one, unless it was used.
    pub live: Option<EmailCode>,
    /// How many were mailed within the window.
    pub mails: u32,
    /// When the window began.
    pub mails_since: Option<Timestamp>,
}

/// A code that was mailed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EmailCode {
    /// Its slow hash, kept as those of backup codes are.
    pub hash: BackupCodes,
    /// Where it was sent.
    pub to: EmailAddress,
    /// When it was sent.
    pub sent_at: Timestamp,
    /// From then on it is good no more.
    pub expires_at: Timestamp,
    /// Wrong guesses so far.
    pub failures: u32,
    /// Was it sent in place of one that was still good, because the person asked for another?
    pub resent: bool,
}

/// The digits of a code as somebody typed it: it is shown as `123-456`.
pub fn email_digits(typed: &Secret<String>) -> Secret<String> {
    Secret::new(typed.expose().chars().filter(char::is_ascii_digit).collect())
}

/// A code to be mailed.
#[derive(Debug, Clone)]
pub struct NewEmailCode {
    /// The code in clear, for the mail alone.
    pub code: Secret<String>,
    /// Its slow hash.
    pub hash: BackupCodes,
    /// Id of the mail.
    pub message: OutboxId,
}

/// New digits.
pub fn generate_email_code(entropy: &dyn Entropy) -> Secret<String> {
    Secret::new(random_text(entropy, DIGITS, CODE_LENGTH))
}

impl SecondFactor {
    /// Where codes go, if they count: the setting is on, the person wants them, and has a confirmed address.
    pub fn email_for_codes(&self, policy: &TwoFactorPolicy) -> Option<&EmailAddress> {
        self.email.address.as_ref().filter(|_| policy.email.enabled && self.email.enabled)
    }

    /// The mailed code that is still good.
    pub fn live_email_code(&self, now: Timestamp, policy: &TwoFactorPolicy) -> Option<&EmailCode> {
        let to = self.email_for_codes(policy)?;
        let live = self.email.codes.live.as_ref()?;
        (live.to == *to && now < live.expires_at && live.failures < policy.email.max_attempts).then_some(live)
    }

    fn mails(&self, now: Timestamp, policy: &TwoFactorPolicy) -> u32 {
        let EmailCodes { mails, mails_since, .. } = self.email.codes;
        counting(mails, mails_since, now, policy.failure_window)
    }

    fn may_mail(&self, now: Timestamp, policy: &TwoFactorPolicy) -> bool {
        self.email_for_codes(policy).is_some() && !locked(self, now, policy) && self.mails(now, policy) < MOST_MAILS
    }

    /// Is a code to be mailed before one can be asked for?
    pub fn needs_email_code(&self, now: Timestamp, policy: &TwoFactorPolicy) -> bool {
        let lasts = |code: &EmailCode| now.plus(NEARLY_EXPIRED) < code.expires_at;
        self.may_mail(now, policy) && !self.live_email_code(now, policy).is_some_and(lasts)
    }

    /// Is one to be mailed to somebody who says that none came? Anybody can say so, so a live code is replaced once, and
    /// not at once.
    pub fn gets_email_code_again(&self, now: Timestamp, policy: &TwoFactorPolicy) -> bool {
        let waited = |code: &EmailCode| !code.resent && code.sent_at.plus(RESENT_AFTER) <= now;
        self.needs_email_code(now, policy)
            || (self.may_mail(now, policy) && self.live_email_code(now, policy).is_some_and(waited))
    }
}

/// What the mail's template needs.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Payload<'a> {
    to: &'a str,
    code: &'a str,
    expires_at: Timestamp,
}

/// Mails a code, which is the live one from then on; none where codes do not count.
pub fn mail_email_code(
    state: &SecondFactor,
    new: &NewEmailCode,
    now: Timestamp,
    policy: &TwoFactorPolicy,
) -> Option<(EmailCode, Effects)> {
    let to = state.email_for_codes(policy)?.clone();
    let expires_at = now.plus(policy.email.code_expiration);
    let code = EmailCode {
        hash: new.hash.clone(),
        to,
        sent_at: now,
        expires_at,
        failures: 0,
        resent: state.live_email_code(now, policy).is_some() && !state.needs_email_code(now, policy),
    };
    let mails = state.mails(now, policy);
    let codes = EmailCodes {
        live: Some(code.clone()),
        mails: mails + 1,
        mails_since: if mails == 0 { Some(now) } else { state.email.codes.mails_since },
    };
    let payload = Payload { to: code.to.as_str(), code: new.code.expose(), expires_at };
    let message = OutboxMessage {
        id: new.message,
        // Not behind notices: one that cannot leave yet would keep the person out.
        key: format!("code/{}", state.user),
        template: EMAIL_CODE.to_owned(),
        user: Some(state.user),
        payload: Secret::new(serde_json::json!(payload).to_string()),
        at: now,
    };
    let effects = Effects {
        guards: vec![Guard::raise(GuardKey::SecondFactor(state.user), state.revision)],
        private: vec![PrivateChange::EmailCodes { user: state.user, codes }],
        outbox: vec![message],
        ..Effects::default()
    };
    Some((code, effects))
}

/// Mails a code on top of what a caller is told, and of what is put down of a wrong one.
pub fn told_with_email_code(
    state: &SecondFactor,
    mut told: Challenge,
    mut effects: Effects,
    new: &NewEmailCode,
    now: Timestamp,
    policy: &TwoFactorPolicy,
) -> (Challenge, Effects) {
    let Some((code, mail)) = mail_email_code(state, new, now, policy) else { return (told, effects) };
    effects.private.retain(|change| !matches!(change, PrivateChange::EmailCodes { .. }));
    effects.private.extend(mail.private);
    effects.outbox.extend(mail.outbox);
    for guard in mail.guards {
        if !effects.guards.contains(&guard) {
            effects.guards.push(guard);
        }
    }
    told.mailed = told.mailed.map(|mailed| MailedCode { expires_at: Some(code.expires_at), generated: true, ..mailed });
    (told, effects)
}
