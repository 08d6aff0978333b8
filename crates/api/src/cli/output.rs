//! What a command tells: for people, or for programs.

use clap::Args;
use serde::Serialize;

use super::{Failure, say};

/// How a command that prints data prints it.
#[derive(Debug, Clone, Copy, Args)]
pub(super) struct Output {
    /// Print one JSON document, with the names of the HTTP API where that tells the same.
    #[arg(long)]
    json: bool,
}

impl Output {
    /// For programs?
    pub(super) const fn is_json(self) -> bool {
        self.json
    }

    /// Tells something: as a document, or in the words of `text`.
    pub(super) fn tell<T: Serialize + ?Sized>(
        self,
        told: &T,
        text: impl FnOnce() -> anyhow::Result<()>,
    ) -> Result<(), Failure> {
        if self.json { Ok(say(format_args!("{}", serde_json::to_string_pretty(told)?))?) } else { Ok(text()?) }
    }
}
