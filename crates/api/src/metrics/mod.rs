//! What is counted, for Prometheus: one file an area. Labels come from short fixed lists and from the patterns of our
//! own routes, so that the number of series is bounded whatever clients send.

mod database;
mod http;
mod jobs;
mod labels;
mod mail;
mod process;
mod sign_ins;
mod store;
mod text;
mod threedeye;

use std::fmt;

use portcullis_domain::clock::Timestamp;
use portcullis_domain::port::GatewayHealth;
use prometheus_client::encoding::text::encode;
use prometheus_client::registry::Registry;

pub use self::database::DatabaseMetrics;
pub use self::http::{HttpMetrics, UNKNOWN_ROUTE, UnderWay};
pub use self::jobs::JobMetrics;
pub use self::mail::MailMetrics;
pub use self::sign_ins::SignInMetrics;
pub use self::store::StoreMetrics;
pub use self::text::Format;
pub use self::threedeye::ThreeDEyeMetrics;

/// Counters of this process.
pub struct Metrics {
    registry: Registry,
    /// Requests.
    pub http: HttpMetrics,
    /// Sign-ins with a password.
    pub sign_ins: SignInMetrics,
    /// What the store writes.
    pub store: StoreMetrics,
    /// Whether the database answers, and what waits in it to leave.
    pub database: DatabaseMetrics,
    /// Messages that left.
    pub mail: MailMetrics,
    /// Calls of 3dEye.
    pub threedeye: ThreeDEyeMetrics,
    /// Work beside requests.
    pub jobs: JobMetrics,
}

impl fmt::Debug for Metrics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Metrics(…)")
    }
}

impl Metrics {
    /// Nothing counted yet, in a process that began then.
    pub fn new(started: Timestamp) -> Self {
        let mut registry = Registry::default();
        process::register(&mut registry, started);
        let own = registry.sub_registry_with_prefix("portcullis");
        process::register_build(own);
        Self {
            http: HttpMetrics::register(own.sub_registry_with_prefix("http")),
            sign_ins: SignInMetrics::register(own),
            store: StoreMetrics::register(own.sub_registry_with_prefix("store")),
            database: DatabaseMetrics::register(own),
            mail: MailMetrics::register(own.sub_registry_with_prefix("outbox")),
            threedeye: ThreeDEyeMetrics::register(own.sub_registry_with_prefix("threedeye")),
            jobs: JobMetrics::register(own.sub_registry_with_prefix("job")),
            registry,
        }
    }

    /// Everything counted, as text. Looks at nothing but this process' memory.
    pub fn render(&self, health: &GatewayHealth, format: Format) -> Result<String, fmt::Error> {
        self.threedeye.read(health);
        let mut told = String::new();
        encode(&mut told, &self.registry)?;
        Ok(format.write(told))
    }
}

/// Seconds since 1970, as Prometheus tells times.
fn unix_seconds(at: Timestamp) -> f64 {
    std::time::Duration::from_micros(u64::try_from(at.unix_micros()).unwrap_or_default()).as_secs_f64()
}
