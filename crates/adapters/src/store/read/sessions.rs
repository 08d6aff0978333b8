//! Who is signed in.

use async_trait::async_trait;
use portcullis_domain::permission::effective;
use portcullis_domain::port::{Sessions, Unavailable};
use portcullis_domain::session::{PersonalAccessToken, RememberedFactor, SessionKind, SignedIn, TokenHash, TokenName};

use super::lock_access::status;
use super::permissions::{changed, changed_roles};
use super::roles;
use crate::store::row::Row;
use crate::store::write::{PERSONAL, SIGN_IN};
use crate::store::{Fault, SeaStore};

pub(super) const FIND: &str = concat!(
    "SELECT s.user_id, u.status, a.username, v.roles, ",
    changed_roles!(),
    " AS changed_roles, s.kind, s.expires_at, s.name, \
    s.last_part, s.bypass, s.remembered_until, s.remembered_by FROM work_sessions s \
    JOIN view_users u ON u.user_id = s.user_id JOIN view_accounts v ON v.user_id = s.user_id \
    JOIN private_accounts a ON a.user_id = s.user_id WHERE s.token = $1 AND a.username IS NOT NULL \
    AND (s.expires_at IS NULL OR s.expires_at > $2)"
);

fn kind(row: &Row) -> Result<SessionKind, Fault> {
    match row.text("kind")?.as_str() {
        SIGN_IN => Ok(SessionKind::SignIn),
        PERSONAL => Ok(SessionKind::PersonalAccessToken(personal(row)?)),
        _ => Err(Fault::Unreadable("kind")),
    }
}

fn personal(row: &Row) -> Result<PersonalAccessToken, Fault> {
    Ok(PersonalAccessToken {
        name: row.parsed("name", TokenName::parse)?,
        last_part: row.text("last_part")?,
        bypass_two_factor: row.flag("bypass")?,
    })
}

fn remembered(row: &Row) -> Result<Option<RememberedFactor>, Fault> {
    let Some(until) = row.maybe_time("remembered_until")? else { return Ok(None) };
    Ok(Some(RememberedFactor { until, fingerprint: row.digest("remembered_by")? }))
}

#[async_trait]
impl Sessions for SeaStore {
    async fn find(&self, token: &TokenHash) -> Result<Option<SignedIn>, Unavailable> {
        let values = vec![token.as_bytes().to_vec().into(), self.now().unix_micros().into()];
        let row = self.database().one(FIND, values).await?;
        let read = |row: &Row| -> Result<_, Fault> {
            let roles = roles(row)?;
            Ok(SignedIn {
                permissions: effective(&roles, &changed(row, "changed_roles")?),
                user: row.user("user_id")?,
                token: *token,
                status: status(row)?,
                username: row.username("username")?,
                roles,
                kind: kind(row)?,
                expires_at: row.maybe_time("expires_at")?,
                remembered: remembered(row)?,
            })
        };
        Ok(row.as_ref().map(read).transpose()?)
    }
}
