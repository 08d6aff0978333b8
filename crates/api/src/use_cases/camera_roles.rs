//! Camera roles.

use std::sync::Arc;

use portcullis_domain::usecase::camera_role;
use portcullis_domain::usecase::threedeye::CameraPorts;

use crate::app::{Ports, Settings};

/// Camera roles.
pub struct CameraRoles {
    pub create: camera_role::CreateCameraRole,
    pub assign: camera_role::AssignCameraRole,
    pub remove: camera_role::UnassignCameraRole,
    pub delete: camera_role::DeleteCameraRole,
    pub details: camera_role::ReadCameraRole,
}

impl CameraRoles {
    pub(super) fn new(cameras: &CameraPorts, ports: &Ports, settings: &Settings) -> Self {
        let cameras = || cameras.clone();
        Self {
            create: camera_role::CreateCameraRole::new(cameras(), settings.default_org.clone()),
            assign: camera_role::AssignCameraRole::new(cameras()),
            remove: camera_role::UnassignCameraRole::new(cameras()),
            delete: camera_role::DeleteCameraRole::new(cameras()),
            details: camera_role::ReadCameraRole::new(Arc::clone(&ports.camera_roles)),
        }
    }
}
