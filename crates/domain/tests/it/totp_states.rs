//! The state machine of TOTP: nothing, pending, enrolled, nothing.

use portcullis_domain::commit::{Effects, Guard, GuardKey, PrivateChange, WorkChange};
use portcullis_domain::ids::UserId;
use portcullis_domain::session::TokenHash;
use portcullis_domain::totp::{
    BackupCodes, BackupCodesRegenerated, SecondFactor, Totp, TotpDisabled, TotpEnrolled, TotpRefusal, TotpReset,
    TotpSecret, confirm, disable, enable, generate_backup_codes, regenerate, reset,
};
use portcullis_testkit::build::{a_totp, a_user_id};
use portcullis_testkit::fake::SeededEntropy;

fn factor(user: UserId, totp: Option<Totp>) -> SecondFactor {
    SecondFactor { totp, revision: 4, epoch: 7, sessions: 2, ..SecondFactor::empty(user) }
}

fn pending(user: UserId) -> Totp {
    Totp { pending: Some(TotpSecret::new("PENDING")), ..Totp::empty(user) }
}

fn new_codes() -> BackupCodes {
    BackupCodes { salt: b"new".to_vec(), hashes: vec![[9; 32]; 12] }
}

/// The revision is raised, so that nothing decided on the old document counts.
fn revised(user: UserId) -> Guard {
    Guard::raise(GuardKey::SecondFactor(user), 4)
}

fn epoch_raised(user: UserId) -> Guard {
    Guard::raise(GuardKey::CredentialEpoch(user), 7)
}

#[test]
fn enabling_begins_with_a_new_secret_each_time_and_no_event() {
    let user = a_user_id();
    let spoilt = Totp { backup: a_totp(user).backup, last_step: Some(3), ..pending(user) };
    for before in [None, Some(Totp::empty(user)), Some(pending(user)), Some(spoilt)] {
        let after = Totp { pending: Some(TotpSecret::new("NEW")), ..Totp::empty(user) };
        let expected =
            Effects { private: vec![PrivateChange::Totp(after)], guards: vec![revised(user)], ..Effects::default() };
        assert_eq!(enable(&factor(user, before), TotpSecret::new("NEW")), Ok(expected));
    }
}

#[test]
fn what_is_in_use_is_not_enabled_again() {
    let user = a_user_id();
    let refusal = enable(&factor(user, Some(a_totp(user))), TotpSecret::new("NEW"));
    assert_eq!(refusal, Err(TotpRefusal::AlreadyEnabled));
}

#[test]
fn confirming_puts_the_pending_secret_in_use_and_ends_the_other_sessions() {
    let (user, own) = (a_user_id(), TokenHash::new([1; 32]));
    let after = Totp {
        user,
        secret: Some(TotpSecret::new("PENDING")),
        pending: None,
        backup: Some(new_codes()),
        last_step: Some(77),
    };
    let expected = Effects {
        events: vec![TotpEnrolled { user_id: user }.into()],
        private: vec![PrivateChange::Totp(after)],
        work: vec![WorkChange::SignInSessionsEnded { user, except: Some(own) }, WorkChange::FactorsForgotten { user }],
        guards: vec![revised(user), epoch_raised(user)],
        ..Effects::default()
    };
    let confirmed = confirm(&factor(user, Some(pending(user))), 77, new_codes(), own);
    assert_eq!(confirmed, Ok(expected));
}

#[test]
fn there_is_nothing_to_confirm_unless_it_is_pending() {
    let user = a_user_id();
    for before in [None, Some(Totp::empty(user)), Some(a_totp(user))] {
        let refusal = confirm(&factor(user, before), 1, new_codes(), TokenHash::new([1; 32]));
        assert_eq!(refusal, Err(TotpRefusal::InvalidCode));
    }
}

#[test]
fn disabling_takes_the_document_whole() {
    let user = a_user_id();
    let expected = Effects {
        events: vec![TotpDisabled { user_id: user }.into()],
        private: vec![PrivateChange::TotpGone(user)],
        guards: vec![revised(user), epoch_raised(user)],
        ..Effects::default()
    };
    assert_eq!(disable(&factor(user, Some(a_totp(user)))), Ok(expected));
    for before in [None, Some(pending(user))] {
        assert_eq!(disable(&factor(user, before)), Err(TotpRefusal::InvalidCode));
    }
}

#[test]
fn new_backup_codes_void_the_old_ones_and_nothing_else() {
    let user = a_user_id();
    let after = Totp { backup: Some(new_codes()), ..a_totp(user) };
    let expected = Effects {
        events: vec![BackupCodesRegenerated { user_id: user }.into()],
        private: vec![PrivateChange::Totp(after)],
        guards: vec![revised(user)],
        ..Effects::default()
    };
    assert_eq!(regenerate(&factor(user, Some(a_totp(user))), new_codes()), Ok(expected));
    for before in [None, Some(pending(user))] {
        assert_eq!(regenerate(&factor(user, before), new_codes()), Err(TotpRefusal::InvalidCode));
    }
}

#[test]
fn a_reset_clears_everything_and_says_what_there_was() {
    let user = a_user_id();
    let both = Totp { pending: Some(TotpSecret::new("PENDING")), ..a_totp(user) };
    for (totp, had_totp, had_pending, backup_codes) in [
        (a_totp(user), true, false, 2),
        (pending(user), false, true, 0),
        (both, true, true, 2),
        (Totp::empty(user), false, false, 0),
    ] {
        let event = TotpReset { user_id: user, had_totp, had_pending, backup_codes, sessions_ended: 2 };
        let expected = Effects {
            events: vec![event.into()],
            private: vec![PrivateChange::TotpGone(user)],
            work: vec![WorkChange::SessionsEnded { user }],
            guards: vec![revised(user), epoch_raised(user)],
            ..Effects::default()
        };
        assert_eq!(reset(&factor(user, Some(totp))), Some(expected));
    }
}

#[test]
fn a_reset_of_nothing_does_nothing() {
    assert_eq!(reset(&factor(a_user_id(), None)), None, "no event, and the sessions go on");
}

#[test]
fn backup_codes_are_twelve_readable_ones() {
    let codes = generate_backup_codes(&SeededEntropy::new(5));
    let distinct: std::collections::BTreeSet<_> = codes.iter().map(|code| code.expose().clone()).collect();
    assert_eq!((codes.len(), distinct.len()), (12, 12));
    for code in distinct {
        assert_eq!(code.len(), 8);
        assert!(!code.contains(['0', 'O', '1', 'l', 'I']), "{code}");
    }
}

#[test]
fn secrets_do_not_show() {
    let shown = format!("{:?}", a_totp(a_user_id()));
    assert!(shown.contains("[secret]") && shown.contains("BackupCodes(2 left)"), "{shown}");
    assert!(!shown.contains("GEZD"), "{shown}");
}
