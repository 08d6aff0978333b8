//! Clients that others have published: they must not notice whom they talk to.

mod generated;

use anyhow::Result;
use portcullis_tests::database::Kind;
use portcullis_tests::script;
use portcullis_tests::server::{ADMIN_PASSWORD, World};
use serde_json::json;

crate::on_each_database!(
    the_npm_client_answers_challenges,
    the_npm_client_answers_with_mailed_codes,
    the_npm_client_enrols,
    the_npm_client_resets_others,
    the_npm_client_signs_programs_in,
    the_pypi_client_resets,
    the_pypi_client_manages_accounts,
);

/// A script on a server of its own, with nobody but the first administrator.
macro_rules! script {
    ($name:ident, $run:path, $script:literal) => {
        async fn $name(kind: Kind) -> Result<()> {
            let world = World::new(kind).await?;
            let server = world.start().await?;
            let mails = world.folder().join("mail");
            let told =
                json!({"url": server.url(), "admin": "admin", "adminPassword": ADMIN_PASSWORD, "mails": mails});
            print!("{}", $run($script, &told).await?);
            Ok(())
        }
    };
}

script!(the_npm_client_answers_challenges, script::node, "challenge.mjs");
script!(the_npm_client_answers_with_mailed_codes, script::node, "mailed.mjs");
script!(the_npm_client_enrols, script::node, "enrolment.mjs");
script!(the_npm_client_resets_others, script::node, "administrator.mjs");
script!(the_npm_client_signs_programs_in, script::node, "tokens.mjs");
script!(the_pypi_client_resets, script::python, "resets.py");
script!(the_pypi_client_manages_accounts, script::python, "accounts.py");
