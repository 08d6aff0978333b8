//! The state machine of a person's TOTP: nothing → pending → enrolled → nothing.

use super::{
    BackupCodes, BackupCodesRegenerated, EmailCodes, EmailFactorDisabled, EmailFactorEnabled, SecondFactor, Totp,
    TotpDisabled, TotpEnrolled, TotpRefusal, TotpReset, TotpSecret,
};
use crate::commit::{Effects, Guard, GuardKey, PrivateChange, WorkChange};
use crate::session::TokenHash;

/// Begins an enrolment: a new secret each time until one is confirmed. No event: nothing is protected yet.
pub fn enable(state: &SecondFactor, secret: TotpSecret) -> Result<Effects, TotpRefusal> {
    if state.live_secret().is_some() {
        return Err(TotpRefusal::AlreadyEnabled);
    }
    Ok(put(state, Totp { pending: Some(secret), ..Totp::empty(state.user) }))
}

/// Confirms the pending secret with a code that matched it at `step`; ends the person's other sign-ins. What was proved
/// before, be it with the password, counts no more: from now on there is more to prove.
pub fn confirm(
    state: &SecondFactor,
    step: u64,
    backup: BackupCodes,
    own_session: TokenHash,
) -> Result<Effects, TotpRefusal> {
    let pending = state.totp.as_ref().and_then(|totp| totp.pending.clone()).ok_or(TotpRefusal::InvalidCode)?;
    let mut effects = put(
        state,
        Totp { user: state.user, secret: Some(pending), pending: None, backup: Some(backup), last_step: Some(step) },
    );
    effects.events.push(TotpEnrolled { user_id: state.user }.into());
    effects.end_sign_ins(state.user, Some(own_session), state.epoch);
    effects.work.push(WorkChange::FactorsForgotten { user: state.user });
    Ok(effects)
}

/// Switches TOTP off after a code was verified. The document goes whole, so there is nothing left to reset, and a reset
/// after it ends no session.
pub fn disable(state: &SecondFactor) -> Result<Effects, TotpRefusal> {
    if state.live_secret().is_none() {
        return Err(TotpRefusal::InvalidCode);
    }
    Ok(Effects {
        events: vec![TotpDisabled { user_id: state.user }.into()],
        private: vec![PrivateChange::TotpGone(state.user)],
        guards: vec![
            Guard::raise(GuardKey::SecondFactor(state.user), state.revision),
            Guard::raise(GuardKey::CredentialEpoch(state.user), state.epoch),
        ],
        ..Effects::default()
    })
}

/// Puts new backup codes in place of the old ones after a code was verified.
pub fn regenerate(state: &SecondFactor, backup: BackupCodes) -> Result<Effects, TotpRefusal> {
    let enrolled = state.totp.clone().filter(|totp| totp.secret.is_some()).ok_or(TotpRefusal::InvalidCode)?;
    let mut effects = put(state, Totp { backup: Some(backup), ..enrolled });
    effects.events.push(BackupCodesRegenerated { user_id: state.user }.into());
    Ok(effects)
}

/// Switches codes by e-mail on; ends the person's other sign-ins, and what was proved before counts no more. On already:
/// nothing happens.
pub fn enable_email(state: &SecondFactor, own_session: TokenHash) -> Result<Effects, TotpRefusal> {
    if state.email.address.is_none() {
        return Err(TotpRefusal::AddressNotVerified);
    }
    if state.email.enabled {
        return Ok(Effects::default());
    }
    Ok(Effects {
        events: vec![EmailFactorEnabled { user_id: state.user }.into()],
        private: vec![PrivateChange::EmailFactor { user: state.user, enabled: true }],
        work: vec![
            WorkChange::SignInSessionsEnded { user: state.user, except: Some(own_session) },
            WorkChange::FactorsForgotten { user: state.user },
        ],
        guards: vec![
            Guard::raise(GuardKey::SecondFactor(state.user), state.revision),
            Guard::raise(GuardKey::CredentialEpoch(state.user), state.epoch),
        ],
        ..Effects::default()
    })
}

/// Switches codes by e-mail off after a factor was proved; a live one is good no more. Off already: nothing happens.
pub fn disable_email(state: &SecondFactor) -> Effects {
    if !state.email.enabled {
        return Effects::default();
    }
    Effects {
        events: vec![EmailFactorDisabled { user_id: state.user }.into()],
        private: vec![
            PrivateChange::EmailFactor { user: state.user, enabled: false },
            PrivateChange::EmailCodes {
                user: state.user,
                codes: EmailCodes { live: None, ..state.email.codes.clone() },
            },
        ],
        guards: vec![
            Guard::raise(GuardKey::SecondFactor(state.user), state.revision),
            Guard::raise(GuardKey::CredentialEpoch(state.user), state.epoch),
        ],
        ..Effects::default()
    }
}

/// Clears the TOTP document whole and ends every session, if there is anything to clear; otherwise does nothing. Codes by
/// e-mail stay as they are.
pub fn reset(state: &SecondFactor) -> Option<Effects> {
    let totp = state.totp.as_ref()?;
    let mut effects = Effects {
        events: vec![
            TotpReset {
                user_id: state.user,
                had_totp: totp.secret.is_some(),
                had_pending: totp.pending.is_some(),
                backup_codes: u32::try_from(totp.backup_codes_left()).unwrap_or(u32::MAX),
                sessions_ended: state.sessions,
            }
            .into(),
        ],
        private: vec![PrivateChange::TotpGone(state.user)],
        guards: vec![Guard::raise(GuardKey::SecondFactor(state.user), state.revision)],
        ..Effects::default()
    };
    effects.end_sessions(state.user, state.epoch);
    Some(effects)
}

fn put(state: &SecondFactor, totp: Totp) -> Effects {
    Effects {
        private: vec![PrivateChange::Totp(totp)],
        guards: vec![Guard::raise(GuardKey::SecondFactor(state.user), state.revision)],
        ..Effects::default()
    }
}
