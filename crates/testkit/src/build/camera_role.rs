//! Camera roles, and who is in them.

use portcullis_domain::camera_role::{CameraRoleCreated, CameraRoleUserAssigned, CameraRoleUserRemoved};
use portcullis_domain::event::Version;
use portcullis_domain::ids::{CameraRoleId, ThreeDEyeRoleId, ThreeDEyeUserId, UserId};
use portcullis_domain::port::EventStore;

use super::{CommitBuilder, NOON, a_commit, a_number, free, org, version_of};

/// A camera role that is in no store yet.
pub fn a_camera_role_id() -> CameraRoleId {
    camera_role_id(&format!("role-{:06}", a_number()))
}

/// A camera role by its id.
pub fn camera_role_id(text: &str) -> CameraRoleId {
    CameraRoleId::parse(text).expect("the test gives a valid camera role id")
}

/// A role at 3dEye by its id.
pub fn remote_role(text: &str) -> ThreeDEyeRoleId {
    ThreeDEyeRoleId::parse(text).expect("the test gives a valid role id")
}

/// An account at 3dEye by its id.
pub fn remote_user(text: &str) -> ThreeDEyeUserId {
    ThreeDEyeUserId::parse(text).expect("the test gives a valid account id")
}

/// A camera role of the organisation `default`, whose name and role at 3dEye follow from its id.
pub fn a_camera_role() -> CameraRoleBuilder {
    CameraRoleBuilder { id: a_camera_role_id(), org: "default".to_owned(), name: None, remote: None }
}

/// Builds a camera role.
#[derive(Debug, Clone)]
pub struct CameraRoleBuilder {
    id: CameraRoleId,
    org: String,
    name: Option<String>,
    remote: Option<ThreeDEyeRoleId>,
}

impl CameraRoleBuilder {
    /// With this id.
    #[must_use]
    pub fn id(mut self, id: CameraRoleId) -> Self {
        self.id = id;
        self
    }

    /// Of this organisation.
    #[must_use]
    pub fn org(mut self, id: &str) -> Self {
        id.clone_into(&mut self.org);
        self
    }

    /// With this name.
    #[must_use]
    pub fn name(mut self, name: &str) -> Self {
        self.name = Some(name.to_owned());
        self
    }

    /// That is this role at 3dEye.
    #[must_use]
    pub fn remote(mut self, id: &ThreeDEyeRoleId) -> Self {
        self.remote = Some(id.clone());
        self
    }

    /// The event that makes it.
    pub fn event(&self) -> CameraRoleCreated {
        let id = self.id.as_str();
        CameraRoleCreated {
            role_id: self.id.clone(),
            name: free(self.name.as_deref().unwrap_or(&format!("Name of {id}"))),
            description: Some(free("made by a test")),
            org_id: org(&self.org),
            three_deye_role_id: self.remote.clone().unwrap_or_else(|| remote_role(&format!("3d-{id}"))),
            created_at: NOON,
        }
    }

    /// The commit that makes it.
    pub fn commit(&self) -> CommitBuilder {
        a_commit().on(&self.id, Version::NONE).of(org(&self.org)).event(self.event())
    }

    /// Makes the role.
    pub async fn put(self, store: &dyn EventStore) -> CameraRoleId {
        self.commit().put(store).await;
        self.id
    }
}

/// The event by which a person comes into a camera role at noon.
pub fn assigned(role: &CameraRoleId, user: UserId) -> CameraRoleUserAssigned {
    let account = remote_user(&format!("3d-{user}"));
    CameraRoleUserAssigned { role_id: role.clone(), user_id: user, three_deye_user_id: account, assigned_at: NOON }
}

/// The event by which a person leaves a camera role at noon.
pub fn unassigned(role: &CameraRoleId, user: UserId) -> CameraRoleUserRemoved {
    let CameraRoleUserAssigned { role_id, user_id, three_deye_user_id, .. } = assigned(role, user);
    CameraRoleUserRemoved { role_id, user_id, three_deye_user_id, removed_at: NOON }
}

/// Puts a person into a camera role.
pub async fn assign(store: &dyn EventStore, role: &CameraRoleId, user: UserId) {
    let expected = version_of(store, &role.into()).await;
    a_commit().on(role, expected).event(assigned(role, user)).put(store).await;
}
