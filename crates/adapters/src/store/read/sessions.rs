//! Who is signed in.

use async_trait::async_trait;
use portcullis_domain::port::{Sessions, Unavailable};
use portcullis_domain::session::{SignedIn, TokenHash};

use super::lock_access::status;
use super::roles;
use crate::store::row::Row;
use crate::store::{Fault, SeaStore};

pub(super) const FIND: &str = "SELECT s.user_id, u.status, a.username, v.roles FROM work_sessions s \
    JOIN view_users u ON u.user_id = s.user_id JOIN view_accounts v ON v.user_id = s.user_id \
    JOIN private_accounts a ON a.user_id = s.user_id WHERE s.token = $1 AND a.username IS NOT NULL";

#[async_trait]
impl Sessions for SeaStore {
    async fn find(&self, token: &TokenHash) -> Result<Option<SignedIn>, Unavailable> {
        let row = self.database().one(FIND, vec![token.as_bytes().to_vec().into()]).await?;
        let read = |row: &Row| -> Result<_, Fault> {
            Ok(SignedIn {
                user: row.user("user_id")?,
                token: *token,
                status: status(row)?,
                username: row.username("username")?,
                roles: roles(row)?,
            })
        };
        Ok(row.as_ref().map(read).transpose()?)
    }
}
