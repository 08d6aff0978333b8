//! Sessions, counters and leases as rows.

use std::collections::BTreeMap;

use portcullis_domain::commit::{Guard, IdempotencyRecord, WorkChange};
use portcullis_domain::ids::UserId;
use portcullis_domain::totp::Failures;
use sea_orm::DbBackend;
use serde_json::json;

use super::camera_roles::{delete_sql, empty_sql as empty_roles_sql};
use super::cameras;
use super::factors::note_sql;
use super::outbox::{Fate, Outgoing, decide_sql, empty_sql, retry_sql};
use super::overlay::Overlay;
use super::past_grants::copy_sql;
use super::private::erase_traces_sql;
use super::relocated::relocate_sql;
use super::sessions::{Sessions, end_sessions_sql, forget_sql, remember_sql};
use super::sign_ins::{SignIns, add_sql};
use super::step::{Step, cell, hex, source};
use super::tables::{CAMERA_ROLE_MAKINGS, FAILURES, GUARDS, IDEMPOTENCY, Kind, LEASES, SESSIONS};
use super::views::{micros, revoke_sql, status_sql};
use crate::seal::{Place, Sealer};
use crate::store::Fault;

/// Where a remembered outcome is sealed for; `scope` is hex.
pub(in crate::store) const fn outcome_place(scope: &str) -> Place<'_> {
    Place { table: "work_idempotency", row: scope, purpose: "outcome" }
}

/// What a batch does to the rows that come and go.
#[derive(Default)]
pub(super) struct Work {
    overlay: Overlay,
    sessions: Sessions,
    /// Keys that were used, and when last.
    used: BTreeMap<String, i64>,
    sign_ins: SignIns,
}

impl Work {
    pub(super) fn apply(&mut self, change: &WorkChange, outgoing: &mut Outgoing<'_>, at: i64) {
        match change {
            WorkChange::SessionStarted(session) => Sessions::begin(&mut self.overlay, session),
            WorkChange::SessionEnded(token) => self.overlay.delete(&SESSIONS, vec![hex(token.as_bytes())]),
            WorkChange::SessionsEnded { user } => self.sessions.end_all(&mut self.overlay, *user),
            WorkChange::SignInSessionsEnded { user, except } => {
                self.sessions.end_sign_ins(&mut self.overlay, *user, *except);
            }
            WorkChange::FactorRemembered { token, remembered } => self.sessions.remember(*token, *remembered),
            WorkChange::FactorsForgotten { user } => self.sessions.forget(*user),
            WorkChange::SignInFailed { key, at, until } => self.sign_ins.failed(*key, *at, *until),
            WorkChange::SignInFailuresCleared(key) => self.sign_ins.clear(*key),
            WorkChange::Failures { user, failures } if *failures == Failures::default() => {
                self.overlay.delete(&FAILURES, vec![user.to_string()]);
            }
            WorkChange::Failures { user, failures } => {
                let cells = vec![json!(failures.count), micros(failures.since)];
                self.overlay.put(&FAILURES, vec![user.to_string()], cells);
            }
            WorkChange::Lease { user, until } => {
                self.overlay.put(&LEASES, vec![user.to_string()], vec![json!(until.unix_micros())]);
            }
            WorkChange::CameraRoleMaking(making) => {
                let cells = vec![json!(making.name), json!(making.holder), json!(making.until.unix_micros())];
                self.overlay.put(&CAMERA_ROLE_MAKINGS, vec![making.role.as_str().to_owned()], cells);
            }
            WorkChange::CameraRoleMade(role) => {
                self.overlay.delete(&CAMERA_ROLE_MAKINGS, vec![role.as_str().to_owned()]);
            }
            WorkChange::ApiKeyUsed { prefix, at } => {
                let last = self.used.entry(prefix.as_str().to_owned()).or_insert(i64::MIN);
                *last = at.unix_micros().max(*last);
            }
            WorkChange::OutboxDelivered(id) => outgoing.decide(*id, Fate::Delivered { at }),
            WorkChange::OutboxDelayed { id, not_before, error } => {
                outgoing.decide(*id, Fate::Delayed { not_before: not_before.unix_micros(), error: error.clone() });
            }
            WorkChange::OutboxBuried { id, reason } => {
                outgoing.decide(*id, Fate::Buried { at, reason: reason.clone() });
            }
            WorkChange::OutboxRetried { id, not_before } => outgoing.retry(*id, not_before.unix_micros()),
        }
    }

    /// Nothing of these rows is to be left of somebody.
    pub(super) fn erase(&mut self, user: UserId) {
        self.overlay.delete(&LEASES, vec![user.to_string()]);
    }

    pub(super) fn guard(&mut self, guard: &Guard) -> Result<(), Fault> {
        if let Some(next) = guard.next {
            let next = i64::try_from(next).map_err(|_| Fault::Unwritable("a guard"))?;
            self.overlay.put(&GUARDS, vec![guard.key.to_text()], vec![json!(next)]);
        }
        Ok(())
    }

    pub(super) fn remember(&mut self, record: &IdempotencyRecord, sealer: &Sealer) -> Result<(), Fault> {
        let scope = hex(&record.key.scope);
        let outcome = sealer.seal(outcome_place(&scope), record.outcome.expose().as_bytes())?;
        let cells = vec![json!(hex(&record.key.body)), json!(hex(&outcome)), json!(record.expires_at.unix_micros())];
        self.overlay.put(&IDEMPOTENCY, vec![scope], cells);
        Ok(())
    }

    pub(super) fn steps(self, backend: DbBackend) -> Vec<Step> {
        let mut steps: Vec<_> = self.sessions.ends(backend).into_iter().collect();
        steps.extend(self.overlay.steps(backend));
        steps.extend(self.sessions.remembers(backend));
        steps.extend(self.sign_ins.steps(backend));
        if !self.used.is_empty() {
            let rows = self.used.into_iter().map(|(prefix, at)| vec![json!(prefix), json!(at)]);
            steps.push(Step::over(use_keys_sql(backend), rows.collect()));
        }
        steps
    }
}

/// Time only moves on, whichever process tells last.
fn use_keys_sql(backend: DbBackend) -> String {
    format!(
        "INSERT INTO work_key_use (prefix, last_used_at) SELECT {}, {} FROM {} WHERE true ON CONFLICT (prefix) \
         DO UPDATE SET last_used_at = excluded.last_used_at WHERE work_key_use.last_used_at < excluded.last_used_at",
        cell(backend, 0, Kind::Text),
        cell(backend, 1, Kind::Int),
        source(backend)
    )
}

/// The statements of the write path that are of no table's kind.
pub(super) fn samples(backend: DbBackend) -> Vec<(String, Step)> {
    let sample = |name: &str, sql| (name.to_owned(), Step::over(sql, Vec::new()));
    vec![
        sample("end sessions", end_sessions_sql(backend)),
        sample("remember factors", remember_sql(backend)),
        sample("forget factors", forget_sql(backend)),
        sample("decide messages", decide_sql(backend)),
        sample("retry messages", retry_sql(backend)),
        sample("empty messages", empty_sql(backend)),
        sample("revoke keys", revoke_sql(backend)),
        sample("use keys", use_keys_sql(backend)),
        sample("add failed sign-ins", add_sql(backend)),
        sample("note factors", note_sql(backend)),
        sample("note cameras", cameras::note_sql(backend)),
        sample("set statuses", status_sql(backend)),
        sample("copy past grants", copy_sql(backend)),
        sample("relocate locks", relocate_sql(backend)),
        sample("erase traces", erase_traces_sql(backend)),
        sample("empty camera roles", empty_roles_sql(backend)),
        sample("delete camera roles", delete_sql(backend)),
    ]
}
