//! What commands say on standard output.

use std::fmt;
use std::io::{self, Write};

use anyhow::Context;
use thiserror::Error;

/// Nobody reads standard output any more, as after `| head`.
#[derive(Debug, Error)]
#[error("standard output is closed")]
pub(super) struct Closed;

/// Says a line; its colours, if it has any, only to who wants them.
pub(super) fn say(line: fmt::Arguments<'_>) -> anyhow::Result<()> {
    match writeln!(anstream::stdout().lock(), "{line}") {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Err(Closed.into()),
        said => said.context("standard output cannot be written to"),
    }
}
