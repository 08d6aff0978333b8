//! Camera accounts.

use std::collections::BTreeSet;

use async_trait::async_trait;
use portcullis_domain::clock::Timestamp;
use portcullis_domain::commit::GuardKey;
use portcullis_domain::ids::UserId;
use portcullis_domain::port::{ThreeDEyeAccounts, Unavailable};
use portcullis_domain::threedeye::{AccountState, Lease, MappingState};

use super::{MemoryStore, State};

impl State {
    /// Those who lack an account, in the order of their turns.
    fn without_account(&self, tried_before: Timestamp) -> BTreeSet<(Option<Timestamp>, UserId)> {
        let lacks = |user: &UserId| self.mappings.get(user).is_none_or(|mapping| mapping.state != MappingState::Live);
        let people = self.profiles.values().filter(|profile| profile.email.is_some()).map(|profile| profile.user);
        let tried = people.filter(lacks).map(|user| (self.camera_tries.get(&user).copied(), user));
        tried.filter(|(tried, _)| tried.is_none_or(|tried| tried < tried_before)).collect()
    }
}

#[async_trait]
impl ThreeDEyeAccounts for MemoryStore {
    async fn find(&self, user: UserId) -> Result<AccountState, Unavailable> {
        let state = self.reading()?;
        Ok(AccountState {
            mapping: state.mappings.get(&user).cloned(),
            recovery: state.recoveries.get(&user).cloned(),
            lease: Lease { fence: state.guard(GuardKey::ThreeDEye(user)), until: state.leases.get(&user).copied() },
        })
    }

    async fn without_account(&self, tried_before: Timestamp, limit: u32) -> Result<Vec<UserId>, Unavailable> {
        let waiting = self.reading()?.without_account(tried_before);
        Ok(waiting.into_iter().map(|(_, user)| user).take(limit as usize).collect())
    }

    async fn count_without_account(&self, tried_before: Timestamp) -> Result<u64, Unavailable> {
        Ok(self.reading()?.without_account(tried_before).len() as u64)
    }
}
