//! Why nothing was copied.

use thiserror::Error;

use crate::store::Fault;

/// Why nothing was copied. The target is as it was, unless even that could not be found out.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum CopyFault {
    /// The source cannot be opened.
    #[error("the source cannot be opened")]
    Source(#[source] Fault),
    /// The target cannot be opened.
    #[error("the target cannot be opened")]
    Target(#[source] Fault),
    /// The source has no schema.
    #[error("the source holds nothing of this service")]
    SourceEmpty,
    /// The source is of an earlier release.
    #[error("the source has an older schema")]
    SourceOlder,
    /// The source is of a later release.
    #[error("the source was written by a newer release")]
    SourceNewer,
    /// A table of the source has other columns than this release gives it.
    #[error("the table {0} of the source is not as this release makes it")]
    SourceTable(String),
    /// Both addresses lead to one database.
    #[error("source and target are the same database")]
    SameDatabase,
    /// Other processes are connected to the source.
    #[error("other processes use the source, over {0} connections")]
    InUse(u64),
    /// Values of the source are sealed with keys that are not known.
    #[error("the source is sealed with the master key {0}, which is not configured")]
    UnknownKeys(String),
    /// The target is of another release.
    #[error("the target has the schema of another release")]
    TargetSchema,
    /// The target has a table already that the schema would make.
    #[error("the target is not empty: it has a table {0}")]
    TargetTable(String),
    /// The target has rows already.
    #[error("the target is not empty: there are rows in {0}")]
    TargetRows(String),
    /// What there is to copy could not be found out.
    #[error("the tables of this release cannot be told")]
    Shape(#[source] Fault),
    /// The schema could not be made.
    #[error("the schema of the target cannot be made")]
    Schema(#[source] Fault),
    /// Rows could not be read or written.
    #[error("{0} cannot be copied")]
    Rows(String, #[source] Fault),
    /// The views could not be made from the events.
    #[error("the views cannot be made from the copied events")]
    Views(#[source] Fault),
    /// A view of the source is not what its events make.
    #[error("{0} of the source is not what the events make")]
    StaleView(String),
    /// Both sides differ after the copy.
    #[error("{0} is not the same on both sides: the source was written to meanwhile")]
    Differs(String),
    /// Positions or versions of the source have gaps.
    #[error("the events of the source have gaps: some were deleted or changed by hand")]
    Gaps,
    /// Whether the last step took effect is not known.
    #[error("the end of the copy was not confirmed")]
    Unconfirmed(#[source] Fault),
}

impl CopyFault {
    /// Is there something to be changed before another copy can succeed?
    pub const fn is_refusal(&self) -> bool {
        !matches!(
            self,
            Self::Shape(_)
                | Self::Schema(_)
                | Self::Rows(..)
                | Self::Views(_)
                | Self::Differs(_)
                | Self::Unconfirmed(_)
        )
    }
}
