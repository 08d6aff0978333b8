//! `portcullis openapi`

use super::Failure;
use crate::http::openapi::document;

pub(super) fn run() -> Result<(), Failure> {
    println!("{}", serde_json::to_string_pretty(&document())?);
    Ok(())
}
