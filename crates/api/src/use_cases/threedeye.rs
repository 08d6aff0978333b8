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
        let cameras = threedeye::CameraPorts {
            commands: commands.clone(),
            users: Arc::clone(&ports.users),
            accounts: Arc::clone(&ports.accounts),
            gateway: Arc::clone(&ports.gateway),
            timer: Arc::clone(&ports.timer),
        };
        Self {
            backfill: threedeye::BackfillThreeDEye::new(cameras.clone()),
            credentials: threedeye::ReadCredentials::new(cameras.clone()),
            diagnose: threedeye::DiagnoseThreeDEye::new(cameras.clone(), settings.cameras.probe.clone()),
            reset: threedeye::ResetThreeDEye::new(cameras),
        }
    }
}
