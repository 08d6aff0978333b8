//! What there is before the flow.

use portcullis_domain::camera_role::{CameraRoleUserAssigned, Making};
use portcullis_domain::clock::Timestamp;
use portcullis_domain::commit::{Guard, GuardKey, PrivateChange, WorkChange};
use portcullis_domain::event::Version;
use portcullis_domain::ids::{ThreeDEyeRoleId, ThreeDEyeUserId};
use portcullis_domain::secret::Secret;
use portcullis_domain::threedeye::{Mapping, MappingState};
use portcullis_domain::user::{Profile, Voucher};
use portcullis_testkit::build::{
    NOON, a_camera_role, a_commit, a_commit_id, a_person, camera_role_id, email, free, remote_role, remote_user,
};
use threedeye_sim::NewUser;
use uuid::Uuid;

use super::{Case, EMAIL, PASSWORD, ROLE, ROLE_NAME, STRANGER};
use crate::camera_faults::flow::Before;

impl Case {
    pub(super) async fn begins(&mut self) {
        let store = self.test.store.clone();
        a_person().id(self.user).named("Carol", "Shaw").email(EMAIL).put(store.as_ref()).await;
        if !self.flow.vouched {
            let user = Profile { email: Some(email(EMAIL)), ..Profile::empty(self.user) };
            let profile = Profile { email_voucher: Voucher::Nobody, ..user };
            a_commit().private(PrivateChange::Profile(profile)).put(store.as_ref()).await;
        }
        if self.flow.has_camera_role() {
            self.has_a_camera_role().await;
        }
        match self.flow.before {
            Before::Nothing => {}
            Before::Account => self.has_an_account(EMAIL, true),
            Before::Mapped(state) => {
                self.has_an_account(EMAIL, true);
                self.has_a_mapping(state).await;
            }
            Before::RolesWaiting => self.has_roles_waiting().await,
            Before::MappedRolesWaiting => {
                self.has_an_account(EMAIL, false);
                self.has_a_mapping(MappingState::Live).await;
                self.has_roles_waiting().await;
            }
            Before::RoleAsked => self.has_asked_for_the_role().await,
            Before::Member => {
                self.is_in_the_camera_role().await;
                self.sim.state().add_user_to_role(self.guards.unwrap(), self.old.unwrap()).unwrap();
            }
            Before::MemberWithoutRole => self.is_in_the_camera_role().await,
            Before::MemberWithoutAccount => {
                self.is_in_the_camera_role().await;
                self.sim.state().delete_user(self.old.take().unwrap()).unwrap();
            }
            Before::MemberWithAnother => {
                self.is_in_the_camera_role().await;
                self.sim.state().delete_user(self.old.take().unwrap()).unwrap();
                self.has_an_account(EMAIL, true);
            }
            Before::Stranger => self.has_an_account(STRANGER, true),
        }
    }

    /// An account, with two roles or none.
    fn has_an_account(&mut self, address: &str, has_roles: bool) {
        // As somebody typed it in there.
        let typed = address.replacen("ca", "Ca", 1).replace("example", "Example");
        let role_ids = if has_roles { self.roles.iter().copied().collect() } else { Vec::new() };
        self.old = Some(self.sim.state().add_user(NewUser { role_ids, ..NewUser::new(typed, PASSWORD) }).unwrap());
    }

    async fn has_a_mapping(&self, state: MappingState) {
        let known = self.old.filter(|_| state != MappingState::Creating);
        let mapping = Mapping {
            user: self.user,
            threedeye_user: known.map(threedeye_user),
            email: email(EMAIL),
            password: Secret::new(PASSWORD.to_owned()),
            state,
            created_at: NOON,
        };
        a_commit().private(PrivateChange::ThreeDEye(mapping)).put(self.test.store.as_ref()).await;
    }

    async fn has_roles_waiting(&self) {
        let roles = self.roles.iter().copied().map(threedeye_role).collect();
        a_commit().private(PrivateChange::Recovery { user: self.user, roles }).put(self.test.store.as_ref()).await;
    }

    async fn has_a_camera_role(&mut self) {
        let guards = self.sim.state().add_role(ROLE_NAME).unwrap();
        self.guards = Some(guards);
        let role = a_camera_role().id(camera_role_id(ROLE)).name(ROLE_NAME).remote(&threedeye_role(guards));
        role.put(self.test.store.as_ref()).await;
    }

    /// An interrupted call made the role there.
    async fn has_asked_for_the_role(&mut self) {
        self.guards = Some(self.sim.state().add_role(ROLE_NAME).unwrap());
        let making = Making {
            role: camera_role_id(ROLE),
            name: Some(free(ROLE_NAME)),
            holder: a_commit_id(),
            until: Timestamp::from_unix_millis(0),
        };
        let commit = a_commit().guard(Guard::raise(GuardKey::CameraRoleMakings, 0));
        commit.work(WorkChange::CameraRoleMaking(making)).put(self.test.store.as_ref()).await;
    }

    /// In the camera role, by what is written here, with a live mapping.
    async fn is_in_the_camera_role(&mut self) {
        self.has_an_account(EMAIL, true);
        self.has_a_mapping(MappingState::Live).await;
        let event = CameraRoleUserAssigned {
            role_id: camera_role_id(ROLE),
            user_id: self.user,
            three_deye_user_id: threedeye_user(self.old.unwrap()),
            assigned_at: NOON,
        };
        a_commit().on(&camera_role_id(ROLE), Version::new(1)).event(event).put(self.test.store.as_ref()).await;
    }
}

fn threedeye_user(id: Uuid) -> ThreeDEyeUserId {
    remote_user(&id.to_string())
}

fn threedeye_role(id: Uuid) -> ThreeDEyeRoleId {
    remote_role(&id.to_string())
}
