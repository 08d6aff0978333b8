//! Camera accounts.

use std::sync::Arc;

use portcullis_domain::usecase::{Commands, threedeye};

use crate::app::{Ports, Settings};

/// Camera accounts.
pub struct ThreeDEye {
    pub credentials: threedeye::ReadCredentials,
    pub reset: threedeye::ResetThreeDEye,
}

impl ThreeDEye {
    pub(super) fn new(commands: &Commands, ports: &Ports, settings: &Settings) -> Self {
        let camera = &settings.camera;
        let cameras = threedeye::CameraPorts {
            commands: commands.clone(),
            users: Arc::clone(&ports.users),
            accounts: Arc::clone(&ports.accounts),
            gateway: Arc::clone(&ports.gateway),
            timer: Arc::clone(&ports.timer),
            lease: camera.lease,
            alone_since: camera.alone_since,
            passwords: camera.passwords.clone(),
        };
        Self {
            credentials: threedeye::ReadCredentials::new(cameras.clone()),
            reset: threedeye::ResetThreeDEye::new(cameras),
        }
    }
}
