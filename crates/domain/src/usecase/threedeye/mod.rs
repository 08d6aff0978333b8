//! Camera accounts. The remote calls happen while the caller waits, so each has a durable intent before and its outcome
//! after: a crash anywhere is finished or reported by the next call. Run these as tasks that a hang-up does not cancel.

mod backfill;
mod create;
mod credentials;
mod crowd;
mod deadline;
mod diagnose;
mod drift;
mod job;
mod provision;
mod repair;
mod report;
mod reset;
mod restore;
mod retire;

pub use backfill::{BackfillOrder, BackfillReport, BackfillThreeDEye, BackfillWatch};
pub(crate) use credentials::ensure_within;
pub use credentials::{CameraCredentials, ReadCredentials};
pub use diagnose::{CameraDiagnosis, DiagnoseThreeDEye, MappingDiagnosis, Probe, RemoteDiagnosis};
pub use drift::{CompareThreeDEye, DriftPage};
pub use job::CameraPorts;
pub(crate) use job::{Job, LET_GO, PATIENCE, PAUSE, ROUNDS, StepError};
pub use repair::{RepairOrder, RepairReport, RepairTarget, RepairThreeDEye};
pub use report::{RemoteReport, ReprovisionReport, ResetReport};
pub use reset::ResetThreeDEye;
pub(crate) use retire::{RemoteError, at_address, note_missing};
