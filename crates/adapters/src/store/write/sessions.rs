//! Sessions as rows: begun, ended, and with a second factor remembered.

use std::collections::{BTreeMap, BTreeSet};

use portcullis_domain::ids::UserId;
use portcullis_domain::session::{RememberedFactor, Session, TokenHash};
use sea_orm::DbBackend;
use serde_json::{Value as Json, json};

use super::overlay::Overlay;
use super::step::{Cells, Step, Turn, cell, hex, source};
use super::tables::{Kind, SESSIONS};
use super::views::micros;

/// How rows of sign-ins are told from rows of tokens.
pub(in crate::store) const SIGN_IN: &str = "sign-in";
pub(in crate::store) const PERSONAL: &str = "personal";

/// Whose sessions end, as they were before the batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Ended {
    /// Personal access tokens too?
    every: bool,
    /// But this one.
    kept: Option<TokenHash>,
}

/// What a batch does to sessions, besides the rows it puts and deletes.
#[derive(Default)]
pub(super) struct Sessions {
    ended: BTreeMap<UserId, Ended>,
    remembered: BTreeMap<TokenHash, RememberedFactor>,
    /// People whose proofs count no more.
    forgotten: BTreeSet<UserId>,
}

impl Sessions {
    pub(super) fn begin(overlay: &mut Overlay, session: &Session) {
        let personal = session.kind.personal();
        let kind = if personal.is_some() { PERSONAL } else { SIGN_IN };
        let cells = vec![
            json!(session.user),
            json!(session.started_at.unix_micros()),
            micros(session.expires_at),
            json!(kind),
            json!(personal.map(|token| token.name.as_str())),
            json!(personal.map(|token| token.last_part.as_str())),
            json!(personal.map(|token| token.bypass_two_factor)),
        ];
        overlay.put(&SESSIONS, vec![hex(session.token.as_bytes())], cells);
    }

    pub(super) fn end_all(&mut self, overlay: &mut Overlay, user: UserId) {
        let owner = json!(user);
        overlay.forget_puts(&SESSIONS, |_, cells| cells[0] == owner);
        self.ended.insert(user, Ended { every: true, kept: None });
    }

    pub(super) fn end_sign_ins(&mut self, overlay: &mut Overlay, user: UserId, except: Option<TokenHash>) {
        let kept = except.map(|token| hex(token.as_bytes()));
        let (owner, sign_in) = (json!(user), json!(SIGN_IN));
        let kind = |cells: &Cells| cells.get(3) == Some(&sign_in);
        overlay.forget_puts(&SESSIONS, |key, cells| cells[0] == owner && kind(cells) && key.first() != kept.as_ref());
        let ended = self.ended.entry(user).or_insert(Ended { every: false, kept: except });
        // Two ends that keep different sessions keep none between them.
        if ended.kept != except {
            ended.kept = None;
        }
    }

    pub(super) fn remember(&mut self, token: TokenHash, remembered: RememberedFactor) {
        self.remembered.insert(token, remembered);
    }

    pub(super) fn forget(&mut self, user: UserId) {
        self.forgotten.insert(user);
    }

    /// First of all: it is about the sessions there were before the batch, not about those the batch begins.
    pub(super) fn ends(&self, backend: DbBackend) -> Option<Step> {
        let rows: Vec<_> = self
            .ended
            .iter()
            .map(|(user, Ended { every, kept })| {
                // No token is empty, so this one keeps none.
                vec![json!(user), json!(kept.map(|token| hex(token.as_bytes())).unwrap_or_default()), json!(every)]
            })
            .collect();
        (!rows.is_empty()).then(|| Step::over(end_sessions_sql(backend), rows))
    }

    /// Last of all, since the batch may begin or end the sessions it is about; what is forgotten comes after what is
    /// remembered, so that no proof outlives it.
    pub(super) fn remembers(self, backend: DbBackend) -> impl Iterator<Item = Step> {
        let row = |(token, RememberedFactor { until, fingerprint }): (TokenHash, _)| -> Vec<Json> {
            vec![json!(hex(token.as_bytes())), json!(until.unix_micros()), json!(hex(&fingerprint))]
        };
        let rows: Vec<_> = self.remembered.into_iter().map(row).collect();
        let remembers = (!rows.is_empty()).then(|| Step::over(remember_sql(backend), rows).at(Turn::Late));
        let rows: Vec<_> = self.forgotten.into_iter().map(|user| vec![json!(user)]).collect();
        let forgets = (!rows.is_empty()).then(|| Step::over(forget_sql(backend), rows).at(Turn::Last));
        remembers.into_iter().chain(forgets)
    }
}

pub(super) fn end_sessions_sql(backend: DbBackend) -> String {
    format!(
        "DELETE FROM work_sessions WHERE token IN (SELECT s.token FROM {} CROSS JOIN work_sessions s \
         WHERE s.user_id = {} AND s.token <> {} AND ({} OR s.kind = '{SIGN_IN}'))",
        source(backend),
        cell(backend, 0, Kind::Text),
        cell(backend, 1, Kind::Bytes),
        cell(backend, 2, Kind::Bool)
    )
}

pub(super) fn remember_sql(backend: DbBackend) -> String {
    format!(
        "UPDATE work_sessions SET remembered_until = {}, remembered_by = {} FROM {} WHERE token = {}",
        cell(backend, 1, Kind::Int),
        cell(backend, 2, Kind::Bytes),
        source(backend),
        cell(backend, 0, Kind::Bytes)
    )
}

pub(super) fn forget_sql(backend: DbBackend) -> String {
    format!(
        "UPDATE work_sessions SET remembered_until = NULL, remembered_by = NULL FROM {} \
         WHERE user_id = {} AND remembered_until IS NOT NULL",
        source(backend),
        cell(backend, 0, Kind::Text)
    )
}
