//! The reference page in a real browser that reaches nothing but the service.

use anyhow::Result;
use portcullis_tests::demo::Demo;
use portcullis_tests::script;
use serde_json::json;

/// All operations are found, samples and colours switched, and the three operations sent from the request console.
#[tokio::test(flavor = "multi_thread")]
async fn people_find_and_try_everything() -> Result<()> {
    let demo = Demo::start().await?;
    print!("{}", script::browser("reference.mjs", json!({"variables": demo.variables})).await?);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_kept_out() -> Result<()> {
    let demo = Demo::start().await?;
    print!("{}", script::browser("accessibility.mjs", json!({"variables": demo.variables})).await?);
    Ok(())
}
