//! What `serve` says when it starts: where everything is, and what is switched off and why. Never a secret.

use std::path::{Path, absolute};

use super::{say, table};
use crate::composition::FirstAdministrator;
use crate::config::{Config, DatabaseKind, MailTarget};
use crate::http::auth::JwtKeys;
use crate::http::reference;

/// What is known only once it listens.
pub(super) struct Addresses {
    /// Of the service.
    pub(super) service: String,
    /// Of the counters, where they have a listener of their own.
    pub(super) metrics: Option<String>,
}

/// Says it, the address last: whoever reads that line may begin.
pub(super) fn announce(
    config: &Config,
    administrator: &FirstAdministrator,
    addresses: &Addresses,
) -> anyhow::Result<()> {
    table::heading(&format!("Portcullis {}", env!("CARGO_PKG_VERSION")))?;
    table::pairs(&places(config, administrator, addresses))?;
    let off = switched_off(config);
    if !off.is_empty() {
        say(format_args!(""))?;
        table::heading("Switched off")?;
        table::pairs(&off)?;
    }
    say(format_args!(""))?;
    say(format_args!("listening on {}; Ctrl-C stops it", addresses.service))
}

fn places<'a>(
    config: &Config,
    administrator: &FirstAdministrator,
    Addresses { service, metrics }: &Addresses,
) -> Vec<(&'a str, String)> {
    let mut places = vec![("service", service.clone())];
    if let Some(public) = &config.http.public_url {
        places.push(("for clients", public.clone()));
    }
    places.push(("reference", format!("{service}{}", reference::PATH)));
    places.push(("document", format!("{service}/openapi.json")));
    places.push(match (metrics, &config.auth.admin) {
        (Some(metrics), _) => ("metrics", metrics.clone()),
        (None, Some(_)) => ("metrics", format!("{service}/metrics, for staff, as metrics.listen is not set")),
        (None, None) => ("metrics", "for nobody, as neither metrics.listen nor auth.admin_api_key is set".to_owned()),
    });
    places.push(("database", database(config)));
    places.push(("mail", mail(config)));
    if let Some(tokens) = &config.auth.jwt {
        places.push((
            "tokens",
            match &tokens.keys {
                JwtKeys::Hs256(_) => "signed with auth.jwt.hs256_secret".to_owned(),
                JwtKeys::File(_) => format!("signed by a key in {}", shown(config, "auth.jwt.jwks_file")),
                JwtKeys::Url(_) => format!("signed by a key of {}", shown(config, "auth.jwt.jwks_url")),
            },
        ));
    }
    if let Some(threedeye) = &config.threedeye {
        places.push(("3dEye", threedeye.base_url.clone()));
    }
    let name = config.bootstrap.username.as_str();
    match administrator {
        FirstAdministrator::Exists => {}
        FirstAdministrator::Configured => {
            places.push(("first administrator", format!("{name}, with the configured password")));
        }
        FirstAdministrator::Generated(path) => {
            places.push(("first administrator", format!("{name}, password in {}", whole(path))));
        }
    }
    places
}

/// Which database, and where: without user and password.
fn database(config: &Config) -> String {
    match &config.database.kind {
        DatabaseKind::Sqlite(file) => format!("SQLite, {}", whole(file)),
        DatabaseKind::Postgres => {
            let url = shown(config, "database.url");
            let place = url.split_once("://").map_or("", |(_, place)| place);
            format!("Postgres, {}", place.strip_prefix("[set]@").unwrap_or(place))
        }
    }
}

fn mail(config: &Config) -> String {
    match &config.mail.to {
        MailTarget::Server { server, .. } => format!("over {server}"),
        MailTarget::Folder(folder) => {
            let why = if config.shown.contains_key("smtp.url") { "" } else { ", as smtp.url is not set" };
            format!(".eml files in {}{why}; codes sent by mail are there", whole(folder))
        }
    }
}

fn switched_off(config: &Config) -> Vec<(&'static str, String)> {
    // A secret is shared with one issuer for one service; the keys of an issuer sign for all its services.
    let published = config.auth.jwt.as_ref().filter(|jwt| !matches!(jwt.keys, JwtKeys::Hs256(_)));
    let any_audience = published.is_some_and(|jwt| jwt.audience.is_none());
    let any_issuer = published.is_some_and(|jwt| jwt.issuer.is_none());
    let all = [
        (config.auth.jwt.is_none(), "tokens of people", "auth.jwt.hs256_secret, .jwks_file or .jwks_url is not set"),
        (any_audience, "the check whom tokens are for", "auth.jwt.audience is not set"),
        (any_issuer, "the check who made tokens", "auth.jwt.issuer is not set"),
        (config.auth.admin.is_none(), "staff", "auth.admin_api_key is not set"),
        (config.threedeye.is_none(), "3dEye", "threedeye.base_url is not set; camera calls are answered 503"),
        (config.http.tls.is_none(), "TLS", "http.tls.cert_file is not set"),
        (!config.two_factor.enabled, "second factors", "two_factor.enabled is false"),
        (config.lockout.is_none(), "counting wrong passwords and codes", "lockout.enabled is false"),
        (config.rate_limit.is_none(), "the limit of calls", "rate_limit.enabled is false"),
    ];
    all.into_iter().filter(|(off, ..)| *off).map(|(_, what, why)| (what, why.to_owned())).collect()
}

/// A setting as `check-config` shows it.
fn shown<'a>(config: &'a Config, key: &str) -> &'a str {
    config.shown.get(key).and_then(serde_json::Value::as_str).unwrap_or_default()
}

fn whole(path: &Path) -> String {
    absolute(path).unwrap_or_else(|_| path.to_owned()).display().to_string()
}
