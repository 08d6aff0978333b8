//! Camera accounts.

use std::sync::Arc;

use portcullis_domain::usecase::{Commands, threedeye};

use crate::app::{Ports, Settings};

/// Camera accounts.
pub struct ThreeDEye {
    pub backfill: threedeye::BackfillThreeDEye,
    pub credentials: threedeye::ReadCredentials,
    pub diagnose: threedeye::DiagnoseThreeDEye,
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
            backfill: threedeye::BackfillThreeDEye::new(cameras.clone()),
            credentials: threedeye::ReadCredentials::new(cameras.clone()),
            diagnose: threedeye::DiagnoseThreeDEye::new(cameras.clone(), camera.probe.clone()),
            reset: threedeye::ResetThreeDEye::new(cameras),
        }
    }
}
