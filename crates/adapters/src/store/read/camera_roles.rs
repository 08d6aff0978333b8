//! Camera roles and who is in them.

use async_trait::async_trait;
use portcullis_domain::camera_role::{CameraRole, CameraRoleStatus, Making, Makings, Member, Membership};
use portcullis_domain::ids::{CameraRoleId, CommitId, ThreeDEyeRoleId, ThreeDEyeUserId, UserId};
use portcullis_domain::port::{CameraRoleSituation, CameraRoles, MemberPage, PersonHead, Unavailable};
use portcullis_domain::text::FreeText;
use uuid::Uuid;

use super::{bound, lock_access};
use crate::store::row::Row;
use crate::store::{Fault, SeaStore};

/// A role `r` with its version.
macro_rules! role {
    () => {
        "r.role_id, r.org_id AS role_org, r.name, r.description, r.threedeye_role_id, r.status AS role_status, \
         r.created_at, (SELECT max(e.version) FROM events e \
         WHERE e.aggregate_type = 'camera-role' AND e.aggregate_id = r.role_id) AS role_version"
    };
}

pub(super) const FIND: &str = concat!("SELECT ", role!(), " FROM view_camera_roles r WHERE r.role_id = $1");

/// Active ones come before deleted ones by the alphabet.
pub(super) const FIND_BY_REMOTE: &str =
    concat!("SELECT ", role!(), " FROM view_camera_roles r WHERE r.threedeye_role_id = $1 ORDER BY r.status LIMIT 1");

pub(super) const SITUATION: &str = concat!(
    "SELECT ",
    role!(),
    ", u.user_id AS person, u.org_id, u.status, (SELECT max(e.version) FROM events e \
     WHERE e.aggregate_type = 'user' AND e.aggregate_id = $2) AS version, \
     m.user_id, m.threedeye_user_id, m.assigned_at FROM (SELECT 1 AS one) AS x \
     LEFT JOIN view_camera_roles r ON r.role_id = $1 \
     LEFT JOIN view_users u ON u.user_id = $2 AND u.status <> 'DELETED' \
     LEFT JOIN view_camera_role_users m ON m.role_id = $1 AND m.user_id = $2"
);

pub(super) const MEMBERS: &str = "SELECT m.user_id, m.threedeye_user_id, m.assigned_at FROM view_camera_role_users m \
    WHERE m.role_id = $1 AND m.user_id > $2 ORDER BY m.user_id LIMIT $3";

/// Joined so that the person is what it begins with, whatever is known of the tables.
pub(super) const MEMBERSHIPS: &str = "SELECT m.role_id, m.threedeye_user_id, r.threedeye_role_id \
    FROM view_camera_role_users m LEFT JOIN view_camera_roles r ON r.role_id = m.role_id \
    WHERE m.user_id = $1 ORDER BY m.role_id";

pub(super) const MAKINGS: &str = "SELECT m.role_id AS making, m.name, m.holder, m.until, \
    (SELECT g.value FROM work_guards g WHERE g.key = 'camera-role-makings') AS revision, \
    (SELECT min(o.role_id) FROM work_camera_role_makings o WHERE o.name = $2 AND o.role_id <> $1) AS namesake \
    FROM (SELECT 1 AS one) AS x LEFT JOIN work_camera_role_makings m ON m.role_id = $1";

fn role(row: &Row) -> Result<CameraRole, Fault> {
    Ok(CameraRole {
        id: row.parsed("role_id", CameraRoleId::parse)?,
        version: row.version("role_version")?,
        org: row.org("role_org")?,
        name: row.free_text("name")?,
        description: row.maybe_parsed("description", FreeText::parse)?,
        threedeye_role: row.parsed("threedeye_role_id", ThreeDEyeRoleId::parse)?,
        status: row.parsed("role_status", |text| CameraRoleStatus::parse(&text).ok_or(()))?,
        created_at: row.time("created_at")?,
    })
}

fn person(row: &Row) -> Result<PersonHead, Fault> {
    Ok(PersonHead {
        id: row.user("person")?,
        version: row.version("version")?,
        org: row.org("org_id")?,
        status: lock_access::status(row)?,
    })
}

fn member(row: &Row) -> Result<Member, Fault> {
    Ok(Member {
        user: row.user("user_id")?,
        threedeye_user: row.parsed("threedeye_user_id", ThreeDEyeUserId::parse)?,
        assigned_at: row.time("assigned_at")?,
    })
}

fn membership(row: &Row) -> Result<Membership, Fault> {
    Ok(Membership {
        role: row.parsed("role_id", CameraRoleId::parse)?,
        threedeye_role: row.parsed("threedeye_role_id", ThreeDEyeRoleId::parse)?,
        threedeye_user: row.parsed("threedeye_user_id", ThreeDEyeUserId::parse)?,
    })
}

fn making(row: &Row) -> Result<Making, Fault> {
    Ok(Making {
        role: row.parsed("making", CameraRoleId::parse)?,
        name: row.maybe_parsed("name", FreeText::parse)?,
        holder: CommitId::from_uuid(row.parsed("holder", |text| Uuid::try_parse(&text))?),
        until: row.time("until")?,
    })
}

#[async_trait]
impl CameraRoles for SeaStore {
    async fn find(&self, id: &CameraRoleId) -> Result<Option<CameraRole>, Unavailable> {
        let row = self.database().one(FIND, vec![id.as_str().into()]).await?;
        Ok(row.as_ref().map(role).transpose()?)
    }

    async fn find_by_remote(&self, id: &ThreeDEyeRoleId) -> Result<Option<CameraRole>, Unavailable> {
        let row = self.database().one(FIND_BY_REMOTE, vec![id.as_str().into()]).await?;
        Ok(row.as_ref().map(role).transpose()?)
    }

    async fn situation(&self, id: &CameraRoleId, user: UserId) -> Result<CameraRoleSituation, Unavailable> {
        let values = vec![id.as_str().into(), user.to_string().into()];
        let row = self.database().one(SITUATION, values).await?.ok_or(Fault::Unreadable("an empty answer"))?;
        Ok(CameraRoleSituation {
            role: row.joined("role_id", role)?,
            person: row.joined("person", person)?,
            member: row.joined("user_id", member)?,
        })
    }

    async fn members(&self, role: &CameraRoleId, after: Option<UserId>, limit: u32) -> Result<MemberPage, Unavailable> {
        // Every id comes after empty text.
        let after = after.map(|user| user.to_string()).unwrap_or_default();
        let values = vec![role.as_str().into(), after.into(), bound(u64::from(limit) + 1)];
        let rows = self.database().all(MEMBERS, values).await?;
        let members = rows.iter().take(limit as usize).map(member).collect::<Result<_, Fault>>()?;
        Ok(MemberPage { members, more: rows.len() > limit as usize })
    }

    async fn memberships(&self, user: UserId) -> Result<Vec<Membership>, Unavailable> {
        let rows = self.database().all(MEMBERSHIPS, vec![user.to_string().into()]).await?;
        Ok(rows.iter().map(membership).collect::<Result<_, Fault>>()?)
    }

    async fn makings(&self, role: &CameraRoleId, name: &FreeText) -> Result<Makings, Unavailable> {
        let values = vec![role.as_str().into(), name.as_str().into()];
        let row = self.database().one(MAKINGS, values).await?.ok_or(Fault::Unreadable("an empty answer"))?;
        Ok(Makings {
            revision: row.number("revision")?,
            own: row.joined("making", making)?,
            namesake: row.maybe_text("namesake")?.is_some(),
        })
    }
}
