//! Who may open what.

use async_trait::async_trait;
use portcullis_domain::access::{AccessLevel, Grant, Window};
use portcullis_domain::event::Version;
use portcullis_domain::ids::{LockId, UserId};
use portcullis_domain::lock::Lock;
use portcullis_domain::port::{AccessSituation, GrantHolder, GrantList, LockAccess, PersonHead, Unavailable};
use portcullis_domain::user::UserStatus;

use super::bound;
use crate::store::row::Row;
use crate::store::{Fault, SeaStore};

/// The hot path of every grant and revoke: person, grant and lock by their keys, versions from the end of an index.
pub(super) const SITUATION: &str = "SELECT u.user_id, u.org_id, u.status, \
    (SELECT max(e.version) FROM events e WHERE e.aggregate_type = 'user' AND e.aggregate_id = $1) AS version, \
    g.lock_id AS granted, g.lock_name, g.access_level, g.granted_by, g.valid_from, g.valid_until, g.granted_at, \
    l.lock_id, l.org_id AS lock_org, l.name AS lock_title, l.owner_id, \
    (SELECT max(e.version) FROM events e WHERE e.aggregate_type = 'lock' AND e.aggregate_id = $2) AS lock_version \
    FROM (SELECT 1 AS one) AS x LEFT JOIN view_users u ON u.user_id = $1 \
    LEFT JOIN view_grants g ON g.user_id = $1 AND g.lock_id = $2 LEFT JOIN view_locks l ON l.lock_id = $2";

pub(super) const GRANTS_OF: &str = "SELECT u.user_id, u.org_id, u.status, \
    (SELECT max(e.version) FROM events e WHERE e.aggregate_type = 'user' AND e.aggregate_id = $1) AS version, \
    g.lock_id AS granted, g.lock_name, g.access_level, g.granted_by, g.valid_from, g.valid_until, g.granted_at, \
    l.lock_id, l.org_id AS lock_org, l.name AS lock_title, l.owner_id, \
    (SELECT max(e.version) FROM events e WHERE e.aggregate_type = 'lock' AND e.aggregate_id = l.lock_id) AS lock_version \
    FROM view_users u LEFT JOIN view_grants g ON g.user_id = u.user_id LEFT JOIN view_locks l ON l.lock_id = g.lock_id \
    WHERE u.user_id = $1 ORDER BY g.granted_at, g.lock_id";

pub(super) const USERS_OF: &str = "SELECT user_id, lock_id AS granted, lock_name, access_level, granted_by, valid_from, \
    valid_until, granted_at FROM view_grants WHERE lock_id = $1 AND user_id > $2 ORDER BY user_id LIMIT $3";

pub(super) const LOCK: &str = "SELECT lock_id, org_id AS lock_org, name AS lock_title, owner_id, \
    (SELECT max(e.version) FROM events e WHERE e.aggregate_type = 'lock' AND e.aggregate_id = $1) AS lock_version \
    FROM view_locks WHERE lock_id = $1";

pub(super) const OWNED_BY: &str = "SELECT l.lock_id, l.org_id AS lock_org, l.name AS lock_title, l.owner_id, \
    (SELECT max(e.version) FROM events e WHERE e.aggregate_type = 'lock' AND e.aggregate_id = l.lock_id) AS lock_version \
    FROM view_locks l WHERE l.owner_id = $1 ORDER BY l.lock_id";

pub(super) const LOCK_VERSION: &str =
    "SELECT max(version) AS version FROM events WHERE aggregate_type = 'lock' AND aggregate_id = $1";

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

/// What a join found, unless it found nothing.
fn joined<T>(row: &Row, key: &'static str, read: fn(&Row) -> Result<T, Fault>) -> Result<Option<T>, Fault> {
    row.maybe_text(key)?.map(|_| read(row)).transpose()
}

#[async_trait]
impl LockAccess for SeaStore {
    async fn situation(&self, user: UserId, id: &LockId) -> Result<AccessSituation, Unavailable> {
        let values = vec![user.to_string().into(), id.as_str().into()];
        let row = self.database().one(SITUATION, values).await?.ok_or(Fault::Unreadable("an empty answer"))?;
        Ok(AccessSituation {
            person: joined(&row, "user_id", head)?,
            grant: joined(&row, "granted", grant)?,
            lock: joined(&row, "lock_id", lock)?,
        })
    }

    async fn grants_of(&self, user: UserId) -> Result<Option<GrantList>, Unavailable> {
        let rows = self.database().all(GRANTS_OF, vec![user.to_string().into()]).await?;
        let Some(first) = rows.first() else { return Ok(None) };
        let mut list = GrantList { person: head(first)?, grants: Vec::with_capacity(rows.len()) };
        for row in &rows {
            if let Some(grant) = joined(row, "granted", grant)? {
                list.grants.push((grant, joined(row, "lock_id", lock)?));
            }
        }
        Ok(Some(list))
    }

    async fn users_of(
        &self,
        lock: &LockId,
        after: Option<UserId>,
        limit: u32,
    ) -> Result<Vec<GrantHolder>, Unavailable> {
        // Every id comes after empty text.
        let after = after.map(|user| user.to_string()).unwrap_or_default();
        let rows = self.database().all(USERS_OF, vec![lock.as_str().into(), after.into(), bound(limit.into())]).await?;
        let holder = |row: &Row| Ok(GrantHolder { user: row.user("user_id")?, grant: grant(row)? });
        Ok(rows.iter().map(holder).collect::<Result<_, Fault>>()?)
    }

    async fn lock(&self, id: &LockId) -> Result<Option<Lock>, Unavailable> {
        let row = self.database().one(LOCK, vec![id.as_str().into()]).await?;
        Ok(row.as_ref().map(lock).transpose()?)
    }

    async fn owned_by(&self, owner: UserId) -> Result<Vec<Lock>, Unavailable> {
        let rows = self.database().all(OWNED_BY, vec![owner.to_string().into()]).await?;
        Ok(rows.iter().map(lock).collect::<Result<_, _>>()?)
    }

    async fn lock_version(&self, id: &LockId) -> Result<Version, Unavailable> {
        let row = self.database().one(LOCK_VERSION, vec![id.as_str().into()]).await?;
        Ok(row.ok_or(Fault::Unreadable("an empty answer"))?.version("version")?)
    }
}
