//! Camera accounts.

use std::sync::Arc;

use portcullis_domain::usecase::{Commands, threedeye};

use crate::app::{Ports, Settings};

/// Camera accounts.
pub struct ThreeDEye {
    pub backfill: threedeye::BackfillThreeDEye,
    pub compare: threedeye::CompareThreeDEye,
    pub credentials: threedeye::ReadCredentials,
    pub diagnose: threedeye::DiagnoseThreeDEye,
    pub repair: threedeye::RepairThreeDEye,
    pub reset: threedeye::ResetThreeDEye,
}

/// What remote jobs at 3dEye need.
pub(super) fn cameras(commands: &Commands, ports: &Ports, settings: &Settings) -> threedeye::CameraPorts {
    let camera = &settings.camera;
    threedeye::CameraPorts {
        commands: commands.clone(),
        users: Arc::clone(&ports.users),
        accounts: Arc::clone(&ports.accounts),
        camera_roles: Arc::clone(&ports.camera_roles),
        gateway: Arc::clone(&ports.gateway),
        timer: Arc::clone(&ports.timer),
        lease: camera.lease,
        alone_since: camera.alone_since,
        passwords: camera.passwords.clone(),
    }
}

impl ThreeDEye {
    pub(super) fn new(cameras: threedeye::CameraPorts, ports: &Ports, settings: &Settings) -> Self {
        let camera = &settings.camera;
        let (keys, org) = (Arc::clone(&ports.api_keys), settings.default_org.clone());
        Self {
            backfill: threedeye::BackfillThreeDEye::new(cameras.clone()),
            compare: threedeye::CompareThreeDEye::new(cameras.clone(), camera.probe.clone(), camera.concurrency),
            credentials: threedeye::ReadCredentials::new(cameras.clone()),
            diagnose: threedeye::DiagnoseThreeDEye::new(cameras.clone(), camera.probe.clone()),
            repair: threedeye::RepairThreeDEye::new(cameras.clone(), keys, org),
            reset: threedeye::ResetThreeDEye::new(cameras),
        }
    }
}
