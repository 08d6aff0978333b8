//! The composition root: real adapters behind the ports, as configured.

mod administrator;
mod copy_ends;
mod error;
mod key;
mod lock;
mod private_file;

use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::Duration;

use portcullis_adapters::clock::{SystemClock, TokioTimer};
use portcullis_adapters::entropy::SystemEntropy;
use portcullis_adapters::hasher::Argon2Hasher;
use portcullis_adapters::mail::{MailNotifier, MailTransport, Templates};
use portcullis_adapters::seal::Sealer;
use portcullis_adapters::store::{DatabaseOptions, SchemaState, SeaStore};
use portcullis_adapters::threedeye::{HttpThreeDEyeGateway, ThreeDEyeAccess, UnconfiguredThreeDEye};
use portcullis_adapters::totp::Rfc6238Codes;
use portcullis_adapters::waking::WakingStore;
use portcullis_domain::clock::Clock;
use portcullis_domain::entropy::Entropy;
use portcullis_domain::port::ThreeDEyeGateway;
use portcullis_domain::secret::Secret;
use portcullis_domain::usecase::relay::RelayOutbox;
use tokio::sync::Notify;

pub use self::administrator::{FirstAdministrator, first_administrator};
pub use self::copy_ends::{CopyEnds, CopyEndsError};
pub use self::error::StartError;
pub use self::key::{NewKeyError, new_master_key, put_new_key};
pub use self::lock::ServingLock;
use crate::app::{App, CameraSettings, Ports, Settings};
use crate::config::{Config, DatabaseKind, MailTarget, ThreeDEyeConfig};
use crate::metrics::Metrics;

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
    /// Notified when this process queued a message.
    pub queued: Arc<Notify>,
    /// Was the schema brought up on the way?
    pub migrated: bool,
}

impl Composition {
    /// Opens the database and wires everything to it.
    pub async fn open(config: &Config, schema: Schema) -> Result<Self, StartError> {
        let entropy: Arc<dyn Entropy> = Arc::new(SystemEntropy);
        let sealer = sealer(config, &entropy)?;
        if let DatabaseKind::Sqlite(file) = &config.database.kind {
            // Addresses and hashes are in it; the files SQLite makes beside it get its mode.
            private_file::make_private(file).map_err(|error| StartError::File(file.clone(), error))?;
        }
        let metrics = Arc::new(Metrics::new(SystemClock.now()));
        let options = DatabaseOptions::new(config.database.url.expose())
            .prepared(config.database.prepared)
            .observer(Arc::new(metrics.store.clone()));
        let store = SeaStore::open(&options, sealer, Arc::new(SystemClock)).await.map_err(StartError::Database)?;
        let migrated = bring_up(&store, &config.database.kind, schema).await?;
        let hashing = store.hashing_key().await.map_err(StartError::hashing_key)?;
        let repeat_key = Secret::new(hashing.keyed_hash("repeated requests", b""));
        let lockout_key = Secret::new(hashing.keyed_hash("failed sign-ins", b""));
        let queued = Arc::new(Notify::new());
        let ports = ports(config, &store, &queued, entropy, metrics)?;
        let settings = Settings {
            auth: config.auth.clone(),
            default_org: config.default_org.clone(),
            two_factor: config.two_factor.clone(),
            session_lifetime: config.session_lifetime,
            lockout: config.lockout,
            lockout_key,
            rate_limit: config.rate_limit,
            repeat_key,
            trusted_proxy_hops: config.http.trusted_proxy_hops,
            cors_origins: config.http.cors_origins.clone(),
            public_url: config.http.public_url.clone(),
            camera: CameraSettings {
                // One process serves an embedded database, and this one has the lock.
                alone_since: (schema == Schema::Serve && matches!(config.database.kind, DatabaseKind::Sqlite(_)))
                    .then(|| ports.clock.now()),
                passwords: config.camera_passwords.clone(),
                ..cameras(config.threedeye.as_ref())
            },
        };
        Ok(Self { app: App::new(ports, settings).map_err(StartError::TokenKeys)?, store, queued, migrated })
    }

    /// What lets messages leave. Its transport is made with it, so only who serves asks for one.
    pub fn relay(&self, config: &Config) -> Result<RelayOutbox, StartError> {
        let transport = match &config.mail.to {
            MailTarget::Server { server, ca_file, timeout } => {
                MailTransport::server(server, ca_file.as_deref(), *timeout)
            }
            MailTarget::Folder(folder) => MailTransport::folder(folder),
        };
        let from = config.mail.from.parse().map_err(|_| StartError::MailSender)?;
        let templates = Templates::new(config.mail.language).map_err(StartError::MailTemplates)?;
        let ports = &self.app.ports;
        let users = Arc::clone(&ports.users);
        let notifier = MailNotifier::new(users, templates, transport.map_err(StartError::Mail)?, from);
        Ok(RelayOutbox::new(ports.commands(), Arc::clone(&ports.outbox), Arc::new(notifier)))
    }
}

/// What seals with the configured master keys.
fn sealer(config: &Config, entropy: &Arc<dyn Entropy>) -> Result<Arc<Sealer>, StartError> {
    let masters = key::masters(config, entropy.as_ref())?;
    let sealer = Sealer::new(&masters, Arc::clone(entropy)).map_err(StartError::Seal)?;
    Ok(Arc::new(match key::source(&config.secrets) {
        Some(source) => sealer.with_source(Arc::new(source)),
        None => sealer,
    }))
}

/// Says whether anything had to be done.
async fn bring_up(store: &SeaStore, kind: &DatabaseKind, schema: Schema) -> Result<bool, StartError> {
    let state = store.schema_state().await.map_err(StartError::Database)?;
    let embedded = matches!(kind, DatabaseKind::Sqlite(_));
    let may = match (state, schema) {
        (SchemaState::Current, _) => return Ok(false),
        (SchemaState::Newer, _) => return Err(StartError::NewerSchema),
        (SchemaState::Empty, Schema::Migrate | Schema::Serve) | (SchemaState::Older, Schema::Migrate) => true,
        (SchemaState::Older, Schema::Serve) | (SchemaState::Empty, Schema::Use) => embedded,
        (SchemaState::Older, Schema::Use) => false,
    };
    if !may {
        return Err(StartError::OlderSchema);
    }
    store.migrate().await.map_err(StartError::Database)?;
    Ok(true)
}

fn ports(
    config: &Config,
    store: &SeaStore,
    queued: &Arc<Notify>,
    entropy: Arc<dyn Entropy>,
    metrics: Arc<Metrics>,
) -> Result<Ports, StartError> {
    let store = Arc::new(store.clone());
    Ok(Ports {
        events: Arc::new(WakingStore::new(store.clone(), Arc::clone(queued))),
        users: store.clone(),
        locks: store.clone(),
        totp: store.clone(),
        sessions: store.clone(),
        sign_in_failures: store.clone(),
        permissions: store.clone(),
        api_keys: store.clone(),
        outbox: store.clone(),
        registry: store.clone(),
        camera_roles: store.clone(),
        accounts: store,
        gateway: match &config.threedeye {
            Some(threedeye) => gateway(threedeye, &metrics)?,
            None => Arc::new(UnconfiguredThreeDEye),
        },
        hasher: Arc::new(Argon2Hasher::new(Arc::clone(&entropy))),
        codes: Arc::new(Rfc6238Codes),
        clock: Arc::new(SystemClock),
        entropy,
        timer: Arc::new(TokioTimer),
        metrics,
    })
}

fn cameras(config: Option<&ThreeDEyeConfig>) -> CameraSettings {
    let mut cameras = CameraSettings::new(config.map_or(Duration::ZERO, |access| access.timeout));
    cameras.probe.customer = config.and_then(|access| access.customer_id.clone());
    cameras.concurrency =
        config.and_then(|access| NonZeroUsize::new(access.concurrency)).unwrap_or(cameras.concurrency);
    cameras
}

fn gateway(config: &ThreeDEyeConfig, metrics: &Metrics) -> Result<Arc<dyn ThreeDEyeGateway>, StartError> {
    let access = ThreeDEyeAccess {
        customer_id: config.customer_id.clone(),
        timeout: config.timeout,
        call_timeout: config.call_timeout,
        concurrency: config.concurrency,
        breaker_failures: config.breaker_failures,
        breaker_pause: config.breaker_pause,
        observer: Some(Arc::new(metrics.threedeye.clone())),
        ..ThreeDEyeAccess::new(
            config.base_url.clone(),
            config.api_key.clone(),
            config.username.clone(),
            config.password.clone(),
        )
    };
    Ok(Arc::new(HttpThreeDEyeGateway::new(access).map_err(StartError::ThreeDEye)?))
}
