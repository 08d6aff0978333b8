//! Reading failed sign-ins.

use async_trait::async_trait;
use portcullis_domain::port::{SignInFailures, Unavailable};
use portcullis_domain::session::{FailureCounts, FailureKey};

use super::MemoryStore;

#[async_trait]
impl SignInFailures for MemoryStore {
    async fn find(&self, account: &FailureKey, address: Option<FailureKey>) -> Result<FailureCounts, Unavailable> {
        let state = self.reading()?;
        let count = |key: &FailureKey| state.sign_in_failures.get(key).copied();
        Ok(FailureCounts { account: count(account), address: address.as_ref().and_then(count) })
    }
}
