//! Second factors.

use async_trait::async_trait;
use portcullis_domain::commit::GuardKey;
use portcullis_domain::ids::UserId;
use portcullis_domain::port::{TotpStore, Unavailable};
use portcullis_domain::totp::{EmailFactor, FactorFilter, FactorSummary, SecondFactor, Totp};

use super::{MemoryStore, State};

#[async_trait]
impl TotpStore for MemoryStore {
    async fn find(&self, user: UserId) -> Result<SecondFactor, Unavailable> {
        let state = self.reading()?;
        let profile = state.profiles.get(&user);
        Ok(SecondFactor {
            user,
            username: state.accounts.get(&user).map(|account| account.username.clone()),
            password: state.passwords.get(&user).cloned(),
            account_since: state.accounts.get(&user).map(|account| account.created_at),
            totp: state.totps.get(&user).cloned(),
            email: EmailFactor {
                enabled: state.email_factors.get(&user).is_some_and(|(enabled, _)| *enabled),
                address: profile.filter(|profile| profile.email_verified).and_then(|profile| profile.email.clone()),
                codes: state.email_codes.get(&user).cloned().unwrap_or_default(),
            },
            failures: state.failures.get(&user).copied().unwrap_or_default(),
            revision: state.guard(GuardKey::SecondFactor(user)),
            epoch: state.guard(GuardKey::CredentialEpoch(user)),
            sessions: state.sessions_of(user, self.clock.now()),
        })
    }

    async fn page(
        &self,
        filter: Option<FactorFilter>,
        after: Option<UserId>,
        limit: u32,
    ) -> Result<Vec<FactorSummary>, Unavailable> {
        let state = self.reading()?;
        let wanted = |found: &FactorSummary| filter.is_none_or(|filter| found.is_listed(filter));
        let people = state.views.accounts.keys().filter(|user| after.is_none_or(|after| **user > after));
        let summaries = people.filter_map(|user| state.factor_summary(*user)).filter(wanted);
        Ok(summaries.take(limit as usize).collect())
    }
}

impl State {
    fn factor_summary(&self, user: UserId) -> Option<FactorSummary> {
        let totp = self.totps.get(&user);
        let email = self.email_factors.get(&user);
        let profile = self.profiles.get(&user);
        Some(FactorSummary {
            user,
            username: self.accounts.get(&user)?.username.clone(),
            totp: totp.map(Totp::state).unwrap_or_default(),
            totp_since: self.totp_states.get(&user).map(|(_, at)| *at),
            totp_last_used: totp.and_then(Totp::last_used),
            backup_codes: totp.map_or(0, Totp::backup_codes_left),
            email: email.is_some_and(|(enabled, _)| *enabled),
            email_since: email.map(|(_, at)| *at),
            address_verified: profile.is_some_and(|profile| profile.email_verified && profile.email.is_some()),
        })
    }
}
