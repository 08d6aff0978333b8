//! `portcullis serve`

use std::sync::Arc;

use clap::Args;
use tokio::signal::unix::{SignalKind, signal};

use super::Failure;
use super::announce::{Addresses, announce};
use super::background::Background;
use super::deliveries::Deliveries;
use crate::composition::{Composition, Schema, ServingLock, first_administrator};
use crate::config::Config;
use crate::http::metrics::MetricsListener;
use crate::http::server::Server;

const EXAMPLES: &str = "\
Examples:
  portcullis serve
  portcullis --config portcullis.toml serve
  PORTCULLIS__HTTP__LISTEN=0.0.0.0:8787 portcullis serve
  portcullis serve --log-format json --log warn,portcullis_api=info";

/// Serve over HTTP until told to stop.
///
/// What runs day and night. It needs no setting: it makes an embedded database, a key to seal secrets with and a first
/// administrator in this folder, and says where everything is and what is switched off. Ctrl-C or SIGTERM ends it once
/// requests under way are answered.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Options {}

pub(super) async fn run(config: &Config) -> Result<(), Failure> {
    let lock = ServingLock::take(&config.database.kind)?;
    let composition = Composition::open(config, Schema::Serve).await?;
    let deliveries =
        Deliveries::new(composition.app.clone(), composition.relay(config)?, Arc::clone(&composition.queued));
    let server = Server::bind(composition.app.clone(), &config.http).await?;
    let metrics = config.metrics_listen.map(|listen| MetricsListener::start(composition.app.clone(), listen));
    let metrics = metrics.transpose()?;
    // After everything that can fail, so that the path of a generated password is always told.
    let administrator = first_administrator(&composition.app, config).await?;
    let addresses = Addresses { service: server.url()?, metrics: metrics.as_ref().map(MetricsListener::url) };
    announce(config, &administrator, &addresses)?;
    let background = Background::start(&composition.app, composition.store.clone(), deliveries);
    let ended = server.run(interrupted()).await;
    background.stop().await;
    if let Some(metrics) = metrics {
        metrics.stop().await;
    }
    composition.store.close().await;
    drop(lock);
    Ok(ended?)
}

/// Returns when the process is asked to end.
pub(super) async fn interrupted() {
    let terminated = async {
        match signal(SignalKind::terminate()) {
            Ok(mut terminated) => drop(terminated.recv().await),
            Err(_) => std::future::pending().await,
        }
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        () = terminated => {}
    }
}
