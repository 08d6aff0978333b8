//! `portcullis openapi`

use clap::Args;

use super::{Failure, say};
use crate::http::openapi::document;

/// Print the OpenAPI document: the whole API, for generators of clients and for reading.
///
/// A serving process has the same at /openapi.json, with its own address in it.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  portcullis openapi > openapi.json\n  portcullis openapi | head -3")]
pub(super) struct Options {}

pub(super) fn run() -> Result<(), Failure> {
    say(format_args!("{}", serde_json::to_string_pretty(&document())?))?;
    Ok(())
}
