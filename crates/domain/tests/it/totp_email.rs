//! Codes by e-mail: when one is mailed, how long it is good, and what a guess costs.

use std::time::Duration;

use portcullis_domain::clock::Timestamp;
use portcullis_domain::commit::{Effects, Guard, GuardKey, PrivateChange, WorkChange};
use portcullis_domain::secret::Secret;
use portcullis_domain::session::TokenHash;
use portcullis_domain::text::EmailAddress;
use portcullis_domain::totp::{
    BackupCodes, Challenge, ChallengeKind, Code, EmailCode, EmailCodes, EmailFactor, EmailFactorDisabled,
    EmailFactorEnabled, EmailPolicy, Failures, MailedCode, Method, NewEmailCode, Occasion, Proof, SecondFactor,
    TotpRefusal, TwoFactorPolicy, Verdict, challenge, disable_email, email_digits, enable_email, generate_email_code,
    in_grace, judge, mail_email_code, reset, told_with_email_code,
};
use portcullis_testkit::build::{NOON, a_totp, a_user_id, an_outbox_id, email, user_name};
use portcullis_testkit::fake::SeededEntropy;

const fn minutes(minutes: u64) -> Duration {
    Duration::from_mins(minutes)
}

fn policy() -> TwoFactorPolicy {
    TwoFactorPolicy::default()
}

fn address() -> EmailAddress {
    email("ada@example.com")
}

/// Sent at noon, good for an hour.
fn code() -> EmailCode {
    EmailCode {
        hash: BackupCodes { salt: b"salt".to_vec(), hashes: vec![[7; 32]] },
        to: address(),
        sent_at: NOON,
        expires_at: NOON.plus(minutes(60)),
        failures: 0,
        resent: false,
    }
}

/// Somebody with codes by e-mail and a confirmed address.
fn factor(live: Option<EmailCode>) -> SecondFactor {
    let codes = EmailCodes { live, mails: 0, mails_since: None };
    SecondFactor {
        username: Some(user_name("ada")),
        email: EmailFactor { enabled: true, address: Some(address()), codes },
        revision: 4,
        epoch: 7,
        ..SecondFactor::empty(a_user_id())
    }
}

fn new() -> NewEmailCode {
    let hash = BackupCodes { salt: b"new".to_vec(), hashes: vec![[8; 32]] };
    NewEmailCode { code: Secret::new("123456".to_owned()), hash, message: an_outbox_id() }
}

fn ask(state: &SecondFactor, occasion: Occasion, now: Timestamp) -> Challenge {
    challenge(state, &Proof::default(), occasion, now, &policy()).unwrap()
}

fn codes(effects: &Effects) -> &EmailCodes {
    let change = effects.private.iter().find_map(|change| match change {
        PrivateChange::EmailCodes { codes, .. } => Some(codes),
        _ => None,
    });
    change.unwrap_or_else(|| panic!("{effects:?}"))
}

#[test]
fn codes_are_six_digits_typed_in_any_way() {
    let entropy = SeededEntropy::new(5);
    let generated: Vec<_> = (0..50).map(|_| generate_email_code(&entropy).expose().clone()).collect();
    assert!(generated.iter().all(|code| code.len() == 6 && code.bytes().all(|byte| byte.is_ascii_digit())));
    assert!(generated.iter().any(|code| code.starts_with('0')), "a leading zero is a digit like any other");
    for typed in ["123-456", "123456", " 1 2 3\t4 5 6 ", "code: 123 456.", "１123456"] {
        assert_eq!(email_digits(&Secret::new(typed.to_owned())).expose(), "123456", "{typed}");
    }
}

#[test]
fn it_takes_the_setting_the_person_and_a_confirmed_address() {
    let on = factor(None);
    assert_eq!(on.email_for_codes(&policy()), Some(&address()));
    assert_eq!(ask(&on, Occasion::Request, NOON).available, [Method::Email]);
    let mut switched_off = factor(None);
    switched_off.email.enabled = false;
    let mut unconfirmed = factor(Some(code()));
    unconfirmed.email.address = None;
    let forbidden = TwoFactorPolicy { email: EmailPolicy { enabled: false, ..EmailPolicy::default() }, ..policy() };
    for (state, policy) in [(&switched_off, &policy()), (&unconfirmed, &policy()), (&on, &forbidden)] {
        assert_eq!(state.email_for_codes(policy), None);
        assert_eq!(state.live_email_code(NOON, policy), None);
        assert!(!state.needs_email_code(NOON, policy) && !state.gets_email_code_again(NOON, policy));
        assert_eq!(challenge(state, &Proof::default(), Occasion::SignIn, NOON, policy), None);
        assert_eq!(mail_email_code(state, &new(), NOON, policy), None);
    }
}

#[test]
fn totp_comes_first_and_either_can_be_forced() {
    let mut both = factor(None);
    both.totp = Some(a_totp(both.user));
    let method = |forced, occasion| {
        let proof = Proof { code: None, forced };
        let asked = challenge(&both, &proof, occasion, NOON, &policy()).unwrap();
        assert_eq!(asked.available, [Method::Totp, Method::Email]);
        asked.method
    };
    for occasion in [Occasion::Request, Occasion::SignIn] {
        assert_eq!(method(None, occasion), Method::Totp);
        assert_eq!(method(Some(Method::Totp), occasion), Method::Totp);
        assert_eq!(method(Some(Method::Email), occasion), Method::Email);
        assert_eq!(method(Some(Method::Password), occasion), Method::Totp);
    }
}

#[test]
fn a_challenge_names_the_address_and_at_sign_in_the_user_name() {
    let account = |occasion| ask(&factor(Some(code())), occasion, NOON).mailed.unwrap();
    let mailed = |name: &str| MailedCode {
        account: Secret::new(name.to_owned()),
        expires_at: Some(NOON.plus(minutes(60))),
        generated: false,
    };
    assert_eq!(account(Occasion::Request), mailed("ada@example.com"));
    assert_eq!(account(Occasion::SignIn), mailed("ada"));
    assert_eq!(ask(&factor(None), Occasion::SignIn, NOON).mailed.unwrap().expires_at, None);
    assert!(!format!("{:?}", account(Occasion::Request)).contains("ada"), "an address shows nowhere by accident");
}

#[test]
fn a_live_code_is_asked_for_again_until_it_is_nearly_expired() {
    let state = factor(Some(code()));
    let last = NOON.plus(minutes(55));
    for now in [NOON, NOON.minus(minutes(1)), last.minus(Duration::from_millis(1))] {
        assert!(!state.needs_email_code(now, &policy()));
    }
    assert!(state.needs_email_code(last, &policy()), "five minutes are left");
    assert!(state.live_email_code(last, &policy()).is_some(), "and it is still good");
    let end = NOON.plus(minutes(60));
    assert!(state.live_email_code(end.minus(Duration::from_millis(1)), &policy()).is_some());
    assert_eq!(state.live_email_code(end, &policy()), None);
    let elsewhere = factor(Some(EmailCode { to: email("old@example.com"), ..code() }));
    assert_eq!(elsewhere.live_email_code(NOON, &policy()), None, "it went to an address the person has no more");
    assert!(elsewhere.needs_email_code(NOON, &policy()));
    assert!(factor(None).needs_email_code(NOON, &policy()));
}

#[test]
fn mailing_puts_code_and_message_into_one_commit() {
    let (state, new) = (factor(Some(code())), new());
    let now = NOON.plus(minutes(56));
    let asked = ask(&state, Occasion::Request, now);
    let (told, effects) = told_with_email_code(&state, asked.clone(), Effects::default(), &new, now, &policy());
    let expires_at = now.plus(minutes(60));
    let mailed = MailedCode { expires_at: Some(expires_at), generated: true, ..asked.mailed.clone().unwrap() };
    assert_eq!(told, Challenge { mailed: Some(mailed), ..asked });
    let live = EmailCode { hash: new.hash.clone(), sent_at: now, expires_at, ..code() };
    let expected = EmailCodes { live: Some(live), mails: 1, mails_since: Some(now) };
    assert_eq!(*codes(&effects), expected);
    assert_eq!(effects.guards, [Guard::raise(GuardKey::SecondFactor(state.user), 4)]);
    let [message] = &effects.outbox[..] else { panic!("{effects:?}") };
    assert_eq!((message.id, message.user, message.at), (new.message, Some(state.user), now));
    assert_eq!((message.template.as_str(), message.key.clone()), ("email-code", format!("code/{}", state.user)));
    assert_eq!(
        message.payload.expose(),
        r#"{"code":"123456","expiresAt":"2026-11-21T12:11:00.000Z","to":"ada@example.com"}"#
    );
}

#[test]
fn the_right_code_is_spent() {
    let mut state = factor(Some(code()));
    state.email.codes.mails = 2;
    state.failures = Failures { count: 3, since: Some(NOON) };
    let asked = ask(&state, Occasion::SignIn, NOON);
    let Verdict::Accepted(effects) = judge(&state, &asked, Code::Email, NOON, &policy()) else { panic!() };
    assert_eq!(*codes(&effects), EmailCodes { live: None, mails: 2, mails_since: None });
    assert_eq!(effects.work, [WorkChange::Failures { user: state.user, failures: Failures::default() }]);
    let epoch = Guard::still(GuardKey::CredentialEpoch(state.user), 7);
    assert_eq!(effects.guards, [Guard::raise(GuardKey::SecondFactor(state.user), 4), epoch]);
    for gone in [None, Some(EmailCode { expires_at: NOON, ..code() }), Some(EmailCode { failures: 5, ..code() })] {
        let verdict = judge(&factor(gone), &asked, Code::Email, NOON, &policy());
        assert!(matches!(verdict, Verdict::Refused(..)), "whatever matched, it is good no more");
    }
    let by_totp = Challenge { method: Method::Totp, ..asked };
    assert!(matches!(judge(&state, &by_totp, Code::Email, NOON, &policy()), Verdict::Refused(..)));
}

#[test]
fn the_fifth_wrong_guess_spends_a_code() {
    let mut state = factor(Some(code()));
    for guess in 1..=5 {
        let asked = ask(&state, Occasion::Request, NOON);
        let Verdict::Refused(told, effects) = judge(&state, &asked, Code::Wrong, NOON, &policy()) else { panic!() };
        let kind = if guess == 5 { ChallengeKind::TooManyFailures } else { ChallengeKind::Invalid };
        assert_eq!(told, Challenge { kind, ..asked }, "guess {guess}");
        assert_eq!(codes(&effects).live, Some(EmailCode { failures: guess, ..code() }));
        let failures = Failures { count: guess, since: Some(NOON) };
        assert_eq!(
            effects.work,
            [WorkChange::Failures { user: state.user, failures }],
            "it counts for the account too"
        );
        state.email.codes = codes(&effects).clone();
        state.failures = failures;
    }
    assert_eq!(state.live_email_code(NOON, &policy()), None);
    assert!(state.needs_email_code(NOON, &policy()), "the next question mails another");
}

#[test]
fn five_codes_are_mailed_in_a_window_and_no_more() {
    let mut state = factor(None);
    for mails in 1..=5 {
        let now = NOON.plus(Duration::from_secs(mails));
        assert!(state.needs_email_code(now, &policy()));
        let (_, effects) = mail_email_code(&state, &new(), now, &policy()).unwrap();
        let spent = EmailCodes { live: None, ..codes(&effects).clone() };
        assert_eq!(
            (spent.mails, spent.mails_since),
            (u32::try_from(mails).unwrap(), Some(NOON.plus(Duration::from_secs(1))))
        );
        state.email.codes = spent;
    }
    let soon = NOON.plus(minutes(5));
    assert!(!state.needs_email_code(soon, &policy()) && !state.gets_email_code_again(soon, &policy()));
    let asked = ask(&state, Occasion::SignIn, soon);
    assert_eq!(asked.kind, ChallengeKind::TooManyFailures, "nobody is asked for a code that never comes");
    let end = NOON.plus(minutes(5)).plus(Duration::from_secs(1));
    assert!(state.needs_email_code(end, &policy()));
    assert_eq!(ask(&state, Occasion::SignIn, end).kind, ChallengeKind::Required);
}

#[test]
fn nothing_is_mailed_to_somebody_who_is_locked_out() {
    let mut state = factor(None);
    state.failures = Failures { count: 10, since: Some(NOON) };
    assert!(!state.needs_email_code(NOON, &policy()) && !state.gets_email_code_again(NOON, &policy()));
    assert_eq!(ask(&state, Occasion::SignIn, NOON).kind, ChallengeKind::TooManyFailures);
    assert!(state.needs_email_code(NOON.plus(minutes(5)), &policy()));
}

#[test]
fn a_code_that_did_not_come_is_sent_again_once() {
    let mut state = factor(Some(code()));
    let minute = NOON.plus(minutes(1));
    assert!(!state.gets_email_code_again(minute.minus(Duration::from_millis(1)), &policy()));
    assert!(state.gets_email_code_again(minute, &policy()));
    let (live, effects) = mail_email_code(&state, &new(), minute, &policy()).unwrap();
    assert!(live.resent);
    state.email.codes = codes(&effects).clone();
    assert!(!state.gets_email_code_again(minute.plus(minutes(50)), &policy()));
    let nearly = minute.plus(minutes(55));
    assert!(state.gets_email_code_again(nearly, &policy()));
    assert!(!mail_email_code(&state, &new(), nearly, &policy()).unwrap().0.resent, "one that had to be mailed anyway");
}

#[test]
fn switching_it_on_needs_an_address_and_ends_other_sign_ins() {
    let own = TokenHash::new([1; 32]);
    let mut state = factor(None);
    assert_eq!(enable_email(&state, own), Ok(Effects::default()), "on already");
    state.email.enabled = false;
    let guards = vec![
        Guard::raise(GuardKey::SecondFactor(state.user), 4),
        Guard::raise(GuardKey::CredentialEpoch(state.user), 7),
    ];
    let expected = Effects {
        events: vec![EmailFactorEnabled { user_id: state.user }.into()],
        private: vec![PrivateChange::EmailFactor { user: state.user, enabled: true }],
        work: vec![
            WorkChange::SignInSessionsEnded { user: state.user, except: Some(own) },
            WorkChange::FactorsForgotten { user: state.user },
        ],
        guards,
        ..Effects::default()
    };
    assert_eq!(enable_email(&state, own), Ok(expected));
    for enabled in [false, true] {
        state.email = EmailFactor { enabled, ..EmailFactor::OFF };
        assert_eq!(enable_email(&state, own), Err(TotpRefusal::AddressNotVerified));
    }
}

#[test]
fn switching_it_off_spends_the_live_code() {
    let mut state = factor(Some(code()));
    state.email.codes.mails = 3;
    let effects = disable_email(&state);
    assert_eq!(effects.events, [EmailFactorDisabled { user_id: state.user }.into()]);
    assert_eq!(*codes(&effects), EmailCodes { live: None, mails: 3, mails_since: None });
    assert!(effects.private.contains(&PrivateChange::EmailFactor { user: state.user, enabled: false }));
    assert!(effects.work.is_empty(), "sessions go on");
    state.email.enabled = false;
    assert_eq!(disable_email(&state), Effects::default());
}

#[test]
fn a_reset_of_totp_leaves_it_alone() {
    let mut state = factor(Some(code()));
    assert_eq!(reset(&state), None);
    state.totp = Some(a_totp(state.user));
    let effects = reset(&state).unwrap();
    assert_eq!(effects.private, [PrivateChange::TotpGone(state.user)]);
}

#[test]
fn only_a_new_account_without_a_factor_is_in_its_grace() {
    let made = SecondFactor { account_since: Some(NOON), ..SecondFactor::empty(a_user_id()) };
    let end = NOON.plus(minutes(30));
    assert!(in_grace(&made, NOON, &policy()) && in_grace(&made, end.minus(Duration::from_millis(1)), &policy()));
    assert!(!in_grace(&made, end, &policy()) && !in_grace(&made, NOON.minus(minutes(1)), &policy()));
    let none = TwoFactorPolicy { remember_for: Duration::ZERO, ..policy() };
    assert!(!in_grace(&made, NOON, &none));
    let with_email = SecondFactor { account_since: Some(NOON), ..factor(None) };
    let with_totp = SecondFactor { totp: Some(a_totp(made.user)), ..made };
    for state in [with_email, with_totp, SecondFactor::empty(a_user_id())] {
        assert!(!in_grace(&state, NOON, &policy()));
    }
}
