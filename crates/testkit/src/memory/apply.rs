//! Writing an admitted commit. Nothing here can fail: what could was judged before.

use std::collections::BTreeMap;

use portcullis_domain::clock::Timestamp;
use portcullis_domain::commit::{ClaimChange, Commit, PERSON_ERASED, PrivateChange, WorkChange};
use portcullis_domain::event::{Position, Recorded, StreamId};
use portcullis_domain::ids::{OutboxId, UserId};
use portcullis_domain::secret::Secret;
use portcullis_domain::session::{FailedSignIns, SessionKind};
use portcullis_domain::totp::{EmailCodes, TotpState};

use super::{Delivery, KeptSession, OutboxRow, State};

/// Notes somebody's state from now on; that it stays so moves no time.
fn note<T: PartialEq>(states: &mut BTreeMap<UserId, (T, Timestamp)>, user: UserId, state: T, at: Timestamp) {
    if states.get(&user).is_none_or(|(before, _)| *before != state) {
        states.insert(user, (state, at));
    }
}

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
        for change in commit.effects.claims {
            self.claim(change);
        }
        for guard in commit.effects.guards {
            if let Some(next) = guard.next {
                self.guards.insert(guard.key, next);
            }
        }
        for change in commit.effects.private {
            self.private(change, commit.meta.at);
        }
        for change in commit.effects.work {
            self.work(change, commit.meta.at);
        }
        if let Some(client) = commit.meta.client {
            // After what a deletion erases: its own trace is kept.
            self.clients.insert(commit.id, (commit.stream.map(|write| write.stream), client));
        }
        self.outbox.extend(commit.effects.outbox.into_iter().map(|message| OutboxRow {
            message,
            delivery: Delivery::Waiting,
            not_before: None,
            done_at: None,
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

    fn private(&mut self, change: PrivateChange, at: Timestamp) {
        match change {
            PrivateChange::Profile(row) => drop(self.profiles.insert(row.user, row)),
            PrivateChange::Language { user, language: Some(language) } => drop(self.languages.insert(user, language)),
            PrivateChange::Language { user, language: None } => drop(self.languages.remove(&user)),
            PrivateChange::Account(row) => drop(self.accounts.insert(row.user, row)),
            PrivateChange::Password { user, hash } => drop(self.passwords.insert(user, hash)),
            PrivateChange::Totp(row) => {
                note(&mut self.totp_states, row.user, row.state(), at);
                self.totps.insert(row.user, row);
            }
            PrivateChange::TotpGone(user) => {
                note(&mut self.totp_states, user, TotpState::None, at);
                self.totps.remove(&user);
            }
            PrivateChange::EmailFactor { user, enabled } => note(&mut self.email_factors, user, enabled, at),
            PrivateChange::EmailCodes { user, codes } if codes == EmailCodes::default() => {
                self.email_codes.remove(&user);
            }
            PrivateChange::EmailCodes { user, codes } => drop(self.email_codes.insert(user, codes)),
            PrivateChange::ThreeDEye(row) => drop(self.mappings.insert(row.user, row)),
            PrivateChange::ThreeDEyeGone(user) => drop(self.mappings.remove(&user)),
            PrivateChange::CameraTried { user, at } => drop(self.camera_tries.insert(user, at)),
            PrivateChange::PersonErased(user) => self.erase(user, at),
            PrivateChange::Recovery { user, roles } => drop(self.recoveries.insert(user, roles)),
            PrivateChange::RecoveryGone(user) => drop(self.recoveries.remove(&user)),
            PrivateChange::ApiKey(key) => drop(self.kept_keys.insert(key.prefix.clone(), key)),
            PrivateChange::TenantOwner { org, email } => drop(self.tenant_owners.insert(org, email)),
        }
    }

    fn erase(&mut self, user: UserId, at: Timestamp) {
        self.profiles.remove(&user);
        self.accounts.remove(&user);
        self.passwords.remove(&user);
        self.totps.remove(&user);
        self.totp_states.remove(&user);
        self.languages.remove(&user);
        self.email_factors.remove(&user);
        self.email_codes.remove(&user);
        self.mappings.remove(&user);
        self.recoveries.remove(&user);
        self.camera_tries.remove(&user);
        self.leases.remove(&user);
        for row in self.outbox.iter_mut().filter(|row| row.message.user == Some(user)) {
            row.message.payload = Secret::new(String::new());
            if row.delivery == Delivery::Waiting {
                row.delivery = Delivery::Buried(PERSON_ERASED.to_owned());
                row.done_at = Some(at);
                row.error = Some(PERSON_ERASED.to_owned());
            }
        }
        let stream = StreamId::from(user);
        self.clients.retain(|_, (of, _)| of.as_ref() != Some(&stream));
    }

    fn work(&mut self, change: WorkChange, at: Timestamp) {
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
            WorkChange::FactorsForgotten { user } => {
                let kept = self.sessions.values_mut().filter(|kept| kept.session.user == user);
                kept.for_each(|kept| kept.remembered = None);
            }
            WorkChange::SignInFailed { key, at, until } => {
                let before = self.sign_in_failures.get(&key);
                let failed = before.map_or(FailedSignIns::first(at, until), |before| before.one_more(at, until));
                self.sign_in_failures.insert(key, failed);
            }
            WorkChange::SignInFailuresCleared(key) => drop(self.sign_in_failures.remove(&key)),
            WorkChange::Failures { user, failures } => drop(self.failures.insert(user, failures)),
            WorkChange::Lease { user, until } => drop(self.leases.insert(user, until)),
            WorkChange::CameraRoleMaking(making) => drop(self.makings.insert(making.role.clone(), making)),
            WorkChange::CameraRoleMade(role) => drop(self.makings.remove(&role)),
            WorkChange::ApiKeyUsed { prefix, at } => {
                let last = self.key_uses.entry(prefix).or_insert(at);
                *last = at.max(*last);
            }
            WorkChange::OutboxDelivered(id) => self.message(id, |row| {
                row.delivery = Delivery::Delivered;
                row.done_at = Some(at);
                row.error = None;
                row.message.payload = Secret::new(String::new());
            }),
            WorkChange::OutboxDelayed { id, not_before, error } => self.message(id, |row| {
                row.not_before = Some(not_before);
                row.error = error;
            }),
            WorkChange::OutboxBuried { id, reason } => self.message(id, |row| {
                row.delivery = Delivery::Buried(reason.clone());
                row.done_at = Some(at);
                row.error = Some(reason);
            }),
            WorkChange::OutboxRetried { id, not_before } => {
                if let Some(row) = self.outbox.iter_mut().find(|row| row.message.id == id)
                    && matches!(row.delivery, Delivery::Buried(_))
                    && row.has_payload()
                {
                    row.delivery = Delivery::Waiting;
                    row.not_before = Some(not_before);
                    row.done_at = None;
                }
            }
        }
    }

    fn message(&mut self, id: OutboxId, change: impl FnOnce(&mut OutboxRow)) {
        let waiting = |row: &&mut OutboxRow| row.message.id == id && row.delivery == Delivery::Waiting;
        if let Some(row) = self.outbox.iter_mut().find(waiting) {
            change(row);
        }
    }
}
