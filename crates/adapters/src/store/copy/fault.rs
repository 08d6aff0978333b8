//! Why nothing was copied.

use thiserror::Error;

use crate::store::Fault;

/// Why nothing was copied, and what to do about it. The target is as it was.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum CopyFault {
    /// The source cannot be opened.
    #[error("the source cannot be opened")]
    Source(#[source] Fault),
    /// The target cannot be opened.
    #[error("the target cannot be opened")]
    Target(#[source] Fault),
    /// The source has no schema.
    #[error("the source holds nothing of this service; is its address right?")]
    SourceEmpty,
    /// The source is of an earlier release.
    #[error("the source has an older schema; run `portcullis migrate` on it first")]
    SourceOlder,
    /// The source is of a later release.
    #[error("the source was written by a newer release; copy it with that one")]
    SourceNewer,
    /// A table of the source has other columns than this release gives it.
    #[error("the table {0} of the source is not as this release makes it; undo what was changed by hand")]
    SourceTable(String),
    /// Both addresses lead to one database.
    #[error("source and target are the same database; give another target")]
    SameDatabase,
    /// Other processes are connected to the source.
    #[error("other processes use the source ({0} connections); stop all of them, then copy again")]
    InUse(u64),
    /// Values of the source are sealed with keys that are not known.
    #[error(
        "the source is sealed with the master key {0}, which is not configured; add that key to \
         secrets.older_master_keys, or as a line to the file of secrets.master_key_file, then copy again"
    )]
    UnknownKeys(String),
    /// The target is of another release.
    #[error("the target has the schema of another release; give an empty database, its schema is made by the copy")]
    TargetSchema,
    /// The target has something already.
    #[error("the target is not empty, it has the table {0}; give an empty database, its schema is made by the copy")]
    TargetTable(String),
    /// The target has rows already.
    #[error("the target is not empty, there are rows in {0}; give an empty database, its schema is made by the copy")]
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
    #[error(
        "{0} of the source is not what the events make; stop every process that uses the source, run \
         `portcullis migrate --rebuild-views` on it, then copy again"
    )]
    StaleView(String),
    /// Both sides differ after the copy.
    #[error("{0} is not the same on both sides: the source was written to meanwhile; stop whatever does, then copy again")]
    Differs(String),
    /// Positions or versions of the source have gaps.
    #[error("the events of the source have gaps: some were deleted by hand; put them back from a backup")]
    Gaps,
    /// Whether the last step took effect is not known.
    #[error("the end of the copy was not confirmed; copy again: should the target be complete, it is refused as not empty")]
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
