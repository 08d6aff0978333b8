//! `portcullis threedeye-sim`

use std::net::SocketAddr;

use anyhow::Context;
use clap::Args;
use threedeye_sim::{Sim, SimConfig};

use super::{Failure, say, serve};

#[derive(Debug, Args)]
#[command(after_help = "Example:\n  portcullis threedeye-sim --listen 127.0.0.1:9000")]
pub(super) struct Options {
    /// Where to listen.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:9000")]
    listen: SocketAddr,
}

pub(super) async fn run(options: &Options) -> Result<(), Failure> {
    let config = SimConfig { listen: options.listen, ..SimConfig::default() };
    let sim = Sim::start(config).await.with_context(|| format!("{} cannot be listened on", options.listen))?;
    let credentials = sim.credentials();
    say(format_args!("threedeye.api_key = {:?}", credentials.api_key))?;
    say(format_args!("threedeye.username = {:?}", credentials.username))?;
    say(format_args!("threedeye.password = {:?}", credentials.password))?;
    say(format_args!("threedeye.customer_id = \"{}\"", credentials.customer_id))?;
    say(format_args!("listening on {}", sim.base_url()))?;
    serve::interrupted().await;
    sim.shutdown().await;
    Ok(())
}
