//! Who and what there is in the stories.

use std::pin::pin;
use std::task::{Context, Poll, Waker};

use portcullis_domain::ids::{CameraRoleId, ThreeDEyeRoleId};
use portcullis_testkit::build::{camera_role_id, remote_role};

/// A person: Ada or Bob.
pub(super) type Who = usize;

pub(super) const PEOPLE: usize = 2;
/// The addresses there are; in the beginning a person has the one of the same number.
pub(super) const ADDRESSES: [&str; 3] = ["ada@example.com", "bob@example.com", "eve@example.com"];
/// Roles at 3dEye that are none of our camera roles.
pub(super) const PLAIN: usize = 4;
/// Camera roles there are at a time.
pub(super) const SLOTS: usize = 2;

/// One of the roles that are none of our camera roles.
pub(super) fn plain(n: usize) -> ThreeDEyeRoleId {
    remote_role(&format!("role-{n}"))
}

/// Is it one of them? What becomes of the role of a camera role is decided here, of any other at 3dEye.
pub(super) fn is_plain(role: &ThreeDEyeRoleId) -> bool {
    role.as_str().starts_with("role-")
}

/// A camera role. An id is never given again, so whoever deletes one makes another.
pub(super) fn camera_role(slot: usize, generation: usize) -> CameraRoleId {
    camera_role_id(&format!("camera-{slot}-{generation}"))
}

/// The outcome of a future that waits for nobody else.
pub(super) fn at_once<T>(future: impl Future<Output = T>) -> T {
    let mut future = pin!(future);
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            return output;
        }
    }
}
