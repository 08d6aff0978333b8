//! The reference page in a real browser that reaches nothing but the service.

use anyhow::Result;
use portcullis_tests::demo::Demo;
use portcullis_tests::script;
use serde_json::json;

/// A script with a demonstration of its own.
macro_rules! script {
    ($name:ident, $script:literal) => {
        #[tokio::test(flavor = "multi_thread")]
        async fn $name() -> Result<()> {
            let demo = Demo::start().await?;
            print!("{}", script::browser($script, json!({"variables": demo.variables})).await?);
            Ok(())
        }
    };
}

script!(people_find_everything, "reference.mjs");
script!(people_send_the_three_operations, "trying.mjs");
script!(nobody_is_kept_out, "accessibility.mjs");
script!(a_narrow_screen_is_enough, "narrow.mjs");
