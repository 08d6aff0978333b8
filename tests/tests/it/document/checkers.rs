//! Checkers of OpenAPI documents others have published.

use std::path::{Path, PathBuf};

use anyhow::Result;
use portcullis_tests::database::Kind;
use portcullis_tests::script;
use portcullis_tests::server::World;
use serde_json::json;

/// The document that is checked in.
fn document() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/openapi.json")
}

#[tokio::test(flavor = "multi_thread")]
async fn the_validator_takes_what_is_checked_in_and_what_is_served() -> Result<()> {
    let world = World::new(Kind::Sqlite).await?;
    let server = world.start().await?;
    let told = json!({"url": server.url(), "document": document()});
    print!("{}", script::python("validate.py", &told).await?);
    Ok(())
}

#[tokio::test]
async fn the_linter_finds_nothing() -> Result<()> {
    print!("{}", script::node("lint.mjs", &json!({"document": document()})).await?);
    Ok(())
}
