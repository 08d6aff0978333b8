//! `portcullis openapi`

use super::{Failure, say};
use crate::http::openapi::document;

pub(super) fn run() -> Result<(), Failure> {
    say(format_args!("{}", serde_json::to_string_pretty(&document())?))?;
    Ok(())
}
