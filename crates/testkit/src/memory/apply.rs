//! Writing an admitted commit. Nothing here can fail: what could was judged before.

use portcullis_domain::commit::{ClaimChange, Commit, PrivateChange, WorkChange};
use portcullis_domain::event::{Position, Recorded};
use portcullis_domain::ids::OutboxId;
use portcullis_domain::secret::Secret;
use portcullis_domain::session::SessionKind;

use super::{Delivery, KeptSession, OutboxRow, State};

impl State {
    pub(super) fn apply(&mut self, commit: Commit, after: Position) {
        for envelope in commit.envelopes(after) {
            self.versions.insert(envelope.stream(), envelope.version);
            self.views.take(&envelope);
            self.events.push(Recorded {
                position: envelope.position,
                stream: envelope.stream(),
                version: envelope.version,
                bytes: envelope.to_bytes(),
            });
        }
        self.commits.insert(commit.id);
        if let Some(client) = commit.meta.client {
            self.clients.insert(commit.id, client);
        }
        for change in commit.effects.claims {
            self.claim(change);
        }
        for guard in commit.effects.guards {
            if let Some(next) = guard.next {
                self.guards.insert(guard.key, next);
            }
        }
        for change in commit.effects.private {
            self.private(change);
        }
        for change in commit.effects.work {
            self.work(change);
        }
        self.outbox.extend(commit.effects.outbox.into_iter().map(|message| OutboxRow {
            message,
            delivery: Delivery::Waiting,
            not_before: None,
            error: None,
        }));
        if let Some(record) = commit.idempotency {
            self.answers.insert(record.key.scope, record);
        }
    }

    fn claim(&mut self, change: ClaimChange) {
        match change {
            ClaimChange::Take { claim, owner } => drop(self.claims.insert((claim.namespace(), claim.value()), owner)),
            ClaimChange::Release { claim, owner } => {
                let key = (claim.namespace(), claim.value());
                if self.claims.get(&key) == Some(&owner) {
                    self.claims.remove(&key);
                }
            }
        }
    }

    fn private(&mut self, change: PrivateChange) {
        match change {
            PrivateChange::Profile(row) => drop(self.profiles.insert(row.user, row)),
            PrivateChange::Account(row) => drop(self.accounts.insert(row.user, row)),
            PrivateChange::Password { user, hash } => drop(self.passwords.insert(user, hash)),
            PrivateChange::Totp(row) => drop(self.totps.insert(row.user, row)),
            PrivateChange::TotpGone(user) => drop(self.totps.remove(&user)),
            PrivateChange::ThreeDEye(row) => drop(self.mappings.insert(row.user, row)),
            PrivateChange::ThreeDEyeGone(user) => drop(self.mappings.remove(&user)),
            PrivateChange::Recovery { user, roles } => drop(self.recoveries.insert(user, roles)),
            PrivateChange::RecoveryGone(user) => drop(self.recoveries.remove(&user)),
            PrivateChange::ApiKey(key) => drop(self.kept_keys.insert(key.prefix.clone(), key)),
            PrivateChange::TenantOwner { org, email } => drop(self.tenant_owners.insert(org, email)),
        }
    }

    fn work(&mut self, change: WorkChange) {
        match change {
            WorkChange::SessionStarted(session) => {
                drop(self.sessions.insert(session.token, KeptSession { session, remembered: None }));
            }
            WorkChange::SessionEnded(token) => drop(self.sessions.remove(&token)),
            WorkChange::SessionsEnded { user } => self.sessions.retain(|_, kept| kept.session.user != user),
            WorkChange::SignInSessionsEnded { user, except } => self.sessions.retain(|token, kept| {
                kept.session.user != user || kept.session.kind != SessionKind::SignIn || Some(*token) == except
            }),
            WorkChange::FactorRemembered { token, remembered } => {
                if let Some(kept) = self.sessions.get_mut(&token) {
                    kept.remembered = Some(remembered);
                }
            }
            WorkChange::Failures { user, failures } => drop(self.failures.insert(user, failures)),
            WorkChange::Lease { user, until } => drop(self.leases.insert(user, until)),
            WorkChange::ApiKeyUsed { prefix, at } => {
                let last = self.key_uses.entry(prefix).or_insert(at);
                *last = at.max(*last);
            }
            WorkChange::OutboxDelivered(id) => self.message(id, |row| {
                row.delivery = Delivery::Delivered;
                row.message.payload = Secret::new(String::new());
            }),
            WorkChange::OutboxDelayed { id, not_before, error } => self.message(id, |row| {
                row.not_before = Some(not_before);
                row.error = error;
            }),
            WorkChange::OutboxBuried { id, reason } => self.message(id, |row| row.delivery = Delivery::Buried(reason)),
        }
    }

    fn message(&mut self, id: OutboxId, change: impl FnOnce(&mut OutboxRow)) {
        if let Some(row) = self.outbox.iter_mut().find(|row| row.message.id == id) {
            change(row);
        }
    }
}
