//! Who has which second factor.

use portcullis_domain::ids::UserId;
use portcullis_domain::port::Unavailable;
use portcullis_domain::totp::{FactorFilter, FactorSummary, TotpState, step_begin};
use sea_orm::DbBackend;

use super::bound;
use super::hinted::{Hinted, hinted};
use crate::store::row::Row;
use crate::store::write::totp_word;
use crate::store::{Fault, SeaStore};

macro_rules! page {
    ($($from:literal),+) => {
        concat!(
            "SELECT v.user_id, a.username, f.totp, f.totp_since, t.last_step, t.backup_hashes, \
             f.email AS email_factor, f.email_since, p.email_verified AND p.email IS NOT NULL AS has_address ",
            $($from),+
        )
    };
}

/// Cross joins keep their order on SQLite: whoever is on the page comes first, the rest is looked up.
pub(super) const EVERYBODY: &str = page!(
    "FROM view_accounts v CROSS JOIN private_accounts a \
     LEFT JOIN private_factors f ON f.user_id = v.user_id LEFT JOIN private_totp t ON t.user_id = v.user_id \
     LEFT JOIN private_profiles p ON p.user_id = v.user_id \
     WHERE a.user_id = v.user_id AND a.username IS NOT NULL AND v.user_id > $1 ORDER BY v.user_id LIMIT $2"
);

macro_rules! those {
    ($hint:literal, $which:literal) => {
        page!(
            "FROM private_factors f ",
            $hint,
            " CROSS JOIN view_accounts v CROSS JOIN private_accounts a \
             LEFT JOIN private_totp t ON t.user_id = f.user_id LEFT JOIN private_profiles p ON p.user_id = f.user_id \
             WHERE v.user_id = f.user_id AND a.user_id = f.user_id AND a.username IS NOT NULL AND ",
            $which,
            " AND f.user_id > $1 ORDER BY f.user_id LIMIT $2"
        )
    };
}

macro_rules! with_none {
    ($hint:literal) => {
        those!($hint, "coalesce(f.totp, 'none') = 'none' AND f.email IS NOT TRUE")
    };
}

macro_rules! pending {
    ($hint:literal) => {
        those!($hint, "f.totp = 'pending'")
    };
}

macro_rules! with_totp {
    ($hint:literal) => {
        those!($hint, "f.totp = 'totp'")
    };
}

macro_rules! with_email {
    ($hint:literal) => {
        those!($hint, "f.email = true")
    };
}

pub(super) const WITH_NONE: Hinted = hinted!(with_none, "INDEXED BY private_factors_none");
pub(super) const PENDING: Hinted = hinted!(pending, "INDEXED BY private_factors_by_totp");
pub(super) const WITH_TOTP: Hinted = hinted!(with_totp, "INDEXED BY private_factors_by_totp");
pub(super) const WITH_EMAIL: Hinted = hinted!(with_email, "INDEXED BY private_factors_by_email");

const fn statement(filter: Option<FactorFilter>, backend: DbBackend) -> &'static str {
    match filter {
        None => EVERYBODY,
        Some(FactorFilter::None) => WITH_NONE.on(backend),
        Some(FactorFilter::Pending) => PENDING.on(backend),
        Some(FactorFilter::Totp) => WITH_TOTP.on(backend),
        Some(FactorFilter::Email) => WITH_EMAIL.on(backend),
    }
}

fn state(word: Option<&str>) -> Result<TotpState, Fault> {
    let Some(word) = word else { return Ok(TotpState::None) };
    let states = [TotpState::None, TotpState::Pending, TotpState::InUse];
    let found = states.into_iter().find(|state| totp_word(*state) == word);
    found.ok_or(Fault::Unreadable("totp"))
}

fn summary(row: &Row) -> Result<FactorSummary, Fault> {
    let last_step: Option<u64> = row.maybe_number("last_step")?;
    Ok(FactorSummary {
        user: row.user("user_id")?,
        username: row.username("username")?,
        totp: state(row.maybe_text("totp")?.as_deref())?,
        totp_since: row.maybe_time("totp_since")?,
        totp_last_used: last_step.and_then(step_begin),
        // 32 bytes each.
        backup_codes: row.maybe_bytes("backup_hashes")?.map_or(0, |hashes| hashes.len() / 32),
        email: row.get::<Option<bool>>("email_factor")?.unwrap_or_default(),
        email_since: row.maybe_time("email_since")?,
        address_verified: row.get::<Option<bool>>("has_address")?.unwrap_or_default(),
    })
}

impl SeaStore {
    pub(super) async fn factors(
        &self,
        filter: Option<FactorFilter>,
        after: Option<UserId>,
        limit: u32,
    ) -> Result<Vec<FactorSummary>, Unavailable> {
        let sql = statement(filter, self.database().backend);
        // Every id comes after empty text.
        let after = after.map(|user| user.to_string()).unwrap_or_default();
        let rows = self.database().all(sql, vec![after.into(), bound(limit.into())]).await?;
        Ok(rows.iter().map(summary).collect::<Result<_, _>>()?)
    }
}
