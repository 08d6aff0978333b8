//! The service under test.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::Request;
use axum::http::request::Builder;
use jsonwebtoken::Algorithm;
use portcullis_api::app::{App, CameraSettings, Ports, Settings};
use portcullis_api::http::auth::{AdminSettings, AuthSettings, JwtKeys, JwtSettings};
use portcullis_api::metrics::Metrics;
use portcullis_domain::clock::{Clock, Timestamp};
use portcullis_domain::commit::WorkChange;
use portcullis_domain::ids::{OrgId, OutboxId, UserId};
use portcullis_domain::policy::Caller;
use portcullis_domain::secret::Secret;
use portcullis_domain::session::LockoutPolicy;
use portcullis_domain::usecase::org::KeyOrder;
use portcullis_testkit::build::{a_commit, a_message, free, org as org_id};
use portcullis_testkit::fake::{FakeGateway, FakeHasher, FakeTotpCodes, InstantTimer, SeededEntropy, TestClock};
use portcullis_testkit::memory::{Delivery, MemoryStore};
use serde_json::Value;
use tower::ServiceExt;

use super::{ADMIN_KEY, Answer, JWT_SECRET, claims, signed};

/// The service, and what it stands on. At drop no message may be left in the outbox, unless the test said so.
pub(crate) struct TestApp {
    pub(crate) app: App,
    pub(crate) store: Arc<MemoryStore>,
    pub(crate) clock: Arc<TestClock>,
    pub(crate) gateway: Arc<FakeGateway>,
    pub(crate) hasher: Arc<FakeHasher>,
    router: Router,
    leaves_messages: AtomicBool,
}

impl TestApp {
    pub(crate) fn new() -> Self {
        Self::with(|_| {})
    }

    /// With other settings.
    pub(crate) fn with(change: impl FnOnce(&mut Settings)) -> Self {
        Self::on(|_, settings| change(settings))
    }

    /// On other ports.
    pub(crate) fn on(change: impl FnOnce(&mut Ports, &mut Settings)) -> Self {
        let clock = Arc::new(TestClock::default());
        let store = Arc::new(MemoryStore::new(clock.clone()));
        let gateway = Arc::new(FakeGateway::new());
        let hasher = Arc::new(FakeHasher::new());
        let mut ports = Ports {
            events: store.clone(),
            users: store.clone(),
            locks: store.clone(),
            totp: store.clone(),
            sessions: store.clone(),
            sign_in_failures: store.clone(),
            permissions: store.clone(),
            api_keys: store.clone(),
            outbox: store.clone(),
            registry: store.clone(),
            accounts: store.clone(),
            camera_roles: store.clone(),
            gateway: gateway.clone(),
            hasher: hasher.clone(),
            codes: Arc::new(FakeTotpCodes),
            clock: clock.clone(),
            entropy: Arc::new(SeededEntropy::default()),
            timer: Arc::new(InstantTimer::new(clock.clone())),
            metrics: Arc::new(Metrics::new(clock.now())),
        };
        let mut settings = Settings {
            auth: AuthSettings {
                jwt: Some(JwtSettings {
                    keys: JwtKeys::Hs256(JWT_SECRET.into()),
                    issuer: Some("https://issuer.example".to_owned()),
                    audience: Some("portcullis".to_owned()),
                    user_claim: "sub".to_owned(),
                }),
                admin: Some(AdminSettings { key: ADMIN_KEY.into(), email_domains: vec!["staff.example".to_owned()] }),
            },
            default_org: OrgId::parse("default").unwrap(),
            two_factor: portcullis_domain::totp::TwoFactorPolicy::default(),
            session_lifetime: Duration::from_hours(24 * 90),
            lockout: Some(LockoutPolicy::default()),
            lockout_key: Secret::new([8; 32]),
            // Tests call as often as they need; those of the limit switch it on.
            rate_limit: None,
            repeat_key: Secret::new([9; 32]),
            trusted_proxy_hops: 0,
            cors_origins: Vec::new(),
            public_url: None,
            camera: camera_settings(),
        };
        change(&mut ports, &mut settings);
        let app = App::new(ports, settings).unwrap();
        let router = portcullis_api::http::router(app.clone());
        Self { app, store, clock, gateway, hasher, router, leaves_messages: AtomicBool::new(false) }
    }

    /// Takes tokens signed by an issuer's published keys.
    pub(crate) fn trusting(keys: JwtKeys) -> Self {
        Self::with(|settings| settings.auth.jwt.as_mut().unwrap().keys = keys)
    }

    /// The test leaves messages in the outbox on purpose.
    pub(crate) fn leaves_messages(&self) {
        self.leaves_messages.store(true, Ordering::Relaxed);
    }

    pub(crate) async fn send(&self, request: Request<Body>) -> Answer {
        Answer::read(self.router.clone().oneshot(request).await.unwrap()).await
    }

    /// Sends a JSON body with headers.
    pub(crate) async fn post(&self, path: &str, headers: &[(&str, &str)], body: &Value) -> Answer {
        self.send(post_json(path, headers, body.to_string())).await
    }

    pub(crate) async fn get(&self, path: &str, headers: &[(&str, &str)]) -> Answer {
        let request = with_headers(Request::get(path), headers).body(Body::empty()).unwrap();
        self.send(request).await
    }

    /// A person's own token, ready for `Authorization`.
    pub(crate) fn bearer(&self, user: UserId) -> String {
        self.token(claims(&user.to_string(), "ada@example.com"))
    }

    /// A token of staff, ready for `Authorization`; needs [`ADMIN_KEY`] beside it.
    pub(crate) fn staff(&self) -> String {
        self.token(claims("staff|grace", "grace@staff.example"))
    }

    fn token(&self, claims: Value) -> String {
        format!("Bearer {}", signed(&self.good_for_an_hour(claims), Algorithm::HS256, JWT_SECRET))
    }

    /// Claims that are good for an hour from now, by the clock of the test.
    pub(crate) fn good_for_an_hour(&self, mut claims: Value) -> Value {
        claims["exp"] = (self.clock.now().unix_millis() / 1000 + 3600).into();
        claims
    }

    /// Makes a working key.
    pub(crate) async fn key(&self, org: &str, is_super: bool) -> String {
        self.key_until(org, is_super, None).await
    }

    /// Makes a key that ends.
    pub(crate) async fn key_until(&self, org: &str, is_super: bool, expires_at: Option<Timestamp>) -> String {
        let order = KeyOrder { org: org_id(org), org_name: Some(free("Acme Ltd")), is_super, expires_at };
        let made = self.app.cases.orgs.create_key.execute(&self.system(), order).await.unwrap();
        made.value.key.expose().to_owned()
    }

    /// Queues a message that is given up at once.
    pub(crate) async fn a_buried_message(&self) -> OutboxId {
        let message = a_message("mail/nobody");
        let id = message.id;
        a_commit().message(message).put(self.store.as_ref()).await;
        let reason = "the mail server refuses the recipient (550)".to_owned();
        a_commit().work(WorkChange::OutboxBuried { id, reason }).put(self.store.as_ref()).await;
        id
    }

    /// A request of the service itself.
    pub(crate) fn system(&self) -> portcullis_domain::usecase::Request {
        portcullis_domain::usecase::Request::plain(Caller::system("test"), self.app.request_id("cli"))
    }
}

impl Drop for TestApp {
    fn drop(&mut self) {
        if std::thread::panicking() || self.leaves_messages.load(Ordering::Relaxed) {
            return;
        }
        let rows = self.store.outbox_rows();
        let waiting = rows.iter().filter(|row| row.delivery == Delivery::Waiting);
        let waiting: Vec<_> = waiting.map(|row| row.message.template.as_str()).collect();
        assert!(waiting.is_empty(), "messages were left in the outbox: {waiting:?}");
    }
}

/// A request with a body said to be JSON.
pub(crate) fn post_json(path: &str, headers: &[(&str, &str)], body: String) -> Request<Body> {
    let builder = Request::post(path).header("content-type", "application/json");
    with_headers(builder, headers).body(Body::from(body)).unwrap()
}

fn with_headers(builder: Builder, headers: &[(&str, &str)]) -> Builder {
    headers.iter().fold(builder, |builder, (name, value)| builder.header(*name, *value))
}

fn camera_settings() -> CameraSettings {
    let mut cameras = CameraSettings::new(Duration::from_secs(10));
    cameras.probe.customer = Some("customer-7".to_owned());
    cameras
}
