//! The API document is good enough for programs that make clients of it: what they make compiles and does the three
//! operations on the demonstration.

use anyhow::Result;
use portcullis_tests::demo::Demo;
use portcullis_tests::script;
use serde_json::json;

#[tokio::test(flavor = "multi_thread")]
async fn a_client_made_for_python_does_the_three_operations() -> Result<()> {
    let demo = Demo::start().await?;
    print!("{}", script::python("generated.py", &json!(demo.variables)).await?);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_made_for_typescript_does_the_three_operations() -> Result<()> {
    let demo = Demo::start().await?;
    print!("{}", script::node("generated.mjs", &json!(demo.variables)).await?);
    Ok(())
}
