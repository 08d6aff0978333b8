//! Camera accounts.

use std::collections::BTreeSet;

use async_trait::async_trait;
use portcullis_domain::clock::Timestamp;
use portcullis_domain::commit::GuardKey;
use portcullis_domain::ids::UserId;
use portcullis_domain::port::{ThreeDEyeAccounts, Unavailable};
use portcullis_domain::text::EmailAddress;
use portcullis_domain::threedeye::{
    AccountOwner, AccountState, KnownAccount, Lease, Mapping, MappingState, RemoteAccount, WithoutAccount,
};
use portcullis_domain::user::UserStatus;

use super::{MemoryStore, State};

impl State {
    fn camera(&self, user: UserId) -> AccountState {
        AccountState {
            mapping: self.mappings.get(&user).cloned(),
            recovery: self.recoveries.get(&user).cloned(),
            lease: Lease { fence: self.guard(GuardKey::ThreeDEye(user)), until: self.leases.get(&user).copied() },
        }
    }

    /// Those who lack an account, in the order of their turns.
    fn without_account(&self, tried_before: Timestamp) -> BTreeSet<WithoutAccount> {
        let active = |user: &UserId| self.views.users.get(user).is_some_and(|row| row.status == UserStatus::Active);
        let lacks = |user: &UserId| self.mappings.get(user).is_none_or(|mapping| mapping.state != MappingState::Live);
        let people = self.profiles.values().filter(|profile| profile.email.is_some()).map(|profile| profile.user);
        let people = people.filter(active).filter(lacks);
        let tried = people.map(|user| WithoutAccount { tried_at: self.camera_tries.get(&user).copied(), user });
        tried.filter(|waiting| waiting.tried_at.is_none_or(|tried| tried < tried_before)).collect()
    }
}

#[async_trait]
impl ThreeDEyeAccounts for MemoryStore {
    async fn find(&self, user: UserId) -> Result<AccountState, Unavailable> {
        let state = self.reading()?;
        Ok(state.camera(user))
    }

    async fn without_account(
        &self,
        tried_before: Timestamp,
        after: Option<WithoutAccount>,
        limit: u32,
    ) -> Result<Vec<WithoutAccount>, Unavailable> {
        let waiting = self.reading()?.without_account(tried_before);
        let rest = waiting.into_iter().filter(|waiting| after.is_none_or(|after| *waiting > after));
        Ok(rest.take(limit as usize).collect())
    }

    async fn count_without_account(&self, tried_before: Timestamp) -> Result<u64, Unavailable> {
        Ok(self.reading()?.without_account(tried_before).len() as u64)
    }

    async fn mappings(&self, after: Option<UserId>, limit: u32) -> Result<Vec<KnownAccount>, Unavailable> {
        let state = self.reading()?;
        let known = state.mappings.keys().filter(|user| after.is_none_or(|after| **user > after));
        Ok(known.filter_map(|user| KnownAccount::of(&state.camera(*user))).take(limit as usize).collect())
    }

    async fn owners(&self, accounts: &[RemoteAccount]) -> Result<Vec<AccountOwner>, Unavailable> {
        let state = self.reading()?;
        let owner = |account: &RemoteAccount| {
            let mapped = |fits: &dyn Fn(&Mapping) -> bool| {
                state.mappings.values().find(|mapping| fits(mapping)).map(|mapping| mapping.user)
            };
            AccountOwner {
                by_id: mapped(&|mapping| mapping.threedeye_user.as_ref() == Some(&account.id)),
                by_address: mapped(&|mapping| Some(&mapping.email) == account.email.as_ref()),
                person: account.email.as_ref().and_then(|email| state.addressed(email)),
            }
        };
        Ok(accounts.iter().map(owner).collect())
    }

    async fn is_claimed(&self, address: &EmailAddress, leaving_out: Option<UserId>) -> Result<bool, Unavailable> {
        let state = self.reading()?;
        let mut others = state.mappings.values().filter(|mapping| Some(mapping.user) != leaving_out);
        Ok(others.any(|mapping| {
            mapping.threedeye_user.is_none() && mapping.state != MappingState::Stale && mapping.email == *address
        }))
    }
}
