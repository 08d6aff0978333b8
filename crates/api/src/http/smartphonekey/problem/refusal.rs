//! What the refusals of the use cases are on this wire.

use std::convert::Infallible;
use std::error::Error;

use axum::http::StatusCode;
use portcullis_domain::access::AccessRefusal;
use portcullis_domain::camera_role::CameraRoleRefusal;
use portcullis_domain::lock::LockRefusal;
use portcullis_domain::org::OrgRefusal;
use portcullis_domain::port::GatewayError;
use portcullis_domain::threedeye::{BackfillRefusal, CredentialsRefusal, DriftRefusal, RepairRefusal, ResetRefusal};
use portcullis_domain::usecase::outbox::OutboxRefusal;
use portcullis_domain::usecase::totp::NeverRefused;
use portcullis_domain::usecase::user::FindRefusal;
use portcullis_domain::user::UserRefusal;

use super::Problem;
use crate::http::layers::whole_seconds;

/// A refusal of a use case, which has a status on this wire.
pub(crate) trait Refusal: Error + 'static {
    /// What the caller is told.
    fn problem(self) -> Problem;
}

impl Refusal for Infallible {
    fn problem(self) -> Problem {
        match self {}
    }
}

impl Refusal for NeverRefused {
    fn problem(self) -> Problem {
        match self {}
    }
}

impl Refusal for AccessRefusal {
    fn problem(self) -> Problem {
        match self {
            Self::NotGranted | Self::AlreadyGranted => Problem::malformed(self.to_string()),
            Self::WindowOver => Problem::field("validUntil", &"must be in the future"),
        }
    }
}

impl Refusal for UserRefusal {
    fn problem(self) -> Problem {
        match self {
            Self::EmailTaken | Self::EmailExists | Self::PhoneNumberTaken | Self::UserNameTaken | Self::Deleted => {
                Problem::new(StatusCode::CONFLICT, self.to_string())
            }
            Self::AccountExists
            | Self::EmailMissing
            | Self::NoAccount
            | Self::LastAdministrator
            | Self::SwitchedOff
            | Self::Suspended
            | Self::CameraAccount => Problem::malformed(self.to_string()),
        }
    }
}

impl Refusal for FindRefusal {
    fn problem(self) -> Problem {
        match self {
            Self::Nobody => Problem::new(StatusCode::NOT_FOUND, self.to_string()),
            Self::IdTaken => Problem::new(StatusCode::CONFLICT, self.to_string()),
            Self::NotMade(refusal) => refusal.problem(),
        }
    }
}

impl Refusal for LockRefusal {
    fn problem(self) -> Problem {
        match self {
            Self::UnknownOwner => Problem::field("ownerId", &"is no user's"),
            Self::UnknownUser => Problem::field("userId", &"is no user's"),
        }
    }
}

impl Refusal for CameraRoleRefusal {
    fn problem(self) -> Problem {
        match self {
            Self::UnknownUser => Problem::field("userId", &"is no user's"),
            Self::NotAssigned => Problem::malformed(self.to_string()),
            Self::Exists | Self::Deleted | Self::NameTaken | Self::NameInMaking | Self::EarlierName | Self::Busy => {
                Problem::new(StatusCode::CONFLICT, self.to_string())
            }
            Self::Account(refusal) => refusal.problem(),
            Self::Gateway(error) => gateway(&error),
        }
    }
}

impl Refusal for OrgRefusal {
    fn problem(self) -> Problem {
        match self {
            Self::NotRegistered | Self::NoSuchKey => Problem::new(StatusCode::NOT_FOUND, self.to_string()),
            Self::ActiveKeyExists | Self::KeyExpired => Problem::new(StatusCode::CONFLICT, self.to_string()),
            Self::AlreadyExpired => Problem::field("expiresAt", &"must be in the future"),
        }
    }
}

impl Refusal for OutboxRefusal {
    fn problem(self) -> Problem {
        match self {
            Self::NoSuchMessage => Problem::new(StatusCode::NOT_FOUND, self.to_string()),
            Self::Waiting | Self::Delivered | Self::Emptied => Problem::new(StatusCode::CONFLICT, self.to_string()),
        }
    }
}

impl Refusal for ResetRefusal {
    fn problem(self) -> Problem {
        match self {
            Self::Busy => Problem::new(StatusCode::CONFLICT, self.to_string()),
            Self::Gateway(error) => gateway(&error),
        }
    }
}

impl Refusal for BackfillRefusal {
    fn problem(self) -> Problem {
        match self {
            Self::Gateway(error) => gateway(&error),
        }
    }
}

impl Refusal for DriftRefusal {
    fn problem(self) -> Problem {
        match self {
            Self::Gateway(error) => gateway(&error),
        }
    }
}

impl Refusal for RepairRefusal {
    fn problem(self) -> Problem {
        match self {
            Self::Busy | Self::DeleteNotAsked | Self::NoAddress | Self::Orphan => {
                Problem::new(StatusCode::CONFLICT, self.to_string())
            }
            Self::Gateway(error) => gateway(&error),
        }
    }
}

impl Refusal for CredentialsRefusal {
    fn problem(self) -> Problem {
        match self {
            Self::NoAddress | Self::Orphan | Self::Busy => Problem::new(StatusCode::CONFLICT, self.to_string()),
            Self::Gateway(error) => gateway(&error),
        }
    }
}

/// What 3dEye did wrong. Logged here, once; the error carries no secret and no address.
fn gateway(error: &GatewayError) -> Problem {
    let not_called = |text| Problem::new(StatusCode::SERVICE_UNAVAILABLE, text);
    let retry_after = match error {
        GatewayError::NotConfigured => return not_called("Access to 3dEye is not configured"),
        GatewayError::CircuitOpen { retry_after } => {
            let retry_after = Some(whole_seconds(*retry_after).max(1));
            return Problem {
                retry_after,
                ..not_called("3dEye failed too often lately and is left alone for a while")
            };
        }
        GatewayError::Unavailable { retry_after } => retry_after.map(whole_seconds),
        _ => None,
    };
    tracing::warn!(%error, "3dEye failed");
    Problem {
        retry_after,
        ..Problem::new(StatusCode::BAD_GATEWAY, "3dEye did not do what was asked; please try again")
    }
}
