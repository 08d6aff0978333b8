//! How far people are with their second factors, noted beside what it follows from.

use std::collections::{BTreeMap, BTreeSet};

use portcullis_domain::ids::UserId;
use portcullis_domain::totp::TotpState;
use sea_orm::DbBackend;
use serde_json::json;

use super::step::{Step, cell, source};
use super::tables::Kind;

/// The words of `private_factors`.
pub(in crate::store) const fn totp_word(state: TotpState) -> &'static str {
    match state {
        TotpState::None => "none",
        TotpState::Pending => "pending",
        TotpState::InUse => "totp",
    }
}

/// The last states of somebody, each with since when.
#[derive(Debug, Default)]
struct Noted {
    totp: Option<(TotpState, i64)>,
    email: Option<(bool, i64)>,
}

/// Notes a state. What is said anew moves no time.
fn note<T: PartialEq>(noted: &mut Option<(T, i64)>, state: T, at: i64) {
    if noted.as_ref().is_none_or(|(before, _)| *before != state) {
        *noted = Some((state, at));
    }
}

/// What a batch does to the states.
#[derive(Debug, Default)]
pub(super) struct Factors {
    /// What is new of each; nothing = only that there is an account.
    states: BTreeMap<UserId, Noted>,
    /// People of whom nothing is to be left.
    erased: BTreeSet<UserId>,
}

impl Factors {
    /// There is an account.
    pub(super) fn account(&mut self, user: UserId) {
        self.states.entry(user).or_default();
    }

    /// This is the state of somebody's TOTP.
    pub(super) fn totp(&mut self, user: UserId, state: TotpState, at: i64) {
        note(&mut self.states.entry(user).or_default().totp, state, at);
    }

    /// Codes by e-mail are switched on or off.
    pub(super) fn email(&mut self, user: UserId, enabled: bool, at: i64) {
        note(&mut self.states.entry(user).or_default().email, enabled, at);
    }

    /// Nothing is to be left of somebody.
    pub(super) fn erase(&mut self, user: UserId) {
        self.states.remove(&user);
        self.erased.insert(user);
    }

    pub(super) fn steps(self, backend: DbBackend) -> Vec<Step> {
        let mut steps = Vec::new();
        if !self.erased.is_empty() {
            let gone = self.erased.into_iter().map(|user| vec![json!(user)]);
            steps.push(Step::delete(backend, "private_factors", &[("user_id", Kind::Text)], gone.collect()));
        }
        if !self.states.is_empty() {
            let rows = self.states.into_iter().map(|(user, noted)| {
                let (totp, totp_since) = noted.totp.unzip();
                let (email, email_since) = noted.email.unzip();
                vec![json!(user), json!(totp.map(totp_word)), json!(totp_since), json!(email), json!(email_since)]
            });
            steps.push(Step::over(note_sql(backend), rows.collect()));
        }
        steps
    }
}

/// What is said anew moves no time, and an account that is put again changes nothing.
pub(super) fn note_sql(backend: DbBackend) -> String {
    format!(
        "INSERT INTO private_factors (user_id, totp, totp_since, email, email_since) \
         SELECT {}, {}, {}, {}, {} FROM {} WHERE true \
         ON CONFLICT (user_id) DO UPDATE SET totp = coalesce(excluded.totp, private_factors.totp), \
         totp_since = CASE WHEN excluded.totp IS NULL OR excluded.totp = private_factors.totp \
         THEN private_factors.totp_since ELSE excluded.totp_since END, \
         email = coalesce(excluded.email, private_factors.email), \
         email_since = CASE WHEN excluded.email IS NULL OR excluded.email = private_factors.email \
         THEN private_factors.email_since ELSE excluded.email_since END",
        cell(backend, 0, Kind::Text),
        cell(backend, 1, Kind::Text),
        cell(backend, 2, Kind::Int),
        cell(backend, 3, Kind::Bool),
        cell(backend, 4, Kind::Int),
        source(backend)
    )
}
