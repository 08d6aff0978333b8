//! Private changes and claims as rows; secrets are sealed here.

use std::collections::BTreeSet;

use portcullis_domain::commit::{Claim, ClaimChange, PrivateChange};
use portcullis_domain::ids::UserId;
use portcullis_domain::text::{EmailAddress, PhoneNumber};
use portcullis_domain::threedeye::{Mapping, MappingState};
use portcullis_domain::totp::{EmailCode, EmailCodes, Totp, TotpSecret, TotpState};
use portcullis_domain::user::{Account, Profile};
use sea_orm::DbBackend;
use serde_json::{Value as Json, json};

use super::cameras::Cameras;
use super::factors::Factors;
use super::overlay::Overlay;
use super::step::{Step, cell, hex, source};
use super::tables::{
    CLAIMS, CLIENTS, EMAIL_CODES, EMAIL_FACTORS, KEPT_KEYS, Kind, LANGUAGES, PRIVATE_ACCOUNTS, PROFILES, RECOVERY,
    TENANT_OWNERS, THREEDEYE, TOTP,
};
use super::views::micros;
use crate::seal::{Place, Sealer};
use crate::store::Fault;

/// Where a secret of a person's second factor is sealed for.
pub(in crate::store) const fn totp_place<'a>(user: &'a str, purpose: &'static str) -> Place<'a> {
    Place { table: "private_totp", row: user, purpose }
}

/// Where the password of a remote account is sealed for.
pub(in crate::store) const fn threedeye_place(user: &str) -> Place<'_> {
    Place { table: "private_threedeye", row: user, purpose: "password" }
}

pub(in crate::store) const fn mapping_state(state: MappingState) -> &'static str {
    match state {
        MappingState::Creating => "creating",
        MappingState::Live => "live",
        MappingState::Stale => "stale",
    }
}

/// What a batch does to personal data, secrets and names.
pub(super) struct Private<'a> {
    sealer: &'a Sealer,
    overlay: Overlay,
    factors: Factors,
    cameras: Cameras,
    /// Names let go, each by its owner.
    released: BTreeSet<(Vec<String>, UserId)>,
    /// People of whom nothing is to be left.
    erased: BTreeSet<UserId>,
}

impl<'a> Private<'a> {
    pub(super) fn new(sealer: &'a Sealer) -> Self {
        Self {
            sealer,
            overlay: Overlay::default(),
            factors: Factors::default(),
            cameras: Cameras::default(),
            released: BTreeSet::new(),
            erased: BTreeSet::new(),
        }
    }

    pub(super) fn apply(&mut self, change: &PrivateChange, at: i64) -> Result<(), Fault> {
        let overlay = &mut self.overlay;
        match change {
            PrivateChange::Profile(profile) => self.profile(profile)?,
            PrivateChange::Language { user, language: Some(language) } => {
                overlay.put(&LANGUAGES, vec![user.to_string()], vec![json!(language.as_str())]);
            }
            PrivateChange::Language { user, language: None } => overlay.delete(&LANGUAGES, vec![user.to_string()]),
            PrivateChange::Account(account) => self.account(account),
            PrivateChange::Password { user, hash } => {
                let cells = vec![Json::Null, Json::Null, Json::Null, Json::Null, json!(hash.expose())];
                overlay.put(&PRIVATE_ACCOUNTS, vec![user.to_string()], cells);
            }
            PrivateChange::Totp(totp) => self.totp(totp, at)?,
            PrivateChange::TotpGone(user) => {
                overlay.delete(&TOTP, vec![user.to_string()]);
                self.factors.totp(*user, TotpState::None, at);
            }
            PrivateChange::EmailFactor { user, enabled } => {
                overlay.put(&EMAIL_FACTORS, vec![user.to_string()], vec![json!(enabled)]);
                self.factors.email(*user, *enabled, at);
            }
            PrivateChange::EmailCodes { user, codes } if *codes == EmailCodes::default() => {
                overlay.delete(&EMAIL_CODES, vec![user.to_string()]);
            }
            PrivateChange::EmailCodes { user, codes } => {
                overlay.put(&EMAIL_CODES, vec![user.to_string()], email_codes(codes));
            }
            PrivateChange::ThreeDEye(mapping) => self.mapping(mapping)?,
            PrivateChange::ThreeDEyeGone(user) => {
                overlay.delete(&THREEDEYE, vec![user.to_string()]);
                self.cameras.in_use(*user, false);
            }
            PrivateChange::CameraTried { user, at } => self.cameras.tried(*user, *at),
            PrivateChange::PersonErased(user) => {
                for table in [
                    &PROFILES,
                    &LANGUAGES,
                    &PRIVATE_ACCOUNTS,
                    &TOTP,
                    &EMAIL_FACTORS,
                    &EMAIL_CODES,
                    &THREEDEYE,
                    &RECOVERY,
                ] {
                    overlay.delete(table, vec![user.to_string()]);
                }
                self.factors.erase(*user);
                self.erased.insert(*user);
            }
            PrivateChange::Recovery { user, roles } => {
                overlay.put(&RECOVERY, vec![user.to_string()], vec![json!(json!(roles).to_string())]);
            }
            PrivateChange::RecoveryGone(user) => overlay.delete(&RECOVERY, vec![user.to_string()]),
            PrivateChange::ApiKey(key) => {
                let cells = vec![json!(hex(&key.hash)), json!(key.last_four)];
                overlay.put(&KEPT_KEYS, vec![key.prefix.as_str().to_owned()], cells);
            }
            PrivateChange::TenantOwner { org, email } => {
                overlay.put(&TENANT_OWNERS, vec![org.as_str().to_owned()], vec![json!(email.as_str())]);
            }
        }
        Ok(())
    }

    fn profile(&mut self, profile: &Profile) -> Result<(), Fault> {
        let voucher = serde_json::to_string(&profile.email_voucher).map_err(|_| Fault::Unwritable("email_voucher"))?;
        let cells = vec![
            json!(profile.email.as_ref().map(EmailAddress::as_str)),
            json!(profile.email_verified),
            json!(voucher),
            json!(profile.first_name),
            json!(profile.last_name),
            json!(profile.phone_number.as_ref().map(PhoneNumber::as_str)),
        ];
        self.overlay.put(&PROFILES, vec![profile.user.to_string()], cells);
        Ok(())
    }

    fn account(&mut self, account: &Account) {
        self.factors.account(account.user);
        let cells = vec![
            json!(account.username.as_str()),
            json!(account.username.folded()),
            json!(account.name),
            json!(account.created_at.unix_micros()),
            Json::Null,
        ];
        self.overlay.put(&PRIVATE_ACCOUNTS, vec![account.user.to_string()], cells);
    }

    fn totp(&mut self, totp: &Totp, at: i64) -> Result<(), Fault> {
        self.factors.totp(totp.user, totp.state(), at);
        let user = totp.user.to_string();
        let seal = |secret: &Option<TotpSecret>, purpose| -> Result<Json, Fault> {
            let Some(secret) = secret else { return Ok(Json::Null) };
            Ok(json!(hex(&self.sealer.seal(totp_place(&user, purpose), secret.expose().as_bytes())?)))
        };
        let step = totp.last_step.map(i64::try_from).transpose().map_err(|_| Fault::Unwritable("last_step"))?;
        let cells = vec![
            seal(&totp.secret, "secret")?,
            seal(&totp.pending, "pending")?,
            json!(totp.backup.as_ref().map(|codes| hex(&codes.salt))),
            json!(totp.backup.as_ref().map(|codes| hex(codes.hashes.as_flattened()))),
            json!(step),
        ];
        self.overlay.put(&TOTP, vec![user], cells);
        Ok(())
    }

    fn mapping(&mut self, mapping: &Mapping) -> Result<(), Fault> {
        let user = mapping.user.to_string();
        let password = self.sealer.seal(threedeye_place(&user), mapping.password.expose().as_bytes())?;
        let cells = vec![
            json!(mapping.threedeye_user),
            json!(mapping.email.as_str()),
            json!(hex(&password)),
            json!(mapping_state(mapping.state)),
            json!(mapping.created_at.unix_micros()),
        ];
        self.overlay.put(&THREEDEYE, vec![user], cells);
        self.cameras.in_use(mapping.user, mapping.state == MappingState::Live);
        Ok(())
    }

    pub(super) fn claim(&mut self, change: &ClaimChange) {
        let key = |claim: &Claim| vec![claim.namespace().as_str().to_owned(), claim.value()];
        match change {
            ClaimChange::Take { claim, owner } => {
                let key = key(claim);
                self.released.retain(|(released, _)| *released != key);
                self.overlay.put(&CLAIMS, key, vec![json!(owner)]);
            }
            ClaimChange::Release { claim, owner } => {
                let key = key(claim);
                match self.overlay.pending(&CLAIMS, &key) {
                    // Taken within the batch: whoever had it before, it is gone now.
                    Some(cells) if cells[0] == json!(owner) => self.overlay.delete(&CLAIMS, key),
                    Some(_) => {}
                    None => drop(self.released.insert((key, *owner))),
                }
            }
        }
    }

    pub(super) fn steps(self, backend: DbBackend) -> Vec<Step> {
        let mut steps = self.overlay.steps(backend);
        steps.extend(self.factors.steps(backend));
        steps.extend(self.cameras.step(backend));
        if !self.released.is_empty() {
            let columns = [("namespace", Kind::Text), ("value", Kind::Text), ("user_id", Kind::Text)];
            let rows = self.released.into_iter().map(|(key, owner)| {
                let mut cells: Vec<Json> = key.into_iter().map(Json::String).collect();
                cells.push(json!(owner));
                cells
            });
            steps.push(Step::delete(backend, CLAIMS.name, &columns, rows.collect()));
        }
        if !self.erased.is_empty() {
            let rows = self.erased.into_iter().map(|user| vec![json!(user)]);
            steps.push(Step::over(erase_traces_sql(backend), rows.collect()));
        }
        steps
    }
}

fn email_codes(codes: &EmailCodes) -> Vec<Json> {
    let live = codes.live.as_ref();
    let of_live = |part: fn(&EmailCode) -> Json| live.map_or(Json::Null, part);
    vec![
        of_live(|code| json!(code.to.as_str())),
        of_live(|code| json!(hex(&code.hash.salt))),
        of_live(|code| json!(hex(code.hash.hashes.as_flattened()))),
        of_live(|code| json!(code.sent_at.unix_micros())),
        of_live(|code| json!(code.expires_at.unix_micros())),
        of_live(|code| json!(code.failures)),
        of_live(|code| json!(code.resent)),
        json!(codes.mails),
        micros(codes.mails_since),
    ]
}

/// Runs before the batch's own traces are put, or on Postgres in one statement with that, which sees the table as it was:
/// where the request came from that had somebody deleted is kept.
pub(super) fn erase_traces_sql(backend: DbBackend) -> String {
    format!(
        "DELETE FROM {} WHERE first_position IN (SELECT e.position FROM {} CROSS JOIN events e \
         WHERE e.aggregate_type = 'user' AND e.aggregate_id = {})",
        CLIENTS.name,
        source(backend),
        cell(backend, 0, Kind::Text)
    )
}
