//! Who is signed in.

use std::sync::Arc;

use async_trait::async_trait;
use portcullis_domain::clock::Clock;
use portcullis_domain::ids::UserId;
use portcullis_domain::permission::effective;
use portcullis_domain::port::{Crowded, Sessions, Unavailable};
use portcullis_domain::session::{
    HeldToken, HeldTokens, PersonalAccessToken, RememberedFactor, SessionKind, SignedIn, TokenHash, TokenName,
};
use serde_json::json;

use super::hinted::Hinted;
use super::lock_access::status;
use super::permissions::{changed, changed_roles};
use super::roles;
use crate::store::connect::Database;
use crate::store::row::Row;
use crate::store::together::{Found, Together};
use crate::store::write::{PERSONAL, SIGN_IN, hex};
use crate::store::{Fault, SeaStore};

/// By the tokens of a JSON array, in hex. A cross join keeps its order on `SQLite`.
macro_rules! find {
    ($tokens:literal, $token:literal) => {
        concat!(
            "SELECT s.token, s.user_id, u.status, a.username, v.roles, ",
            changed_roles!(),
            " AS changed_roles, s.kind, s.expires_at, s.name, s.last_part, s.bypass, s.remembered_until, \
             s.remembered_by, \
             (SELECT g.value FROM work_guards g WHERE g.key = 'epoch/' || s.user_id) AS epoch FROM ",
            $tokens,
            " CROSS JOIN work_sessions s JOIN view_users u ON u.user_id = s.user_id \
             JOIN view_accounts v ON v.user_id = s.user_id JOIN private_accounts a ON a.user_id = s.user_id \
             WHERE s.token = ",
            $token,
            " AND a.username IS NOT NULL AND (s.expires_at IS NULL OR s.expires_at > $2)"
        )
    };
}

pub(super) const FIND: Hinted = Hinted {
    sqlite: find!("json_each($1) AS r", "unhex(r.value)"),
    postgres: find!("json_array_elements_text($1::json) AS r (value)", "decode(r.value, 'hex')"),
};

/// Looks sessions up together.
pub(in crate::store) fn sessions(database: &Database, clock: &Arc<dyn Clock>) -> Together<TokenHash, SignedIn> {
    let (database, clock) = (database.clone(), Arc::clone(clock));
    Together::start(Crowded("lookups of sessions"), move |tokens: Vec<TokenHash>| {
        let (database, now) = (database.clone(), clock.now());
        async move {
            let tokens: Vec<_> = tokens.iter().map(|token| hex(token.as_bytes())).collect();
            let values = vec![json!(tokens).to_string().into(), now.unix_micros().into()];
            let rows = database.all(FIND.on(database.backend), values).await?;
            let found = rows.iter().map(|row| Ok((TokenHash::new(row.digest("token")?), signed_in(row))));
            found.collect::<Result<Found<_, _>, Fault>>()
        }
    })
}

fn signed_in(row: &Row) -> Result<SignedIn, Fault> {
    let roles = roles(row)?;
    Ok(SignedIn {
        permissions: effective(&roles, &changed(row, "changed_roles")?),
        user: row.user("user_id")?,
        token: TokenHash::new(row.digest("token")?),
        status: status(row)?,
        username: row.username("username")?,
        roles,
        kind: kind(row)?,
        expires_at: row.maybe_time("expires_at")?,
        remembered: remembered(row)?,
        epoch: row.number("epoch")?,
    })
}

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

/// Without tokens one row, for the epoch.
pub(super) const TOKENS_OF: &str = "SELECT \
    (SELECT g.value FROM work_guards g WHERE g.key = 'epoch/' || $1) AS epoch, \
    s.token, s.started_at, s.name, s.last_part, s.bypass FROM (SELECT 1 AS one) AS x \
    LEFT JOIN work_sessions s ON s.user_id = $1 AND s.kind = 'personal' ORDER BY s.started_at, s.token";

#[async_trait]
impl Sessions for SeaStore {
    async fn find(&self, token: &TokenHash) -> Result<Option<SignedIn>, Unavailable> {
        Ok(self.inner.sessions.find(*token).await?)
    }

    async fn tokens_of(&self, user: UserId) -> Result<HeldTokens, Unavailable> {
        let rows = self.database().all(TOKENS_OF, vec![user.to_string().into()]).await?;
        let epoch = rows.first().ok_or(Fault::Unreadable("an empty answer"))?.number("epoch")?;
        let held = |row: &Row| -> Result<_, Fault> {
            let Some(token) = row.maybe_bytes("token")? else { return Ok(None) };
            let token = TokenHash::new(token.try_into().map_err(|_| Fault::Unreadable("token"))?);
            Ok(Some(HeldToken { token, created_at: row.time("started_at")?, about: personal(row)? }))
        };
        let tokens = rows.iter().filter_map(|row| held(row).transpose()).collect::<Result<_, _>>()?;
        Ok(HeldTokens { user, epoch, tokens })
    }
}
