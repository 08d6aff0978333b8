//! Accounts in the order of their names.

use portcullis_domain::port::AccountPage;
use sea_orm::Value;

use super::bound;
use super::hinted::{Hinted, hinted};
use super::prefix::{can_begin, end_of_prefix};
use super::users::{person, person_of};
use crate::store::{Fault, SeaStore};

/// Names as they are compared, from one up to another.
macro_rules! names {
    ($columns:literal, $hint:literal) => {
        concat!(
            "SELECT ",
            $columns,
            " FROM private_accounts n ",
            $hint,
            " WHERE n.username_folded >= $1 AND n.username_folded < $2"
        )
    };
}

macro_rules! accounts {
    ($hint:literal) => {
        concat!(
            person!("FROM ("),
            names!("n.user_id, n.username_folded", $hint),
            " ORDER BY n.username_folded, n.user_id LIMIT $3 OFFSET $4) AS page \
             CROSS JOIN private_accounts a CROSS JOIN view_users u CROSS JOIN view_accounts v \
             LEFT JOIN private_profiles p ON p.user_id = a.user_id \
             WHERE a.user_id = page.user_id AND u.user_id = page.user_id AND v.user_id = page.user_id \
             ORDER BY page.username_folded, page.user_id"
        )
    };
}

/// What is left out is left out within the index of names. A cross join keeps its order on `SQLite`.
pub(super) const ACCOUNTS: Hinted = hinted!(accounts, "INDEXED BY private_accounts_by_name");

macro_rules! account_count {
    ($hint:literal) => {
        names!("count(*) AS found", $hint)
    };
}

pub(super) const ACCOUNT_COUNT: Hinted = hinted!(account_count, "INDEXED BY private_accounts_by_name");

impl SeaStore {
    pub(super) async fn account_page(&self, name_prefix: &str, offset: u64, limit: u32) -> Result<AccountPage, Fault> {
        let prefix = name_prefix.to_lowercase();
        if !can_begin(&prefix) {
            return Ok(AccountPage::default());
        }
        let end = end_of_prefix(&prefix).unwrap_or_else(|| char::MAX.to_string());
        let backend = self.database().backend;
        let names: Vec<Value> = vec![prefix.into(), end.into()];
        let mut values = names.clone();
        values.extend([bound(limit.into()), bound(offset)]);
        let rows = self.database().all(ACCOUNTS.on(backend), values).await?;
        let people = rows.iter().map(person_of).collect::<Result<_, _>>()?;
        let row = self.database().one(ACCOUNT_COUNT.on(backend), names).await?;
        Ok(AccountPage { people, total: row.ok_or(Fault::Unreadable("an empty answer"))?.number("found")? })
    }
}
