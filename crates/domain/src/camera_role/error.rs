//! Why a command on a camera role is refused.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::port::GatewayError;
use crate::threedeye::CredentialsRefusal;

/// What stands in the way of a command on a camera role.
#[derive(Debug, Error, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CameraRoleRefusal {
    /// The role is there, and not as it was ordered.
    #[error("The camera role exists with another name, description or organisation")]
    Exists,
    /// The id was a deleted role's.
    #[error("A camera role with this id was deleted; an id is never given again")]
    Deleted,
    /// A role of the name is at 3dEye, and we did not make it for this camera role.
    #[error("3dEye has a role of this name already, which is not this camera role's")]
    NameTaken,
    /// A role of the name is being made for another camera role.
    #[error("A role of this name is being made for another camera role; its CreateCameraRole must finish first")]
    NameInMaking,
    /// An interrupted call made the role at 3dEye under another name.
    #[error("An interrupted call made this camera role at 3dEye under another name; repeat it with that name")]
    EarlierName,
    /// The person to be put into it is nobody.
    #[error("userId is no user's")]
    UnknownUser,
    /// The person is not in it.
    #[error("The user is not in the camera role")]
    NotAssigned,
    /// Another call is at work on the same thing. Never remembered.
    #[error("Another operation on this camera role or on this user's 3dEye account is still running")]
    #[serde(skip)]
    Busy,
    /// The person has no account at 3dEye and cannot get one. Never remembered.
    #[error(transparent)]
    #[serde(skip)]
    Account(CredentialsRefusal),
    /// 3dEye failed; nothing was written, and a repeat is safe. Never remembered.
    #[error("3dEye did not do what was asked")]
    #[serde(skip)]
    Gateway(#[from] GatewayError),
}
