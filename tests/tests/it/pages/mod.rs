//! What the pages for people show is done as they show it: every block of the README and of the guide is run, in the order
//! it stands there, and what is printed is what the page says.

mod page;
mod service;
mod shell;
mod stage;

use anyhow::Result;
use portcullis_tests::script;
use serde_json::json;

use self::page::Page;
use self::stage::Stage;

const README: Page = Page { name: "README.md", text: include_str!("../../../../README.md") };
const GUIDE: Page = Page { name: "docs/GUIDE.md", text: include_str!("../../../../docs/GUIDE.md") };

#[tokio::test(flavor = "multi_thread")]
async fn the_readme_is_true() -> Result<()> {
    follow(&README, 20).await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_guide_is_true() -> Result<()> {
    follow(&GUIDE, 12).await
}

#[tokio::test(flavor = "multi_thread")]
async fn links_lead_somewhere() -> Result<()> {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
    let told = json!({"root": root, "pages": ["README.md", "docs", "crates"]});
    print!("{}", script::node("links.mjs", &told).await?);
    Ok(())
}

/// Does what the page says, each of its sections in an empty folder; `least` is how many blocks there are to be.
async fn follow(page: &Page, least: usize) -> Result<()> {
    let mut blocks = 0;
    for section in page.sections()? {
        let done = Stage::set()?.follow(&section).await?;
        println!("{}, {}: {done} blocks", page.name, section.title);
        blocks += done;
    }
    assert!(blocks >= least, "{} has {blocks} blocks only: are they found?", page.name);
    Ok(())
}
