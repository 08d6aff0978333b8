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

/// What a batch does to the states.
#[derive(Debug, Default)]
pub(super) struct Factors {
    /// The last state of each, and since when; none = only that there is an account.
    states: BTreeMap<UserId, Option<(TotpState, i64)>>,
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
        let noted = self.states.entry(user).or_default();
        if noted.is_none_or(|(before, _)| before != state) {
            *noted = Some((state, at));
        }
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
                let (state, at) = noted.unzip();
                vec![json!(user), json!(state.map(totp_word)), json!(at)]
            });
            steps.push(Step::over(note_sql(backend), rows.collect()));
        }
        steps
    }
}

/// What is said anew moves no time, and an account that is put again changes nothing.
pub(super) fn note_sql(backend: DbBackend) -> String {
    format!(
        "INSERT INTO private_factors (user_id, totp, totp_since) SELECT {}, {}, {} FROM {} WHERE true \
         ON CONFLICT (user_id) DO UPDATE SET totp = coalesce(excluded.totp, private_factors.totp), \
         totp_since = CASE WHEN excluded.totp IS NULL OR excluded.totp = private_factors.totp \
         THEN private_factors.totp_since ELSE excluded.totp_since END",
        cell(backend, 0, Kind::Text),
        cell(backend, 1, Kind::Text),
        cell(backend, 2, Kind::Int),
        source(backend)
    )
}
