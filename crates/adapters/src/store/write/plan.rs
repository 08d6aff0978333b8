//! Everything the admitted commits of a batch write.

use portcullis_domain::commit::{Commit, PrivateChange};
use portcullis_domain::event::{Envelope, Position};
use portcullis_domain::ids::CommitId;
use portcullis_domain::projection::project;
use sea_orm::DbBackend;
use serde_json::json;

use super::outbox::Outgoing;
use super::private::Private;
use super::step::{Cells, Step, cell, source};
use super::tables::{CLIENTS, COMMITS, Kind};
use super::views::Views;
use super::work::Work;
use crate::seal::Sealer;
use crate::store::Fault;

pub(super) struct Plan<'a> {
    sealer: &'a Sealer,
    commits: Vec<CommitId>,
    commit_rows: Vec<Cells>,
    events: Events,
    clients: Vec<Cells>,
    views: Views,
    private: Private<'a>,
    work: Work,
    outgoing: Outgoing<'a>,
}

/// New events: their columns, and all their bytes end to end, so that no encoding comes between them and the table.
#[derive(Default)]
struct Events {
    rows: Vec<Cells>,
    bytes: Vec<u8>,
}

impl<'a> Plan<'a> {
    pub(super) fn new(sealer: &'a Sealer) -> Self {
        Self {
            sealer,
            commits: Vec::new(),
            commit_rows: Vec::new(),
            events: Events::default(),
            clients: Vec::new(),
            views: Views::default(),
            private: Private::new(sealer),
            work: Work::default(),
            outgoing: Outgoing::new(sealer),
        }
    }

    /// The commits it writes.
    pub(super) fn commits(&self) -> &[CommitId] {
        &self.commits
    }

    /// Adds an admitted commit, whose events come after a position.
    pub(super) fn add(&mut self, commit: &Commit, after: Position) -> Result<(), Fault> {
        let at = commit.meta.at.unix_micros();
        self.commits.push(commit.id);
        self.commit_rows.push(vec![json!(commit.id), json!(at)]);
        let envelopes = commit.envelopes(after);
        if let (Some(first), Some(last), Some(client)) = (envelopes.first(), envelopes.last(), &commit.meta.client) {
            self.clients.push(vec![
                json!(first.position),
                json!(last.position),
                json!(client.address),
                json!(client.user_agent),
            ]);
        }
        for envelope in envelopes {
            self.events.add(&envelope);
            for change in project(&envelope) {
                self.views.apply(change);
            }
        }
        let effects = &commit.effects;
        effects.claims.iter().for_each(|change| self.private.claim(change));
        effects.guards.iter().try_for_each(|guard| self.work.guard(guard))?;
        for change in &effects.private {
            self.private.apply(change, at)?;
            if let PrivateChange::PersonErased(user) = change {
                self.work.erase(*user);
                self.outgoing.empty(*user, at);
            }
        }
        effects.outbox.iter().try_for_each(|message| self.outgoing.queue(message))?;
        effects.work.iter().for_each(|change| self.work.apply(change, &mut self.outgoing, at));
        commit.idempotency.iter().try_for_each(|record| self.work.remember(record, self.sealer))
    }

    pub(super) fn steps(self, backend: DbBackend) -> Vec<Step> {
        let mut steps: Vec<Step> = self.events.step(backend).into_iter().collect();
        steps.extend(self.views.steps(backend));
        steps.extend(self.private.steps(backend));
        steps.extend(self.work.steps(backend));
        steps.extend(self.outgoing.steps(backend));
        if !self.clients.is_empty() {
            steps.push(Step::put(backend, &CLIENTS, self.clients));
        }
        if !self.commit_rows.is_empty() {
            steps.push(Step::put(backend, &COMMITS, self.commit_rows));
        }
        steps
    }
}

impl Events {
    fn add(&mut self, envelope: &Envelope) {
        let bytes = envelope.to_bytes();
        self.rows.push(vec![
            json!(envelope.position),
            json!(envelope.aggregate_type.slug()),
            json!(envelope.aggregate_id),
            json!(envelope.version),
            json!(envelope.name),
            json!(envelope.timestamp.unix_micros()),
            json!(self.bytes.len() + 1),
            json!(bytes.len()),
        ]);
        self.bytes.extend_from_slice(&bytes);
    }

    fn step(self, backend: DbBackend) -> Option<Step> {
        if self.rows.is_empty() {
            return None;
        }
        let [position, version, at] = [0, 3, 5].map(|index| cell(backend, index, Kind::Int));
        let [kind, id, name] = [1, 2, 4].map(|index| cell(backend, index, Kind::Text));
        let body = match backend {
            DbBackend::Postgres => "substr(?2, (r.value->>6)::int, (r.value->>7)::int)",
            _ => "substr(?2, r.value->>6, r.value->>7)",
        };
        let sql = format!(
            "INSERT INTO events (position, aggregate_type, aggregate_id, version, name, at, body) \
             SELECT {position}, {kind}, {id}, {version}, {name}, {at}, {body} FROM {}",
            source(backend)
        );
        Some(Step::over(sql, self.rows).with(self.bytes))
    }
}
