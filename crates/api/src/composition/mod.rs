//! The composition root: real adapters behind the ports, as configured.

mod administrator;
mod error;
mod key;
mod lock;

use std::sync::Arc;

use portcullis_adapters::clock::{SystemClock, TokioTimer};
use portcullis_adapters::entropy::SystemEntropy;
use portcullis_adapters::hasher::Argon2Hasher;
use portcullis_adapters::mail::{MailNotifier, MailTransport};
use portcullis_adapters::seal::Sealer;
use portcullis_adapters::store::{DatabaseOptions, SchemaState, SeaStore};
use portcullis_adapters::threedeye::{HttpThreeDEyeGateway, UnconfiguredThreeDEye};
use portcullis_adapters::totp::Rfc6238Codes;
use portcullis_domain::entropy::Entropy;
use portcullis_domain::port::ThreeDEyeGateway;
use portcullis_domain::secret::Secret;
use portcullis_domain::usecase::relay::RelayOutbox;

pub use self::administrator::{FirstAdministrator, digest, first_administrator};
pub use self::error::StartError;
pub use self::lock::ServingLock;
use crate::app::{App, Ports, Settings};
use crate::config::{Config, DatabaseKind, ThreeDEyeConfig};

/// What may be done to the schema on the way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Schema {
    /// What `serve` may: an embedded database is brought up, on a server only an empty one is filled.
    Serve,
    /// Whatever is needed.
    Migrate,
    /// An empty embedded database is filled; nothing else.
    Use,
}

/// The service, put together.
pub struct Composition {
    pub app: App,
    pub store: SeaStore,
    /// None = mail is not configured, and messages wait.
    pub relay: Option<RelayOutbox>,
}

impl Composition {
    /// Opens the database and wires everything to it.
    pub async fn open(config: &Config, schema: Schema) -> Result<Self, StartError> {
        let entropy: Arc<dyn Entropy> = Arc::new(SystemEntropy);
        let master = key::master(config, entropy.as_ref())?;
        let sealer = Arc::new(Sealer::new(&[master], Arc::clone(&entropy)).map_err(StartError::Seal)?);
        let repeat_key = Secret::new(sealer.keyed_hash("repeated requests", b""));
        let options = DatabaseOptions::new(config.database.url.expose()).prepared(config.database.prepared);
        let store = SeaStore::open(&options, sealer, Arc::new(SystemClock)).await.map_err(StartError::Database)?;
        bring_up(&store, &config.database.kind, schema).await?;
        let ports = ports(config, &store, entropy)?;
        let settings = Settings {
            auth: config.auth.clone(),
            default_org: config.default_org.clone(),
            two_factor: config.two_factor.clone(),
            repeat_key,
            trusted_proxy_hops: config.http.trusted_proxy_hops,
            cors_origins: config.http.cors_origins.clone(),
            public_url: config.http.public_url.clone(),
        };
        let app = App::new(ports, settings);
        let relay = relay(config, &app)?;
        Ok(Self { app, store, relay })
    }
}

async fn bring_up(store: &SeaStore, kind: &DatabaseKind, schema: Schema) -> Result<(), StartError> {
    let state = store.schema_state().await.map_err(StartError::Database)?;
    let embedded = matches!(kind, DatabaseKind::Sqlite(_));
    let may = match (state, schema) {
        (SchemaState::Current, _) => return Ok(()),
        (SchemaState::Newer, _) => return Err(StartError::NewerSchema),
        (SchemaState::Empty, Schema::Migrate | Schema::Serve) | (SchemaState::Older, Schema::Migrate) => true,
        (SchemaState::Older, Schema::Serve) | (SchemaState::Empty, Schema::Use) => embedded,
        (SchemaState::Older, Schema::Use) => false,
    };
    if !may {
        return Err(StartError::OlderSchema);
    }
    store.migrate().await.map_err(StartError::Database)
}

fn ports(config: &Config, store: &SeaStore, entropy: Arc<dyn Entropy>) -> Result<Ports, StartError> {
    let store = Arc::new(store.clone());
    Ok(Ports {
        events: store.clone(),
        users: store.clone(),
        locks: store.clone(),
        totp: store.clone(),
        sessions: store.clone(),
        api_keys: store.clone(),
        outbox: store.clone(),
        accounts: store,
        gateway: match &config.threedeye {
            Some(threedeye) => gateway(threedeye)?,
            None => Arc::new(UnconfiguredThreeDEye),
        },
        hasher: Arc::new(Argon2Hasher::new(Arc::clone(&entropy))),
        codes: Arc::new(Rfc6238Codes),
        clock: Arc::new(SystemClock),
        entropy,
        timer: Arc::new(TokioTimer),
    })
}

fn gateway(config: &ThreeDEyeConfig) -> Result<Arc<dyn ThreeDEyeGateway>, StartError> {
    let client = threedeye_client::Client::new(threedeye_client::Config {
        customer_id: config.customer_id.clone(),
        timeout: config.timeout,
        ..threedeye_client::Config::new(
            config.base_url.clone(),
            config.api_key.clone(),
            config.username.clone(),
            config.password.clone(),
        )
    });
    Ok(Arc::new(HttpThreeDEyeGateway::new(client.map_err(StartError::ThreeDEye)?)))
}

fn relay(config: &Config, app: &App) -> Result<Option<RelayOutbox>, StartError> {
    use secrecy::ExposeSecret;
    let Some(mail) = &config.mail else { return Ok(None) };
    let transport = MailTransport::from_url(mail.url.expose_secret()).map_err(StartError::Mail)?;
    let from = mail.from.parse().map_err(|_| StartError::MailSender)?;
    let notifier = MailNotifier::new(Arc::clone(&app.ports.users), transport, from);
    let request = app.request_id("job");
    let relay = RelayOutbox::new(app.ports.commands(), Arc::clone(&app.ports.outbox), Arc::new(notifier), request);
    Ok(Some(relay))
}
