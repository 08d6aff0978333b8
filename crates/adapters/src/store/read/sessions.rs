//! Who is signed in.

use std::collections::HashMap;

use async_trait::async_trait;
use portcullis_domain::port::{Sessions, Unavailable};
use portcullis_domain::session::{SignedIn, TokenHash};
use serde_json::json;

use super::hinted::Hinted;
use super::lock_access::status;
use super::roles;
use crate::store::connect::Database;
use crate::store::row::Row;
use crate::store::together::Together;
use crate::store::write::hex;
use crate::store::{Fault, SeaStore};

/// By the tokens of a JSON array, in hex. A cross join keeps its order on `SQLite`.
macro_rules! find {
    ($tokens:literal, $token:literal) => {
        concat!(
            "SELECT s.token, s.user_id, u.status, a.username, v.roles FROM ",
            $tokens,
            " CROSS JOIN work_sessions s JOIN view_users u ON u.user_id = s.user_id \
             JOIN view_accounts v ON v.user_id = s.user_id JOIN private_accounts a ON a.user_id = s.user_id \
             WHERE s.token = ",
            $token,
            " AND a.username IS NOT NULL"
        )
    };
}

pub(super) const FIND: Hinted = Hinted {
    sqlite: find!("json_each($1) AS r", "unhex(r.value)"),
    postgres: find!("json_array_elements_text($1::json) AS r (value)", "decode(r.value, 'hex')"),
};

/// Looks sessions up together.
pub(in crate::store) fn sessions(database: &Database) -> Together<TokenHash, SignedIn> {
    let database = database.clone();
    Together::start(move |tokens: Vec<TokenHash>| {
        let database = database.clone();
        async move {
            let tokens: Vec<_> = tokens.iter().map(|token| hex(token.as_bytes())).collect();
            let rows = database.all(FIND.on(database.backend), vec![json!(tokens).to_string().into()]).await?;
            rows.iter()
                .map(|row| signed_in(row).map(|found| (found.token, found)))
                .collect::<Result<HashMap<_, _>, _>>()
        }
    })
}

fn signed_in(row: &Row) -> Result<SignedIn, Fault> {
    Ok(SignedIn {
        user: row.user("user_id")?,
        token: TokenHash::new(row.digest("token")?),
        status: status(row)?,
        username: row.username("username")?,
        roles: roles(row)?,
    })
}

#[async_trait]
impl Sessions for SeaStore {
    async fn find(&self, token: &TokenHash) -> Result<Option<SignedIn>, Unavailable> {
        Ok(self.inner.sessions.find(*token).await?)
    }
}
