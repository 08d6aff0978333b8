//! The use cases, wired to the ports, by area.

mod access;
mod camera_roles;
mod history;
mod locks;
mod orgs;
mod outbox;
mod permissions;
mod sessions;
mod threedeye;
mod totp;
mod users;

use std::sync::Arc;

use portcullis_domain::usecase::Commands;
use portcullis_domain::usecase::totp::SecondFactorGate;

use self::access::Access;
use self::camera_roles::CameraRoles;
use self::history::History;
use self::locks::Locks;
use self::orgs::Orgs;
use self::outbox::Outbox;
use self::permissions::Permissions;
use self::sessions::Sessions;
use self::threedeye::ThreeDEye;
use self::totp::Totp;
use self::users::Users;
use crate::app::{Ports, Settings};

/// Everything that can be asked of the service.
pub struct UseCases {
    pub access: Access,
    pub camera_roles: CameraRoles,
    pub history: History,
    pub locks: Locks,
    pub orgs: Orgs,
    pub outbox: Outbox,
    pub permissions: Permissions,
    pub sessions: Sessions,
    pub threedeye: ThreeDEye,
    pub totp: Totp,
    pub users: Users,
}

impl UseCases {
    /// Wires them.
    pub fn new(ports: &Ports, settings: &Settings) -> Self {
        let commands = ports.commands();
        let cameras = threedeye::cameras(&commands, ports, settings);
        Self {
            access: Access::new(&commands, ports),
            camera_roles: CameraRoles::new(&cameras, ports, settings),
            history: History::new(ports),
            locks: Locks::new(&commands, ports, settings),
            orgs: Orgs::new(&commands, ports),
            outbox: Outbox::new(&commands, ports),
            permissions: Permissions::new(&commands, ports, settings),
            sessions: Sessions::new(&commands, ports, settings),
            threedeye: ThreeDEye::new(cameras, ports, settings),
            totp: Totp::new(&commands, ports, settings),
            users: Users::new(&commands, ports, settings),
        }
    }
}

fn gate(commands: &Commands, ports: &Ports, settings: &Settings) -> SecondFactorGate {
    SecondFactorGate::new(
        commands.clone(),
        Arc::clone(&ports.totp),
        Arc::clone(&ports.hasher),
        Arc::clone(&ports.codes),
        settings.two_factor.clone(),
    )
}
