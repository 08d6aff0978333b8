//! A grant: one lock on one person's list.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::clock::Timestamp;
use crate::ids::LockId;
use crate::text::FreeText;
use crate::user::UserStatus;

/// The label a lock is shown with; it grants nothing on the device.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum AccessLevel {
    /// Owner.
    Owner,
    /// Administrator.
    Admin,
    /// Ordinary user.
    User,
    /// Guest.
    Guest,
}

impl AccessLevel {
    /// The word on the wire and in stores.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Owner => "OWNER",
            Self::Admin => "ADMIN",
            Self::User => "USER",
            Self::Guest => "GUEST",
        }
    }

    /// Reads the word.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Owner, Self::Admin, Self::User, Self::Guest].into_iter().find(|level| level.as_str() == text)
    }
}

/// From when until when a grant counts; either end may be open.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Window {
    from: Option<Timestamp>,
    until: Option<Timestamp>,
}

/// A window that ends before it begins.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("must be after validFrom")]
pub struct EmptyWindow;

impl Window {
    /// Builds a window; its end must lie after its beginning.
    pub fn new(from: Option<Timestamp>, until: Option<Timestamp>) -> Result<Self, EmptyWindow> {
        match (from, until) {
            (Some(from), Some(until)) if until <= from => Err(EmptyWindow),
            _ => Ok(Self { from, until }),
        }
    }

    /// A window as it was recorded, whatever it is: an old event is not judged again. An empty one is never active.
    pub const fn recorded(from: Option<Timestamp>, until: Option<Timestamp>) -> Self {
        Self { from, until }
    }

    /// Its beginning; the grant counts from then on.
    pub const fn from(self) -> Option<Timestamp> {
        self.from
    }

    /// Its end; the grant is absent from that instant.
    pub const fn until(self) -> Option<Timestamp> {
        self.until
    }
}

/// What a grant is worth at an instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GrantState {
    /// Not yet valid.
    Scheduled,
    /// Valid.
    Active,
    /// Kept, and worth nothing while the person may not act, suspended or switched off; whether it was valid or not yet.
    Suspended,
    /// Over: counts as absent everywhere.
    Expired,
}

/// One lock on a person's list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grant {
    /// The lock.
    pub lock: LockId,
    /// The name it is shown with.
    pub lock_name: FreeText,
    /// The label it is shown with.
    pub access_level: AccessLevel,
    /// Who granted it, as the caller said.
    pub granted_by: FreeText,
    /// When it counts.
    pub window: Window,
    /// When it was granted.
    pub granted_at: Timestamp,
}

impl Grant {
    /// What it is worth at `now` by itself, whoever has it: never `Suspended`.
    pub fn state(&self, now: Timestamp) -> GrantState {
        if self.window.until.is_some_and(|until| until <= now) {
            GrantState::Expired
        } else if self.window.from.is_some_and(|from| now < from) {
            GrantState::Scheduled
        } else {
            GrantState::Active
        }
    }

    /// What it is worth at `now` to a person of this status. What is over is over, whether the person may act or not.
    pub fn state_for(&self, person: UserStatus, now: Timestamp) -> GrantState {
        match self.state(now) {
            GrantState::Active | GrantState::Scheduled if person != UserStatus::Active => GrantState::Suspended,
            state => state,
        }
    }
}
