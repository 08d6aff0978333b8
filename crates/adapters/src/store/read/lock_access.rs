//! Who may open what.

use std::collections::HashSet;

use async_trait::async_trait;
use portcullis_domain::access::{AccessLevel, Grant, Window};
use portcullis_domain::clock::Timestamp;
use portcullis_domain::ids::{LockId, UserId};
use portcullis_domain::lock::{Lock, LockDetails, Maker};
use portcullis_domain::port::{
    AccessSituation, GrantHolder, GrantList, HolderPage, LockAccess, PersonHead, Unavailable,
};
use portcullis_domain::user::UserStatus;

use super::bound;
use super::hinted::{Hinted, hinted};
use crate::store::row::Row;
use crate::store::{Fault, SeaStore};

/// The hot path of every grant and revoke: person, grant and lock by their keys, versions from the end of an index.
pub(super) const SITUATION: &str = "SELECT u.user_id, u.org_id, u.status, \
    (SELECT max(e.version) FROM events e WHERE e.aggregate_type = 'user' AND e.aggregate_id = $1) AS version, \
    g.lock_id AS granted, g.lock_name, g.access_level, g.granted_by, g.valid_from, g.valid_until, g.granted_at, \
    l.lock_id, l.org_id AS lock_org, l.name AS lock_title, l.owner_id, \
    (SELECT max(e.version) FROM events e WHERE e.aggregate_type = 'lock' AND e.aggregate_id = $2) AS lock_version \
    FROM (SELECT 1 AS one) AS x LEFT JOIN view_users u ON u.user_id = $1 AND u.status <> 'DELETED' \
    LEFT JOIN view_grants g ON g.user_id = $1 AND g.lock_id = $2 LEFT JOIN view_locks l ON l.lock_id = $2";

pub(super) const GRANTS_OF: &str = "SELECT u.user_id, u.org_id, u.status, \
    (SELECT max(e.version) FROM events e WHERE e.aggregate_type = 'user' AND e.aggregate_id = $1) AS version, \
    g.lock_id AS granted, g.lock_name, g.access_level, g.granted_by, g.valid_from, g.valid_until, g.granted_at, \
    l.org_id AS lock_org \
    FROM view_users u LEFT JOIN view_grants g ON g.user_id = u.user_id LEFT JOIN view_locks l ON l.lock_id = g.lock_id \
    WHERE u.user_id = $1 AND u.status <> 'DELETED' ORDER BY g.granted_at, g.lock_id";

/// Does the grant `g` count at $2, whatever became of the person?
macro_rules! counts {
    () => {
        "g.granted_at <= $2 AND (g.valid_from IS NULL OR g.valid_from <= $2) \
         AND (g.valid_until IS NULL OR g.valid_until > $2)"
    };
}

/// Is the grant `g` one on lock $1 of somebody after $3 that counts at $2?
macro_rules! is_held {
    () => {
        concat!(
            "g.lock_id = $1 AND g.user_id > $3 AND ",
            counts!(),
            " AND (SELECT s.status FROM view_status_changes s WHERE s.user_id = g.user_id AND s.at <= $2 \
             ORDER BY s.version DESC LIMIT 1) = 'ACTIVE'"
        )
    };
}

macro_rules! holders_at {
    ($hint:literal) => {
        concat!(
            "SELECT g.user_id, g.lock_id AS granted, g.lock_name, g.access_level, g.granted_by, g.valid_from, \
             g.valid_until, g.granted_at FROM view_grants g ",
            $hint,
            " WHERE ",
            is_held!(),
            " UNION ALL SELECT gone.user_id, gone.lock_id AS granted, gone.lock_name, gone.access_level, \
             gone.granted_by, gone.valid_from, gone.valid_until, gone.granted_at FROM (SELECT g.*, \
             row_number() OVER (PARTITION BY g.user_id ORDER BY g.version DESC) AS place \
             FROM view_past_grants g WHERE g.removed_at > $2 AND ",
            is_held!(),
            ") AS gone WHERE gone.place = 1 AND NOT EXISTS (SELECT 1 FROM view_grants g \
             WHERE g.user_id = gone.user_id AND g.lock_id = $1 AND ",
            counts!(),
            ") ORDER BY user_id LIMIT $4"
        )
    };
}

/// All that is judged is judged here, so that pages are full. Of past grants only those are looked at that left after
/// the instant: none when it is now, however many there are. Only a clock that was set back makes two grants of one
/// person count; the one made last is told: that there is, or of those that left the newest.
pub(super) const HOLDERS_AT: Hinted = hinted!(holders_at, "INDEXED BY view_grants_by_lock");

/// Walks the index of ends from its beginning; somebody with several of them comes several times.
pub(super) const EXPIRED: &str = "SELECT user_id FROM view_grants WHERE valid_until <= $1 ORDER BY valid_until, user_id \
    LIMIT $2";

pub(super) const LOCK: &str = "SELECT lock_id, org_id AS lock_org, name AS lock_title, owner_id, \
    (SELECT max(e.version) FROM events e WHERE e.aggregate_type = 'lock' AND e.aggregate_id = $1) AS lock_version \
    FROM view_locks WHERE lock_id = $1";

pub(super) const DETAILS: &str = "SELECT lock_id, org_id AS lock_org, name AS lock_title, owner_id, created_at, \
    maker_index, maker_uuid, serial_number, vendor_name, \
    (SELECT max(e.version) FROM events e WHERE e.aggregate_type = 'lock' AND e.aggregate_id = $1) AS lock_version \
    FROM view_locks WHERE lock_id = $1";

pub(super) const OWNED_BY: &str = "SELECT l.lock_id, l.org_id AS lock_org, l.name AS lock_title, l.owner_id, \
    (SELECT max(e.version) FROM events e WHERE e.aggregate_type = 'lock' AND e.aggregate_id = l.lock_id) AS lock_version \
    FROM view_locks l WHERE l.owner_id = $1 ORDER BY l.lock_id";

pub(super) fn status(row: &Row) -> Result<UserStatus, Fault> {
    row.parsed("status", |text| UserStatus::parse(&text).ok_or(()))
}

fn head(row: &Row) -> Result<PersonHead, Fault> {
    Ok(PersonHead {
        id: row.user("user_id")?,
        version: row.version("version")?,
        org: row.org("org_id")?,
        status: status(row)?,
    })
}

fn grant(row: &Row) -> Result<Grant, Fault> {
    Ok(Grant {
        lock: row.lock("granted")?,
        lock_name: row.free_text("lock_name")?,
        access_level: row.parsed("access_level", |text| AccessLevel::parse(&text).ok_or(()))?,
        granted_by: row.free_text("granted_by")?,
        window: Window::recorded(row.maybe_time("valid_from")?, row.maybe_time("valid_until")?),
        granted_at: row.time("granted_at")?,
    })
}

fn lock(row: &Row) -> Result<Lock, Fault> {
    Ok(Lock {
        id: row.lock("lock_id")?,
        version: row.version("lock_version")?,
        org: row.org("lock_org")?,
        name: row.maybe_text("lock_title")?,
        owner: row.maybe_user("owner_id")?,
    })
}

fn details(row: &Row) -> Result<LockDetails, Fault> {
    Ok(LockDetails {
        lock: lock(row)?,
        maker: Maker {
            index: row.get("maker_index")?,
            uuid: row.maybe_text("maker_uuid")?,
            serial_number: row.maybe_text("serial_number")?,
            vendor_name: row.maybe_text("vendor_name")?,
        },
        created_at: row.time("created_at")?,
    })
}

#[async_trait]
impl LockAccess for SeaStore {
    async fn situation(&self, user: UserId, id: &LockId) -> Result<AccessSituation, Unavailable> {
        let values = vec![user.to_string().into(), id.as_str().into()];
        let row = self.database().one(SITUATION, values).await?.ok_or(Fault::Unreadable("an empty answer"))?;
        Ok(AccessSituation {
            person: row.joined("user_id", head)?,
            grant: row.joined("granted", grant)?,
            lock: row.joined("lock_id", lock)?,
        })
    }

    async fn grants_of(&self, user: UserId) -> Result<Option<GrantList>, Unavailable> {
        let rows = self.database().all(GRANTS_OF, vec![user.to_string().into()]).await?;
        let Some(first) = rows.first() else { return Ok(None) };
        let mut list = GrantList { person: head(first)?, grants: Vec::with_capacity(rows.len()) };
        for row in &rows {
            if let Some(grant) = row.joined("granted", grant)? {
                list.grants.push((grant, row.maybe_org("lock_org")?));
            }
        }
        Ok(Some(list))
    }

    async fn holders_at(
        &self,
        lock: &LockId,
        at: Timestamp,
        after: Option<UserId>,
        limit: u32,
    ) -> Result<HolderPage, Unavailable> {
        // Every id comes after empty text.
        let after = after.map(|user| user.to_string()).unwrap_or_default();
        let values = vec![lock.as_str().into(), at.unix_micros().into(), after.into(), bound(u64::from(limit) + 1)];
        let rows = self.database().all(HOLDERS_AT.on(self.database().backend), values).await?;
        let holder = |row: &Row| Ok(GrantHolder { user: row.user("user_id")?, grant: grant(row)? });
        let holders = rows.iter().take(limit as usize).map(holder).collect::<Result<_, Fault>>()?;
        Ok(HolderPage { holders, more: rows.len() > limit as usize })
    }

    async fn people_with_expired(&self, now: Timestamp, limit: u32) -> Result<Vec<UserId>, Unavailable> {
        let rows = self.database().all(EXPIRED, vec![now.unix_micros().into(), bound(limit.into())]).await?;
        let mut seen = HashSet::new();
        let people: Result<Vec<_>, Fault> = rows.iter().map(|row| row.user("user_id")).collect();
        Ok(people?.into_iter().filter(|user| seen.insert(*user)).collect())
    }

    async fn lock(&self, id: &LockId) -> Result<Option<Lock>, Unavailable> {
        let row = self.database().one(LOCK, vec![id.as_str().into()]).await?;
        Ok(row.as_ref().map(lock).transpose()?)
    }

    async fn owned_by(&self, owner: UserId) -> Result<Vec<Lock>, Unavailable> {
        let rows = self.database().all(OWNED_BY, vec![owner.to_string().into()]).await?;
        Ok(rows.iter().map(lock).collect::<Result<_, _>>()?)
    }

    async fn details(&self, id: &LockId) -> Result<Option<LockDetails>, Unavailable> {
        let row = self.database().one(DETAILS, vec![id.as_str().into()]).await?;
        Ok(row.as_ref().map(details).transpose()?)
    }
}
