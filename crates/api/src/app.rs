//! The use cases, wired once; cheap to clone, so that it is the state of the router.

use std::num::NonZeroUsize;
use std::ops::Deref;
use std::panic::resume_unwind;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::http::HeaderValue;
use portcullis_domain::clock::{Clock, Timestamp};
use portcullis_domain::entropy::Entropy;
use portcullis_domain::ids::{OrgId, RequestId, uuid_v7};
use portcullis_domain::port::{
    ApiKeys, CameraRoles, EventStore, Hasher, LockAccess, Outbox, Permissions, Registry, Sessions, SignInFailures,
    ThreeDEyeAccounts, ThreeDEyeGateway, Timer, TotpCodes, TotpStore, UserRepository,
};
use portcullis_domain::secret::Secret;
use portcullis_domain::session::LockoutPolicy;
use portcullis_domain::threedeye::PasswordPolicy;
use portcullis_domain::totp::TwoFactorPolicy;
use portcullis_domain::usecase::Commands;
use portcullis_domain::usecase::threedeye::Probe;
use tokio_util::task::TaskTracker;
use tracing::Instrument;

use crate::http::auth::{AuthSettings, Credentials, NoClient};
use crate::http::rate_limit::{RateLimit, RatePolicy};
use crate::metrics::Metrics;
use crate::use_cases::UseCases;

/// Everything from outside, each behind its port.
#[derive(Clone)]
pub struct Ports {
    pub events: Arc<dyn EventStore>,
    pub users: Arc<dyn UserRepository>,
    pub locks: Arc<dyn LockAccess>,
    pub totp: Arc<dyn TotpStore>,
    pub sessions: Arc<dyn Sessions>,
    pub sign_in_failures: Arc<dyn SignInFailures>,
    pub api_keys: Arc<dyn ApiKeys>,
    pub outbox: Arc<dyn Outbox>,
    pub permissions: Arc<dyn Permissions>,
    pub registry: Arc<dyn Registry>,
    pub accounts: Arc<dyn ThreeDEyeAccounts>,
    pub camera_roles: Arc<dyn CameraRoles>,
    pub gateway: Arc<dyn ThreeDEyeGateway>,
    pub hasher: Arc<dyn Hasher>,
    pub codes: Arc<dyn TotpCodes>,
    pub clock: Arc<dyn Clock>,
    pub entropy: Arc<dyn Entropy>,
    pub timer: Arc<dyn Timer>,
    /// Where adapters count what they do.
    pub metrics: Arc<Metrics>,
}

impl Ports {
    /// The ports every command needs.
    pub fn commands(&self) -> Commands {
        Commands {
            events: Arc::clone(&self.events),
            clock: Arc::clone(&self.clock),
            entropy: Arc::clone(&self.entropy),
        }
    }
}

/// How camera accounts are made.
#[derive(Debug, Clone)]
pub struct CameraSettings {
    /// How long a step with 3dEye may take before another call takes the person's account over.
    pub lease: Duration,
    /// Since when this process is the only one that serves; none = there may be others.
    pub alone_since: Option<Timestamp>,
    /// What passwords of accounts there are made like.
    pub passwords: PasswordPolicy,
    /// How 3dEye is looked at where nothing is changed.
    pub probe: Probe,
    /// How many calls of 3dEye are made at once.
    pub concurrency: NonZeroUsize,
}

impl CameraSettings {
    /// How much longer than a remote call may take its step is held.
    const MARGIN: Duration = Duration::from_secs(5);
    const AT_ONCE: NonZeroUsize = NonZeroUsize::MIN.saturating_add(7);
    const TWO: NonZeroUsize = NonZeroUsize::MIN.saturating_add(1);

    /// For remote calls that take no longer than this.
    pub fn new(timeout: Duration) -> Self {
        Self {
            lease: timeout + Self::MARGIN,
            alone_since: None,
            passwords: PasswordPolicy::default(),
            probe: Probe { customer: None, patience: timeout },
            concurrency: Self::AT_ONCE,
        }
    }

    /// How many people a backfill sees to at once: while some wait for 3dEye, what became of others is written.
    pub const fn turns(&self) -> NonZeroUsize {
        self.concurrency.saturating_mul(Self::TWO)
    }
}

/// What the operator decided, already checked.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Which credentials count.
    pub auth: AuthSettings,
    /// The organisation of people and locks made without one.
    pub default_org: OrgId,
    /// What is asked of operators.
    pub two_factor: TwoFactorPolicy,
    /// After how long a session ends by itself.
    pub session_lifetime: Duration,
    /// How many sign-ins may fail; none = not counted.
    pub lockout: Option<LockoutPolicy>,
    /// Key of the hashes failed sign-ins are counted under.
    pub lockout_key: Secret<[u8; 32]>,
    /// How often operators may call; none = as often as they like.
    pub rate_limit: Option<RatePolicy>,
    /// Key of the hashes by which repeated requests are told, and staff whose tokens call them by an address.
    pub repeat_key: Secret<[u8; 32]>,
    /// Proxies in front that add to `X-Forwarded-For`.
    pub trusted_proxy_hops: usize,
    /// Pages of other origins that may call.
    pub cors_origins: Vec<HeaderValue>,
    /// Where clients reach the service; named in the OpenAPI document.
    pub public_url: Option<String>,
    /// How camera accounts are made.
    pub camera: CameraSettings,
}

/// The use cases and what HTTP needs beside them.
#[derive(Clone)]
pub struct App(Arc<Parts>);

/// What an [`App`] gives access to.
pub struct Parts {
    pub ports: Ports,
    pub settings: Settings,
    pub credentials: Credentials,
    /// None where there is no limit.
    pub rate_limit: Option<RateLimit>,
    /// Work that goes on when the request that began it is gone; shutdown waits for it.
    pub tasks: TaskTracker,
    pub cases: UseCases,
    draining: AtomicBool,
}

impl Deref for App {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

impl App {
    /// Wires the use cases to the ports.
    pub fn new(ports: Ports, settings: Settings) -> Result<Self, NoClient> {
        let cases = UseCases::new(&ports, &settings);
        Ok(Self(Arc::new(Parts {
            credentials: Credentials::new(&settings, &ports, Arc::clone(&cases.orgs.key_use))?,
            rate_limit: settings.rate_limit.map(|policy| RateLimit::new(policy, Arc::clone(&ports.clock))),
            tasks: TaskTracker::new(),
            cases,
            draining: AtomicBool::new(false),
            ports,
            settings,
        })))
    }

    /// A new id for a request that came in this way: `req` over HTTP, `cli` on the command line.
    ///
    /// # Panics
    /// Never: the text made here is a request id.
    #[expect(clippy::expect_used, reason = "36 letters and digits are a request id")]
    pub fn request_id(&self, way: &'static str) -> RequestId {
        let id = uuid_v7(self.ports.clock.now(), self.ports.entropy.as_ref()).simple();
        RequestId::parse(format!("{way}_{id}")).expect("a request id")
    }

    /// Does work that must not stop half-way: it goes on when the request is dropped, and shutdown waits for it.
    pub(crate) async fn detached<T: Send + 'static>(&self, work: impl Future<Output = T> + Send + 'static) -> T {
        match self.tasks.spawn(work.in_current_span()).await {
            Ok(done) => done,
            Err(failure) => match failure.try_into_panic() {
                Ok(panic) => resume_unwind(panic),
                // The runtime is going down; nobody is left to answer.
                Err(_) => std::future::pending().await,
            },
        }
    }

    /// No more requests are wanted; those at work go on.
    pub fn drain(&self) {
        self.draining.store(true, Ordering::Release);
    }

    /// Is the service going down?
    pub fn is_draining(&self) -> bool {
        self.draining.load(Ordering::Acquire)
    }
}
