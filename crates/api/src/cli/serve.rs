//! `portcullis serve`

use std::path::absolute;
use std::sync::Arc;

use tokio::signal::unix::{SignalKind, signal};

use super::background::Background;
use super::deliveries::Deliveries;
use super::{Failure, say};
use crate::composition::{Composition, FirstAdministrator, Schema, ServingLock, first_administrator};
use crate::config::{Config, DatabaseKind, MailTarget};
use crate::http::auth::JwtKeys;
use crate::http::metrics::MetricsListener;
use crate::http::server::Server;

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
    announce(config, &administrator)?;
    if let Some(metrics) = &metrics {
        say(format_args!("metrics: {}", metrics.url()))?;
    }
    say(format_args!("listening on {}", server.url()?))?;
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

/// Says what is there, what is not, and why.
fn announce(config: &Config, administrator: &FirstAdministrator) -> anyhow::Result<()> {
    match &config.database.kind {
        DatabaseKind::Sqlite(file) => say(format_args!("database: SQLite, {}", file.display()))?,
        DatabaseKind::Postgres => say(format_args!("database: Postgres"))?,
    }
    let name = config.bootstrap.username.as_str();
    match administrator {
        FirstAdministrator::Exists => {}
        FirstAdministrator::Configured => {
            say(format_args!("first administrator: {name}, with the configured password"))?;
        }
        FirstAdministrator::Generated(path) => {
            say(format_args!("first administrator: {name}, password in {}", path.display()))?;
        }
    }
    match &config.mail.to {
        MailTarget::Server { server, .. } => say(format_args!("mail: over {server}"))?,
        MailTarget::Folder(folder) => {
            let folder = absolute(folder).unwrap_or_else(|_| folder.clone());
            let why = if config.shown.contains_key("smtp.url") { "" } else { ", as smtp.url is not set" };
            say(format_args!("mail: .eml files in {}{why}; codes sent by mail are there", folder.display()))?;
        }
    }
    // A secret is shared with one issuer for one service; the keys of an issuer sign for all its services.
    let published = config.auth.jwt.as_ref().filter(|jwt| !matches!(jwt.keys, JwtKeys::Hs256(_)));
    let any_audience = published.is_some_and(|jwt| jwt.audience.is_none());
    let any_issuer = published.is_some_and(|jwt| jwt.issuer.is_none());
    let off = [
        (config.auth.jwt.is_none(), "tokens of people", "auth.jwt.hs256_secret, .jwks_file or .jwks_url is not set"),
        (any_audience, "the check whom tokens are for", "auth.jwt.audience is not set"),
        (any_issuer, "the check who made tokens", "auth.jwt.issuer is not set"),
        (config.auth.admin.is_none(), "staff", "auth.admin_api_key is not set"),
        (config.threedeye.is_none(), "3dEye", "threedeye.base_url is not set"),
        (config.http.tls.is_none(), "TLS", "http.tls.cert_file is not set"),
        (!config.two_factor.enabled, "second factors", "two_factor.enabled is false"),
        (config.lockout.is_none(), "counting wrong passwords and codes", "lockout.enabled is false"),
        (config.rate_limit.is_none(), "the limit of calls", "rate_limit.enabled is false"),
    ];
    for (_, what, why) in off.into_iter().filter(|(off, ..)| *off) {
        say(format_args!("off: {what}: {why}"))?;
    }
    Ok(())
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
