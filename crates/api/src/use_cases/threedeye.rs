//! Camera accounts.

use std::sync::Arc;

use portcullis_domain::usecase::{Commands, threedeye};

use crate::app::Ports;

/// Camera accounts.
pub struct ThreeDEye {
    pub credentials: threedeye::ReadCredentials,
    pub reset: threedeye::ResetThreeDEye,
}

/// What remote jobs at 3dEye need.
pub(super) fn cameras(commands: &Commands, ports: &Ports) -> threedeye::CameraPorts {
    threedeye::CameraPorts {
        commands: commands.clone(),
        users: Arc::clone(&ports.users),
        accounts: Arc::clone(&ports.accounts),
        camera_roles: Arc::clone(&ports.camera_roles),
        gateway: Arc::clone(&ports.gateway),
        timer: Arc::clone(&ports.timer),
    }
}

impl ThreeDEye {
    pub(super) fn new(cameras: threedeye::CameraPorts) -> Self {
        Self {
            credentials: threedeye::ReadCredentials::new(cameras.clone()),
            reset: threedeye::ResetThreeDEye::new(cameras),
        }
    }
}
