//! Camera roles and who is in them.

use async_trait::async_trait;
use portcullis_domain::camera_role::{CameraRole, CameraRoleUserView, CameraRoleView, Makings, Member, Membership};
use portcullis_domain::commit::GuardKey;
use portcullis_domain::ids::{CameraRoleId, ThreeDEyeRoleId, UserId};
use portcullis_domain::port::{CameraRoleSituation, CameraRoles, MemberPage, Unavailable};
use portcullis_domain::text::FreeText;

use super::{MemoryStore, State};

impl State {
    fn camera_role(&self, row: &CameraRoleView) -> CameraRole {
        CameraRole {
            id: row.role.clone(),
            version: self.version(&(&row.role).into()),
            org: row.org.clone(),
            name: row.name.clone(),
            description: row.description.clone(),
            threedeye_role: row.threedeye_role.clone(),
            status: row.status,
            created_at: row.created_at,
        }
    }
}

fn member(row: &CameraRoleUserView) -> Member {
    Member { user: row.user, threedeye_user: row.threedeye_user.clone(), assigned_at: row.assigned_at }
}

#[async_trait]
impl CameraRoles for MemoryStore {
    async fn find(&self, id: &CameraRoleId) -> Result<Option<CameraRole>, Unavailable> {
        let state = self.reading()?;
        Ok(state.views.camera_roles.get(id).map(|row| state.camera_role(row)))
    }

    async fn find_by_remote(&self, id: &ThreeDEyeRoleId) -> Result<Option<CameraRole>, Unavailable> {
        let state = self.reading()?;
        let rows = state.views.camera_roles.values().filter(|row| row.threedeye_role == *id);
        Ok(rows.min_by_key(|row| row.status.as_str()).map(|row| state.camera_role(row)))
    }

    async fn situation(&self, role: &CameraRoleId, user: UserId) -> Result<CameraRoleSituation, Unavailable> {
        let state = self.reading()?;
        Ok(CameraRoleSituation {
            role: state.views.camera_roles.get(role).map(|row| state.camera_role(row)),
            person: state.head(user),
            member: state.views.camera_role_users.get(&(role.clone(), user)).map(member),
        })
    }

    async fn members(&self, role: &CameraRoleId, after: Option<UserId>, limit: u32) -> Result<MemberPage, Unavailable> {
        let state = self.reading()?;
        let rows = state.views.camera_role_users.values().filter(|row| row.role == *role);
        let mut rest = rows.filter(|row| after.is_none_or(|after| row.user > after));
        let members = rest.by_ref().take(limit as usize).map(member).collect();
        Ok(MemberPage { members, more: rest.next().is_some() })
    }

    async fn memberships(&self, user: UserId) -> Result<Vec<Membership>, Unavailable> {
        let state = self.reading()?;
        let membership = |row: &CameraRoleUserView| {
            let role = state.views.camera_roles.get(&row.role)?;
            Some(Membership {
                role: row.role.clone(),
                threedeye_role: role.threedeye_role.clone(),
                threedeye_user: row.threedeye_user.clone(),
            })
        };
        let rows = state.views.camera_role_users.values().filter(|row| row.user == user);
        Ok(rows.filter_map(membership).collect())
    }

    async fn makings(&self, role: &CameraRoleId, name: &FreeText) -> Result<Makings, Unavailable> {
        let state = self.reading()?;
        Ok(Makings {
            revision: state.guard(GuardKey::CameraRoleMakings),
            own: state.makings.get(role).cloned(),
            namesake: state.makings.values().any(|row| row.role != *role && row.name.as_ref() == Some(name)),
        })
    }
}
