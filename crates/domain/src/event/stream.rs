//! Streams, versions and positions.

use std::fmt;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::ids::{CameraRoleId, LockId, OrgId, UserId};

/// What a stream is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum AggregateKind {
    /// A person.
    #[serde(rename = "UserAggregate")]
    User,
    /// A lock.
    #[serde(rename = "LockAggregate")]
    Lock,
    /// An organisation.
    #[serde(rename = "TenantAggregate")]
    Tenant,
    /// The permission table; there is one, see [`StreamId::permissions`].
    #[serde(rename = "PermissionTableAggregate")]
    PermissionTable,
    /// A camera role.
    #[serde(rename = "CameraRoleAggregate")]
    CameraRole,
}

/// Text that names no kind of aggregate.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("unknown aggregate type")]
pub struct UnknownAggregateKind;

impl AggregateKind {
    /// Every kind.
    pub const ALL: [Self; 5] = [Self::User, Self::Lock, Self::Tenant, Self::PermissionTable, Self::CameraRole];

    /// The class name on the wire: `UserAggregate`.
    pub const fn class(self) -> &'static str {
        match self {
            Self::User => "UserAggregate",
            Self::Lock => "LockAggregate",
            Self::Tenant => "TenantAggregate",
            Self::PermissionTable => "PermissionTableAggregate",
            Self::CameraRole => "CameraRoleAggregate",
        }
    }

    /// The short name in paths: `user`. Stores keep this one.
    pub const fn slug(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Lock => "lock",
            Self::Tenant => "tenant",
            Self::PermissionTable => "permission-table",
            Self::CameraRole => "camera-role",
        }
    }

    /// Reads a slug or a class name.
    pub fn parse(text: &str) -> Result<Self, UnknownAggregateKind> {
        Self::ALL.into_iter().find(|kind| text == kind.slug() || text == kind.class()).ok_or(UnknownAggregateKind)
    }
}

/// The stream of one aggregate.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StreamId {
    kind: AggregateKind,
    id: String,
}

impl StreamId {
    /// The stream of a kind with the id as text.
    pub fn new(kind: AggregateKind, id: impl Into<String>) -> Self {
        Self { kind, id: id.into() }
    }

    /// The stream of the permission table.
    pub fn permissions() -> Self {
        Self::new(AggregateKind::PermissionTable, "permissions")
    }

    /// What it is about.
    pub const fn kind(&self) -> AggregateKind {
        self.kind
    }

    /// The id within its kind.
    pub fn id(&self) -> &str {
        &self.id
    }
}

impl fmt::Display for StreamId {
    /// `UserAggregate/{id}`, the form answers name it in.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.kind.class(), self.id)
    }
}

impl From<UserId> for StreamId {
    fn from(id: UserId) -> Self {
        Self::new(AggregateKind::User, id.to_string())
    }
}

impl From<&LockId> for StreamId {
    fn from(id: &LockId) -> Self {
        Self::new(AggregateKind::Lock, id.as_str())
    }
}

impl From<&CameraRoleId> for StreamId {
    fn from(id: &CameraRoleId) -> Self {
        Self::new(AggregateKind::CameraRole, id.as_str())
    }
}

impl From<&OrgId> for StreamId {
    fn from(id: &OrgId) -> Self {
        Self::new(AggregateKind::Tenant, id.as_str())
    }
}

/// How many events a stream has: 0 before the first, then one more with each.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Version(u64);

impl Version {
    /// The version of a stream without events.
    pub const NONE: Self = Self(0);

    /// A version by its number.
    pub const fn new(number: u64) -> Self {
        Self(number)
    }

    /// Its number.
    pub const fn number(self) -> u64 {
        self.0
    }

    /// The version after `count` more events.
    #[must_use]
    pub const fn after(self, count: usize) -> Self {
        Self(self.0 + count as u64)
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Where an event stands among all events: contiguous from 1, and a reader who has seen position n never later finds
/// one below it that was not there.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Position(u64);

impl Position {
    /// Before the first event.
    pub const START: Self = Self(0);

    /// A position by its number.
    pub const fn new(number: u64) -> Self {
        Self(number)
    }

    /// Its number.
    pub const fn number(self) -> u64 {
        self.0
    }

    /// The position that follows.
    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0 + 1)
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
