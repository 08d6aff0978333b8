//! Second factors.

use async_trait::async_trait;
use portcullis_domain::ids::UserId;
use portcullis_domain::port::{TotpStore, Unavailable};
use portcullis_domain::text::{EmailAddress, UserName};
use portcullis_domain::totp::{
    BackupCodes, EmailCode, EmailCodes, EmailFactor, FactorFilter, FactorSummary, Failures, SecondFactor, Totp,
    TotpSecret,
};
use portcullis_domain::user::PasswordHash;

use crate::store::row::Row;
use crate::store::write::totp_place;
use crate::store::{Fault, SeaStore};

/// An account shows here only while its view has it, as everywhere.
pub(super) const FIND: &str = "SELECT \
    CASE WHEN v.user_id IS NOT NULL THEN a.username END AS username, \
    CASE WHEN v.user_id IS NOT NULL THEN a.password_hash END AS password_hash, \
    CASE WHEN v.user_id IS NOT NULL THEN a.created_at END AS account_since, \
    t.user_id AS enrolled, t.secret, t.pending, t.backup_salt, t.backup_hashes, t.last_step, f.count, f.since, \
    e.enabled, CASE WHEN p.email_verified THEN p.email END AS address, \
    c.address AS sent_to, c.salt, c.hashes, c.sent_at, c.expires_at, c.failures, c.resent, c.mails, c.mails_since, \
    (SELECT g.value FROM work_guards g WHERE g.key = 'second-factor/' || $1) AS revision, \
    (SELECT g.value FROM work_guards g WHERE g.key = 'epoch/' || $1) AS epoch, \
    (SELECT count(*) FROM work_sessions s WHERE s.user_id = $1 \
    AND (s.expires_at IS NULL OR s.expires_at > $2)) AS sessions \
    FROM (SELECT 1 AS one) AS x LEFT JOIN private_accounts a ON a.user_id = $1 \
    LEFT JOIN view_accounts v ON v.user_id = $1 LEFT JOIN private_totp t ON t.user_id = $1 \
    LEFT JOIN private_email_factors e ON e.user_id = $1 LEFT JOIN private_email_codes c ON c.user_id = $1 \
    LEFT JOIN private_profiles p ON p.user_id = $1 LEFT JOIN work_failures f ON f.user_id = $1";

#[async_trait]
impl TotpStore for SeaStore {
    async fn find(&self, user: UserId) -> Result<SecondFactor, Unavailable> {
        let row = self.database().one(FIND, vec![user.to_string().into(), self.now().unix_micros().into()]).await?;
        let row = row.ok_or(Fault::Unreadable("an empty answer"))?;
        let enrolled = row.maybe_text("enrolled")?.is_some();
        Ok(SecondFactor {
            user,
            username: row.maybe_parsed("username", |text| UserName::parse(&text))?,
            password: row.maybe_text("password_hash")?.map(PasswordHash::new),
            account_since: row.maybe_time("account_since")?,
            totp: if enrolled { Some(self.totp(&row, user)?) } else { None },
            email: email(&row)?,
            failures: Failures { count: count(&row, "count")?, since: row.maybe_time("since")? },
            revision: row.number("revision")?,
            epoch: row.number("epoch")?,
            sessions: row.number("sessions")?,
        })
    }

    async fn page(
        &self,
        filter: Option<FactorFilter>,
        after: Option<UserId>,
        limit: u32,
    ) -> Result<Vec<FactorSummary>, Unavailable> {
        self.factors(filter, after, limit).await
    }
}

fn count(row: &Row, column: &'static str) -> Result<u32, Fault> {
    u32::try_from(row.number(column)?).map_err(|_| Fault::Unreadable(column))
}

fn hashes(row: &Row, salt: &'static str, hashes: &'static str) -> Result<Option<BackupCodes>, Fault> {
    let (Some(salt), Some(bytes)) = (row.maybe_bytes(salt)?, row.maybe_bytes(hashes)?) else { return Ok(None) };
    let (each, []) = bytes.as_chunks::<32>() else { return Err(Fault::Unreadable(hashes)) };
    Ok(Some(BackupCodes { salt, hashes: each.to_vec() }))
}

fn email(row: &Row) -> Result<EmailFactor, Fault> {
    let live = match hashes(row, "salt", "hashes")? {
        None => None,
        Some(hash) => Some(EmailCode {
            hash,
            to: row.email("sent_to")?,
            sent_at: row.time("sent_at")?,
            expires_at: row.time("expires_at")?,
            failures: count(row, "failures")?,
            resent: row.flag("resent")?,
        }),
    };
    let codes = EmailCodes { live, mails: count(row, "mails")?, mails_since: row.maybe_time("mails_since")? };
    Ok(EmailFactor {
        enabled: row.get::<Option<bool>>("enabled")?.unwrap_or_default(),
        address: row.maybe_parsed("address", |text| EmailAddress::parse(&text))?,
        codes,
    })
}

impl SeaStore {
    fn totp(&self, row: &Row, user: UserId) -> Result<Totp, Fault> {
        let id = user.to_string();
        let open = |purpose: &'static str| -> Result<Option<TotpSecret>, Fault> {
            let Some(sealed) = row.maybe_bytes(purpose)? else { return Ok(None) };
            Ok(Some(TotpSecret::new(self.sealer().open_text(totp_place(&id, purpose), &sealed)?)))
        };
        Ok(Totp {
            user,
            secret: open("secret")?,
            pending: open("pending")?,
            backup: hashes(row, "backup_salt", "backup_hashes")?,
            last_step: row.maybe_number("last_step")?,
        })
    }
}
