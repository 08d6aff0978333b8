//! How many sign-ins failed.

use async_trait::async_trait;
use portcullis_domain::port::{SignInFailures, Unavailable};
use portcullis_domain::session::{FailedSignIns, FailureCounts, FailureKey};

use crate::store::row::Row;
use crate::store::{Fault, SeaStore};

pub(super) const FIND: &str =
    "SELECT f.key, f.count, f.since, f.until FROM work_sign_in_failures f WHERE f.key IN ($1, $2)";

#[async_trait]
impl SignInFailures for SeaStore {
    async fn find(&self, account: &FailureKey, address: Option<FailureKey>) -> Result<FailureCounts, Unavailable> {
        // Without a client the account's is looked up twice, which costs nothing and keeps the statement one.
        let second = address.unwrap_or(*account);
        let keys = [account, &second].map(|key| key.as_bytes().to_vec().into());
        let mut counts = FailureCounts::default();
        for row in self.database().all(FIND, keys.into()).await? {
            let key = FailureKey::new(row.digest("key")?);
            let failed = Some(failed(&row)?);
            if key == *account {
                counts.account = failed;
            } else {
                counts.address = failed;
            }
        }
        Ok(counts)
    }
}

fn failed(row: &Row) -> Result<FailedSignIns, Fault> {
    Ok(FailedSignIns {
        count: u32::try_from(row.number("count")?).unwrap_or(u32::MAX),
        since: row.time("since")?,
        until: row.time("until")?,
    })
}
