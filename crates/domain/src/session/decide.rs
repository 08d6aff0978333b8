//! The rules of personal access tokens, and of signing people out.

use super::{
    HeldTokens, PersonalAccessToken, PersonalAccessTokenCreated, PersonalAccessTokenRegenerated,
    PersonalAccessTokenRemoved, Session, SessionKind, TokenHash, TokenName, TokenRefusal, UserLoggedOut,
};
use crate::clock::Timestamp;
use crate::commit::{Effects, Guard, GuardKey, WorkChange};
use crate::ids::UserId;

/// How many personal access tokens a person can have.
pub const MOST_TOKENS: usize = 50;

/// Gives a person a token under a name none of the person's tokens has.
///
/// Refused: [`TokenRefusal::NameTaken`], [`TokenRefusal::TooMany`].
pub fn create_token(
    held: &HeldTokens,
    token: TokenHash,
    about: PersonalAccessToken,
    now: Timestamp,
) -> Result<Effects, TokenRefusal> {
    if held.named(&about.name).is_some() {
        return Err(TokenRefusal::NameTaken);
    }
    if held.tokens.len() >= MOST_TOKENS {
        return Err(TokenRefusal::TooMany);
    }
    let created = PersonalAccessTokenCreated { user_id: held.user, bypass_two_factor: about.bypass_two_factor };
    let mut effects = Effects { events: vec![created.into()], ..Effects::default() };
    effects.guards.push(Guard::still(GuardKey::CredentialEpoch(held.user), held.epoch));
    begin(&mut effects, held, token, about, now);
    Ok(effects)
}

/// Puts a new token in place of the one with a name; what the old one could, the new one can.
///
/// Refused: [`TokenRefusal::Unknown`].
pub fn regenerate_token(
    held: &HeldTokens,
    name: &TokenName,
    token: TokenHash,
    last_part: &str,
    now: Timestamp,
) -> Result<Effects, TokenRefusal> {
    let old = held.named(name).ok_or(TokenRefusal::Unknown)?;
    let about = PersonalAccessToken { last_part: last_part.to_owned(), ..old.about.clone() };
    let regenerated = PersonalAccessTokenRegenerated { user_id: held.user, bypass_two_factor: about.bypass_two_factor };
    let mut effects = Effects { events: vec![regenerated.into()], ..Effects::default() };
    effects.end_session(held.user, old.token, held.epoch);
    begin(&mut effects, held, token, about, now);
    Ok(effects)
}

/// Ends the token with a name.
///
/// Refused: [`TokenRefusal::Unknown`].
pub fn remove_token(held: &HeldTokens, name: &TokenName) -> Result<Effects, TokenRefusal> {
    let old = held.named(name).ok_or(TokenRefusal::Unknown)?;
    let removed = PersonalAccessTokenRemoved { user_id: held.user };
    let mut effects = Effects { events: vec![removed.into()], ..Effects::default() };
    effects.end_session(held.user, old.token, held.epoch);
    Ok(effects)
}

/// Ends every session a person began by signing in. It is history only when somebody else does it.
pub fn log_out(user: UserId, by_themselves: bool, epoch: u64) -> Effects {
    let mut effects = Effects::default();
    if !by_themselves {
        effects.events.push(UserLoggedOut { user_id: user }.into());
    }
    effects.end_sign_ins(user, None, epoch);
    effects
}

/// That no two tokens get one name is for the version of the person's stream to see: each change of tokens is an event.
fn begin(effects: &mut Effects, held: &HeldTokens, token: TokenHash, about: PersonalAccessToken, now: Timestamp) {
    let kind = SessionKind::PersonalAccessToken(about);
    let session = Session { token, user: held.user, started_at: now, expires_at: None, kind };
    effects.work.push(WorkChange::SessionStarted(session));
}
