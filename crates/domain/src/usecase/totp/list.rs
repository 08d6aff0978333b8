//! Who has which second factor.

use std::convert::Infallible;
use std::sync::Arc;

use crate::ids::UserId;
use crate::policy::{Action, Caller, Resource, allows};
use crate::port::TotpStore;
use crate::totp::{FactorFilter, FactorSummary};
use crate::usecase::UseCaseError;

/// A page of people with accounts, and what each has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecondFactorPage {
    /// In the order of the people's ids.
    pub people: Vec<FactorSummary>,
    /// Whom to go on after; none when these are the last.
    pub next: Option<UserId>,
}

/// Lists people with accounts and their second factors.
pub struct ListSecondFactors {
    factors: Arc<dyn TotpStore>,
}

impl ListSecondFactors {
    /// Wires the use case.
    pub fn new(factors: Arc<dyn TotpStore>) -> Self {
        Self { factors }
    }

    /// Reads a page. One person more than asked for is looked for, so that `next` never leads to an empty page.
    pub async fn execute(
        &self,
        caller: &Caller,
        filter: Option<FactorFilter>,
        after: Option<UserId>,
        limit: u32,
    ) -> Result<SecondFactorPage, UseCaseError<Infallible>> {
        allows(caller, Action::ListSecondFactors, Resource::Service)?;
        let mut people = self.factors.page(filter, after, limit.saturating_add(1)).await?;
        let more = people.len() > limit as usize;
        people.truncate(limit as usize);
        Ok(SecondFactorPage { next: people.last().filter(|_| more).map(|last| last.user), people })
    }
}
