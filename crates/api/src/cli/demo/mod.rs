//! `portcullis demo`: everything at once, with nothing to set up.

mod factor;
mod http;
mod stage;
mod story;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::anyhow;
use clap::{Args, ValueHint};
use tokio::sync::Notify;

use self::stage::Stage;
use super::{Failure, serve};

/// Show the three operations on one sample person, then stay up for trying things out.
///
/// For the first minutes: everything is made in a new folder, with a stand-in for 3dEye, and every request and answer is
/// printed. What it prints at the end can be pasted into another shell.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  portcullis demo\n  portcullis demo --once\n  portcullis demo --listen 127.0.0.1:8787 --folder portcullis-demo"
)]
pub(super) struct Options {
    /// End after the operations instead of staying up.
    #[arg(long)]
    once: bool,
    /// A new folder for the database; otherwise one among the temporary files.
    #[arg(long, value_name = "FOLDER", value_hint = ValueHint::DirPath)]
    folder: Option<PathBuf>,
    /// Where to listen. Port 0 takes a free one.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:0")]
    listen: SocketAddr,
}

pub(super) async fn run(options: &Options) -> Result<(), Failure> {
    if let Some(folder) = options.folder.as_ref().filter(|folder| folder.exists()) {
        let error = anyhow!("{} is there already", folder.display());
        return Err(Failure::misuse(error, "name a folder that is not there yet with --folder, or leave it out"));
    }
    let stop = Arc::new(Notify::new());
    let stage = Stage::set(options.folder.clone(), options.listen, Arc::clone(&stop)).await?;
    let told = show(&stage, options.once).await;
    stop.notify_one();
    stage.clear().await?;
    told
}

async fn show(stage: &Stage, once: bool) -> Result<(), Failure> {
    let people = story::tell(stage).await?;
    if !once {
        stage.print_what_to_try(&people)?;
        serve::interrupted().await;
    }
    Ok(())
}
