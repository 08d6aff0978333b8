//! What is to be repaired, and what was.

use serde::{Deserialize, Serialize};

use crate::event::Version;
use crate::ids::{ThreeDEyeRoleId, ThreeDEyeUserId, UserId};
use crate::threedeye::{DriftFinding, DriftKind, Remedy};

/// The finding meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RepairTarget {
    /// Something about a person's mapping; of an orphaned account see the other.
    OfPerson {
        /// What.
        kind: DriftKind,
        /// Whose.
        user: UserId,
    },
    /// An account no mapping names.
    Orphan(ThreeDEyeUserId),
}

impl RepairTarget {
    const fn kind(&self) -> DriftKind {
        match self {
            Self::OfPerson { kind, .. } => *kind,
            Self::Orphan(_) => DriftKind::Orphaned,
        }
    }
}

/// What to do about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RepairOrder {
    /// The finding.
    pub target: RepairTarget,
    /// Only say what would be done?
    pub dry_run: bool,
    /// May an account be deleted that belongs to nobody here?
    pub delete_remote: bool,
}

/// What was done, or would be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RepairReport {
    /// What was found.
    pub kind: DriftKind,
    /// Whose account.
    pub user: Option<UserId>,
    /// The account there is now, or the one that was deleted or is meant.
    pub threedeye_user: Option<ThreeDEyeUserId>,
    /// What sets it right; none when nothing is to be done.
    pub remedy: Option<Remedy>,
    /// Roles the account should have.
    pub roles: Vec<ThreeDEyeRoleId>,
    /// Was it only to be said?
    pub dry_run: bool,
    /// Was anything done?
    pub changed: bool,
    /// Why nothing was, or not everything.
    pub reason: Option<String>,
    /// Version of the stream after it, where something was written.
    pub version: Option<Version>,
}

impl RepairReport {
    /// There is nothing to do.
    pub(super) fn unchanged(order: &RepairOrder, user: Option<UserId>, reason: String) -> Self {
        let threedeye_user = match &order.target {
            RepairTarget::OfPerson { .. } => None,
            RepairTarget::Orphan(id) => Some(id.clone()),
        };
        Self {
            kind: order.target.kind(),
            user,
            threedeye_user,
            remedy: None,
            roles: Vec::new(),
            dry_run: order.dry_run,
            changed: false,
            reason: Some(reason),
            version: None,
        }
    }

    /// What would be done.
    pub(super) fn planned(order: &RepairOrder, finding: &DriftFinding) -> Self {
        Self {
            kind: finding.kind,
            user: finding.user,
            threedeye_user: finding.threedeye_user.clone(),
            remedy: Some(finding.remedy),
            roles: finding.expected.clone(),
            dry_run: order.dry_run,
            changed: false,
            reason: order.dry_run.then(|| "it was only asked what would be done".to_owned()),
            version: None,
        }
    }
}
