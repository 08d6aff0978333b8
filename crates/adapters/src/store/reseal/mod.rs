//! Changing the sealing key: every sealed value is sealed anew with the newest one.
//!
//! Values are read page by page and written in small transactions, each only where it is still the one that was read, so
//! it runs beside any number of serving processes and may be broken off and begun again. The key of hashes comes last:
//! a process with the newest key alone cannot start before everything else is done.

mod hashing;
mod places;

use std::collections::BTreeMap;

use sea_orm::{ConnectionTrait, Statement, Value};

pub(super) use self::places::statements;
use self::places::{SEALED, Sealed};
use super::{Fault, SeaStore};
use crate::seal::{KeyId, sealed_with};

/// Values read at a time.
const PAGE: i64 = 100;
/// Values written by one transaction: few enough that no writer notices.
const CHUNK: usize = 20;
/// Times everything is looked through before giving up on processes that go on sealing with another key.
const PASSES: u32 = 10;

/// What is sealed with which key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealCensus {
    /// The key that seals now.
    pub newest: KeyId,
    /// How many values there are of each key, whether it is known or not. The known ones are all in here.
    pub values: BTreeMap<KeyId, u64>,
    /// Keys that are known besides the newest.
    pub older: Vec<KeyId>,
    /// Values that are of a known key and yet cannot be opened, or no sealed values at all.
    pub damaged: u64,
}

impl SealCensus {
    /// Values under the newest key.
    pub fn under_newest(&self) -> u64 {
        self.values.get(&self.newest).copied().unwrap_or_default()
    }

    /// Values under older keys that are known.
    pub fn under_older(&self) -> u64 {
        self.older.iter().filter_map(|key| self.values.get(key)).sum()
    }

    /// Values no known key opens.
    pub fn unopened(&self) -> u64 {
        self.values.values().sum::<u64>() - self.under_newest() - self.under_older() + self.damaged
    }
}

/// What a change of keys did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resealed {
    /// Values sealed anew.
    pub resealed: u64,
    /// Values somebody else changed meanwhile; they were looked at again.
    pub overtaken: u64,
    /// What there is now.
    pub census: SealCensus,
}

/// One sealed value as it was read.
struct Found {
    /// The row's key, as the place names it.
    row: String,
    /// The same as the database has it.
    key: Value,
    sealed: Vec<u8>,
}

impl SeaStore {
    /// Counts the sealed values by their keys, opening each; writes nothing.
    pub async fn seal_census(&self) -> Result<SealCensus, Fault> {
        self.census_of(SEALED).await
    }

    async fn census_of(&self, places: &'static [Sealed]) -> Result<SealCensus, Fault> {
        let ids = self.sealer().key_ids();
        let (newest, older) = ids.split_first().ok_or(Fault::Unreadable("the master keys"))?;
        let values = ids.iter().map(|id| (*id, 0)).collect();
        let mut census = SealCensus { newest: *newest, values, older: older.to_vec(), damaged: 0 };
        for sealed in places {
            let mut after = sealed.before_all();
            loop {
                let page = self.page_of(sealed, after).await?;
                for found in &page {
                    match sealed_with(&found.sealed) {
                        Ok(id) if !ids.contains(&id) || self.opens(sealed, found) => {
                            *census.values.entry(id).or_default() += 1;
                        }
                        _ => census.damaged += 1,
                    }
                }
                let Some(last) = page.last() else { break };
                after = last.key.clone();
            }
        }
        Ok(census)
    }

    /// Seals every value anew that is not of the newest key. `done` hears how many are, now and then.
    pub async fn reseal(&self, done: &(dyn Fn(u64) + Sync)) -> Result<Resealed, Fault> {
        let (mut resealed, mut overtaken) = (0, 0);
        let (hashing, rest) = SEALED.split_last().ok_or(Fault::Unreadable("the places of sealed values"))?;
        for _ in 0..PASSES {
            let before = resealed + overtaken;
            for sealed in rest {
                self.reseal_column(sealed, &mut resealed, &mut overtaken, done).await?;
            }
            if resealed + overtaken == before {
                break;
            }
        }
        // Whoever starts with the newest key alone asks for this one first, and is told when the others are not done.
        if self.census_of(rest).await?.under_older() == 0 {
            self.reseal_column(hashing, &mut resealed, &mut overtaken, done).await?;
        }
        Ok(Resealed { resealed, overtaken, census: self.seal_census().await? })
    }

    async fn reseal_column(
        &self,
        sealed: &'static Sealed,
        resealed: &mut u64,
        overtaken: &mut u64,
        done: &(dyn Fn(u64) + Sync),
    ) -> Result<(), Fault> {
        let mut after = sealed.before_all();
        loop {
            let page = self.page_of(sealed, after).await?;
            let Some(last) = page.last() else { return Ok(()) };
            after = last.key.clone();
            let newest = self.sealer().key_ids().first().copied();
            let stale: Vec<_> = page.iter().filter(|found| sealed_with(&found.sealed).ok() != newest).collect();
            for chunk in stale.chunks(CHUNK) {
                let (written, beaten) = self.swap(sealed, chunk).await?;
                *resealed += written;
                *overtaken += beaten;
                done(*resealed);
            }
        }
    }

    /// Puts newly sealed values in the place of those read, each only where nobody was quicker. Values no key opens stay.
    async fn swap(&self, sealed: &'static Sealed, chunk: &[&Found]) -> Result<(u64, u64), Fault> {
        let mut fresh = Vec::with_capacity(chunk.len());
        for found in chunk {
            let place = sealed.place(&found.row);
            if let Ok(plain) = self.sealer().open(place, &found.sealed) {
                fresh.push((*found, self.sealer().seal(place, &plain)?));
            }
        }
        if fresh.is_empty() {
            return Ok((0, 0));
        }
        let database = self.database();
        let (mut written, mut beaten) = (0, 0);
        let transaction = database.begin_write().await?;
        for (found, bytes) in fresh {
            let values = [bytes.into(), found.key.clone(), found.sealed.clone().into()];
            let swap = Statement::from_sql_and_values(database.backend, sealed.swap, values);
            match transaction.execute_raw(swap).await?.rows_affected() {
                0 => beaten += 1,
                _ => written += 1,
            }
        }
        transaction.commit().await?;
        Ok((written, beaten))
    }

    fn opens(&self, sealed: &Sealed, found: &Found) -> bool {
        self.sealer().open(sealed.place(&found.row), &found.sealed).is_ok()
    }

    async fn page_of(&self, sealed: &'static Sealed, after: Value) -> Result<Vec<Found>, Fault> {
        let rows = self.database().all(sealed.page, vec![after, PAGE.into()]).await?;
        rows.iter().map(|row| sealed.found(row)).collect()
    }
}
