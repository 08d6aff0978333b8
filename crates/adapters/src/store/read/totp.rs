//! Second factors.

use async_trait::async_trait;
use portcullis_domain::ids::UserId;
use portcullis_domain::port::{TotpStore, Unavailable};
use portcullis_domain::text::UserName;
use portcullis_domain::totp::{BackupCodes, Failures, SecondFactor, Totp, TotpSecret};
use portcullis_domain::user::PasswordHash;

use crate::store::row::Row;
use crate::store::write::totp_place;
use crate::store::{Fault, SeaStore};

/// An account shows here only while its view has it, as everywhere.
pub(super) const FIND: &str = "SELECT \
    CASE WHEN v.user_id IS NOT NULL THEN a.username END AS username, \
    CASE WHEN v.user_id IS NOT NULL THEN a.password_hash END AS password_hash, \
    t.user_id AS enrolled, t.secret, t.pending, t.backup_salt, t.backup_hashes, t.last_step, f.count, f.since, \
    (SELECT g.value FROM work_guards g WHERE g.key = 'second-factor/' || $1) AS revision, \
    (SELECT g.value FROM work_guards g WHERE g.key = 'epoch/' || $1) AS epoch, \
    (SELECT count(*) FROM work_sessions s WHERE s.user_id = $1 \
    AND (s.expires_at IS NULL OR s.expires_at > $2)) AS sessions \
    FROM (SELECT 1 AS one) AS x LEFT JOIN private_accounts a ON a.user_id = $1 \
    LEFT JOIN view_accounts v ON v.user_id = $1 LEFT JOIN private_totp t ON t.user_id = $1 \
    LEFT JOIN work_failures f ON f.user_id = $1";

#[async_trait]
impl TotpStore for SeaStore {
    async fn find(&self, user: UserId) -> Result<SecondFactor, Unavailable> {
        let row = self.database().one(FIND, vec![user.to_string().into(), self.now().unix_micros().into()]).await?;
        let row = row.ok_or(Fault::Unreadable("an empty answer"))?;
        let count = u32::try_from(row.number("count")?).map_err(|_| Fault::Unreadable("count"))?;
        let enrolled = row.maybe_text("enrolled")?.is_some();
        Ok(SecondFactor {
            user,
            username: row.maybe_parsed("username", |text| UserName::parse(&text))?,
            password: row.maybe_text("password_hash")?.map(PasswordHash::new),
            totp: if enrolled { Some(self.totp(&row, user)?) } else { None },
            failures: Failures { count, since: row.maybe_time("since")? },
            revision: row.number("revision")?,
            epoch: row.number("epoch")?,
            sessions: row.number("sessions")?,
        })
    }
}

impl SeaStore {
    fn totp(&self, row: &Row, user: UserId) -> Result<Totp, Fault> {
        let id = user.to_string();
        let open = |purpose: &'static str| -> Result<Option<TotpSecret>, Fault> {
            let Some(sealed) = row.maybe_bytes(purpose)? else { return Ok(None) };
            Ok(Some(TotpSecret::new(self.sealer().open_text(totp_place(&id, purpose), &sealed)?)))
        };
        let backup = match (row.maybe_bytes("backup_salt")?, row.maybe_bytes("backup_hashes")?) {
            (Some(salt), Some(bytes)) => {
                let (hashes, []) = bytes.as_chunks::<32>() else {
                    return Err(Fault::Unreadable("backup_hashes"));
                };
                Some(BackupCodes { salt, hashes: hashes.to_vec() })
            }
            _ => None,
        };
        Ok(Totp {
            user,
            secret: open("secret")?,
            pending: open("pending")?,
            backup,
            last_step: row.maybe_number("last_step")?,
        })
    }
}
