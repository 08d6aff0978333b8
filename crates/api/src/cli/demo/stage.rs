//! What the demonstration stands on: a fresh folder, a stand-in for 3dEye, and the service itself over real HTTP.

use std::collections::BTreeMap;
use std::fs::DirBuilder;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use portcullis_adapters::clock::SystemClock;
use portcullis_adapters::entropy::SystemEntropy;
use portcullis_domain::clock::Clock;
use portcullis_domain::entropy::random_text;
use portcullis_domain::ids::UserId;
use portcullis_domain::text::EmailAddress;
use secrecy::{ExposeSecret, SecretString};
use threedeye_sim::{RunningSim, Sim, SimConfig};
use tokio::sync::Notify;
use tokio::task::JoinHandle;

use super::story::{ADAS_NAME, ADAS_PASSWORD, Cast, ORG, UNUSED_CODES};
use crate::cli::background::Background;
use crate::cli::deliveries::Deliveries;
use crate::cli::{Failure, say};
use crate::composition::{Composition, Schema, first_administrator};
use crate::config::{self, Config, Sources};
use crate::http::auth::mint;
use crate::http::reference;
use crate::http::server::{ServeError, Server};

const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
/// The three operations and the record, with the variables printed before them.
const CURL: &str = r#"
curl -X POST "$PORTCULLIS/users/$PERSON/RemoveAccessibleLock" \
  -H "Content-Type: application/json" -H "X-API-Key: $API_KEY" -H "Idempotency-Key: shell-1" \
  -d '{"lockId": "garage", "removedBy": "front desk", "reason": "moved out"}'

curl -X POST "$PORTCULLIS/admin/threedeye/users/$PERSON/reset" \
  -H "Content-Type: application/json" -H "X-Admin-API-Key: $ADMIN_KEY" -H "Authorization: Bearer $STAFF_TOKEN" \
  -d '{"clearMapping": true, "deleteRemote": true, "reprovision": true}'

curl -X POST "$PORTCULLIS/api/v1/users.resetTOTP" \
  -H "Content-Type: application/json" -H "X-User-Id: $ADMIN_ID" -H "X-Auth-Token: $ADMIN_TOKEN" \
  -H "x-2fa-method: totp" -H "x-2fa-code: $BACKUP_CODE" \
  -d "{\"userId\": \"$PERSON\"}"

curl "$PORTCULLIS/admin/aggregates/user/$PERSON/events" \
  -H "X-Admin-API-Key: $ADMIN_KEY" -H "Authorization: Bearer $STAFF_TOKEN"
"#;
/// Domain of the staff of the demonstration.
pub(super) const STAFF_DOMAIN: &str = "staff.example";
/// How long tokens of the demonstration are good.
const TTL: Duration = Duration::from_hours(12);

/// The running service and what is behind it.
pub(super) struct Stage {
    pub(super) config: Config,
    pub(super) url: String,
    pub(super) admin_key: SecretString,
    pub(super) admin_password: SecretString,
    pub(super) sim: RunningSim,
    pub(super) composition: Composition,
    folder: PathBuf,
    server: JoinHandle<Result<(), ServeError>>,
    background: Background,
}

impl Stage {
    /// Starts everything; the service stops when `stop` is notified.
    pub(super) async fn set(folder: Option<PathBuf>, listen: SocketAddr, stop: Arc<Notify>) -> Result<Self, Failure> {
        let secret = || SecretString::from(random_text(&SystemEntropy, LETTERS, 40));
        let folder = folder.unwrap_or_else(|| {
            let name = format!("portcullis-demo-{}", random_text(&SystemEntropy, LETTERS, 8));
            std::env::temp_dir().join(name)
        });
        private_folder(&folder).with_context(|| format!("the folder {} cannot be made", folder.display()))?;
        let sim = Sim::start(SimConfig::default()).await.context("the stand-in for 3dEye cannot be started")?;
        let (admin_key, admin_password, jwt_secret) = (secret(), secret(), secret());
        let known = sim.credentials();
        let settings = [
            ("http.listen", listen.to_string()),
            ("database.url", format!("sqlite://{}", folder.join("portcullis.db").display())),
            ("auth.jwt.hs256_secret", jwt_secret.expose_secret().to_owned()),
            ("auth.admin_api_key", admin_key.expose_secret().to_owned()),
            ("auth.admin_email_domains", STAFF_DOMAIN.to_owned()),
            // So that its key may do everything with people who come by themselves.
            ("orgs.default_id", ORG.to_owned()),
            ("bootstrap.admin_password", admin_password.expose_secret().to_owned()),
            ("threedeye.base_url", sim.base_url()),
            ("threedeye.api_key", known.api_key),
            ("threedeye.username", known.username),
            ("threedeye.password", known.password),
            ("threedeye.customer_id", known.customer_id.to_string()),
        ];
        // Settings of the surroundings are for the real service.
        let nothing = BTreeMap::new();
        let config = config::load(Sources { environment: Some(&nothing), overrides: &settings, ..Sources::default() })?;
        let composition = Composition::open(&config, Schema::Serve).await?;
        first_administrator(&composition.app, &config).await?;
        let server = Server::bind(composition.app.clone(), &config.http).await;
        let server = server.map_err(|error| Failure::not_served(error, "--listen"))?;
        let url = server.url()?;
        let server = tokio::spawn(server.run(async move { stop.notified().await }));
        let deliveries =
            Deliveries::new(composition.app.clone(), composition.relay(&config)?, Arc::clone(&composition.queued));
        let background = Background::start(&composition.app, composition.store.clone(), deliveries);
        Ok(Self { config, url, admin_key, admin_password, sim, composition, folder, server, background })
    }

    /// A token, without the word before it.
    pub(super) fn token(&self, subject: UserId, address: &str) -> anyhow::Result<String> {
        let jwt = self.config.auth.jwt.as_ref().context("tokens are switched on in the demonstration")?;
        let token = mint(jwt, subject, &EmailAddress::parse(address)?, SystemClock.now(), TTL)?;
        Ok(token.expose_secret().to_owned())
    }

    /// Stops what was started; the folder stays for looking around.
    pub(super) async fn clear(self) -> Result<(), Failure> {
        let served = self.server.await;
        self.background.stop().await;
        self.composition.store.close().await;
        self.sim.shutdown().await;
        Ok(served.context("the service ended unexpectedly")??)
    }

    /// Addresses, ids and credentials to go on with, as lines for a shell.
    pub(super) fn print_what_to_try(&self, cast: &Cast) -> anyhow::Result<()> {
        let [(_, admin_id), (_, admin_token)] = cast.administrator.session();
        let codes = cast.administrator.backup.get(UNUSED_CODES..).unwrap_or_default();
        let variables = [
            ("PORTCULLIS", self.url.as_str()),
            ("PERSON", &cast.ada.to_string()),
            ("API_KEY", &cast.key),
            ("ADMIN_KEY", self.admin_key.expose_secret()),
            ("STAFF_TOKEN", &cast.staff),
            ("PERSON_TOKEN", &cast.own),
            ("ADMIN_ID", admin_id),
            ("ADMIN_TOKEN", admin_token),
            ("BACKUP_CODE", codes.first().map_or("", String::as_str)),
        ];
        say(format_args!("\nIt stays up until you press Ctrl-C. Paste this into another shell to go on:\n"))?;
        for (name, value) in variables {
            say(format_args!("export {name}={value}"))?;
        }
        say(format_args!("{CURL}"))?;
        say(format_args!("reference           {}{}", self.url, reference::PATH))?;
        say(format_args!("document            {}/openapi.json", self.url))?;
        say(format_args!("locks               {}", cast.locks.join(", ")))?;
        say(format_args!(
            "administrator       {} / {}",
            self.config.bootstrap.username.as_str(),
            self.admin_password.expose_secret()
        ))?;
        say(format_args!("  authenticator     {} (base32, 30 s, 6 digits)", cast.administrator.secret))?;
        say(format_args!("  more codes        {}", codes.get(1..).unwrap_or_default().join(" ")))?;
        say(format_args!("her account         {ADAS_NAME} / {ADAS_PASSWORD}"))?;
        say(format_args!("stand-in for 3dEye  {}", self.sim.base_url()))?;
        say(format_args!("database            {}", self.folder.display()))?;
        say(format_args!("mail, with its codes  {}/*.eml", self.folder.join("mail").display()))?;
        Ok(())
    }
}

fn private_folder(folder: &PathBuf) -> std::io::Result<()> {
    let mut builder = DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}
