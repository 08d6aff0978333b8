//! The rule of every setting.

use std::net::SocketAddr;
use std::time::Duration;

use axum::http::{HeaderValue, Uri};
use portcullis_domain::ids::OrgId;
use portcullis_domain::secret::Secret;
use portcullis_domain::text::{EmailAddress, UserName};
use portcullis_domain::totp::TwoFactorPolicy;
use secrecy::ExposeSecret;

use super::limits::RemoteCalls;
use super::{
    Bootstrap, Config, ConfigFaults, DatabaseConfig, DatabaseKind, Effective, HttpConfig, ThreeDEyeConfig, TlsFiles,
};
use crate::http::auth::{AdminSettings, AuthSettings, JwtKeys, JwtSettings, KeysUrl, LEAST_SECRET, check_keys_file};

/// What tokens can be signed with; one of these.
const JWT_KEYS: [&str; 3] = ["auth.jwt.hs256_secret", "auth.jwt.jwks_file", "auth.jwt.jwks_url"];

impl Effective {
    /// Takes every known setting; all faults are told at once. A value that is wrong is noted and then missing, so the
    /// parts are put together only when nothing was noted.
    pub(super) fn check(mut self) -> Result<Config, ConfigFaults> {
        let http = self.http();
        let metrics_listen = self.metrics_listen();
        let database = self.database();
        let auth = self.auth();
        let default_org = self.parsed("orgs.default_id", |text| OrgId::parse(text));
        let secrets = self.secrets(database.as_ref().map(|database| &database.kind));
        let bootstrap = self.bootstrap();
        let threedeye = self.threedeye();
        let camera_passwords = self.camera_passwords();
        let session_lifetime = self.session_lifetime();
        let counted = self.value("lockout.enabled", "true or false").unwrap_or(true);
        let two_factor = self.two_factor(counted);
        let lockout = self.lockout(counted);
        let rate_limit = self.rate_limit();
        let mail = self.mail(database.as_ref().map(|database| &database.kind));
        let shown = self.finish()?;
        let whole = || {
            Some(Config {
                http: http?,
                metrics_listen,
                database: database?,
                auth,
                default_org: default_org?,
                secrets: secrets?,
                bootstrap: bootstrap?,
                threedeye,
                camera_passwords: camera_passwords?,
                two_factor: two_factor?,
                session_lifetime: session_lifetime?,
                lockout,
                rate_limit,
                mail: mail?,
                shown,
            })
        };
        // Reached only if a default was taken out of the embedded file.
        whole().ok_or_else(|| ConfigFaults(vec!["a setting without a default is missing".to_owned()]))
    }

    fn http(&mut self) -> Option<HttpConfig> {
        let listen = self.value("http.listen", "an address and a port, such as 127.0.0.1:8787");
        let public_url = self.parsed("http.public_url", |text| match text {
            url if url.starts_with("http://") || url.starts_with("https://") => {
                Ok(url.trim_end_matches('/').to_owned())
            }
            _ => Err("must begin with http:// or https://"),
        });
        let hops = self.value("http.trusted_proxy_hops", "a number");
        let mut cors_origins = Vec::new();
        for origin in self.list("http.cors_origins") {
            let has_scheme = origin.starts_with("http://") || origin.starts_with("https://");
            match HeaderValue::from_str(&origin) {
                Ok(value) if has_scheme && !origin.ends_with('/') => cors_origins.push(value),
                _ => self.fault("http.cors_origins", "must be origins, such as https://console.example"),
            }
        }
        let tls = match (self.path("http.tls.cert_file"), self.path("http.tls.key_file")) {
            (Some(cert_file), Some(key_file)) => Some(TlsFiles { cert_file, key_file }),
            (None, None) => None,
            _ => {
                self.fault("http.tls", "needs both cert_file and key_file");
                None
            }
        };
        Some(HttpConfig { listen: listen?, public_url, trusted_proxy_hops: hops?, cors_origins, tls })
    }

    fn metrics_listen(&mut self) -> Option<SocketAddr> {
        self.value("metrics.listen", "an address and a port, such as 127.0.0.1:9464")
    }

    fn database(&mut self) -> Option<DatabaseConfig> {
        let prepared = self.value("database.prepared", "true or false");
        let url = self.database_url()?;
        let Some(kind) = DatabaseKind::of(&url) else {
            self.fault("database.url", "must be sqlite://FILE or postgres://…");
            return None;
        };
        Some(DatabaseConfig { url: Secret::new(url), kind, prepared: prepared? })
    }

    fn auth(&mut self) -> AuthSettings {
        let has_tokens = JWT_KEYS.into_iter().any(|key| self.is_given(key));
        let jwt = self.jwt();
        let key = self.secret("auth.admin_api_key");
        let domains = self.list("auth.admin_email_domains");
        if domains.iter().any(|domain| domain.contains('@') || domain.contains(char::is_whitespace)) {
            self.fault("auth.admin_email_domains", "must be domains, such as example.com");
        }
        if key.is_some() && !has_tokens {
            self.fault(
                "auth.admin_api_key",
                "needs auth.jwt.hs256_secret, .jwks_file or .jwks_url: staff sends a token beside the key",
            );
        }
        if key.is_some() && domains.is_empty() {
            self.fault(
                "auth.admin_api_key",
                "needs auth.admin_email_domains: staff is known by the domain of an address",
            );
        }
        AuthSettings { jwt, admin: key.map(|key| AdminSettings { key, email_domains: domains }) }
    }

    fn jwt(&mut self) -> Option<JwtSettings> {
        let given = JWT_KEYS.into_iter().filter(|key| self.is_given(key)).count();
        let issuer = self.text("auth.jwt.issuer");
        let audience = self.text("auth.jwt.audience");
        let user_claim = self.text("auth.jwt.user_claim");
        let keys = [self.jwt_secret(), self.jwks_file(), self.jwks_url()];
        if given > 1 {
            self.fault("auth.jwt", "give only one of hs256_secret, jwks_file and jwks_url");
        }
        if given == 0 && (issuer.is_some() || audience.is_some()) {
            self.fault("auth.jwt", "issuer and audience need hs256_secret, jwks_file or jwks_url");
        }
        let keys = keys.into_iter().flatten().next()?;
        Some(JwtSettings { keys, issuer, audience, user_claim: user_claim? })
    }

    fn jwt_secret(&mut self) -> Option<JwtKeys> {
        let secret = self.secret("auth.jwt.hs256_secret")?;
        if secret.expose_secret().len() < LEAST_SECRET {
            self.fault("auth.jwt.hs256_secret", format_args!("must have at least {LEAST_SECRET} bytes"));
        }
        Some(JwtKeys::Hs256(secret))
    }

    fn jwks_file(&mut self) -> Option<JwtKeys> {
        let file = self.path("auth.jwt.jwks_file")?;
        // Later changes of the file are another matter; at the start it has to be right.
        check_keys_file(&file).map_err(|fault| self.fault("auth.jwt.jwks_file", fault)).ok()?;
        Some(JwtKeys::File(file))
    }

    fn jwks_url(&mut self) -> Option<JwtKeys> {
        let url = self.parsed("auth.jwt.jwks_url", str::parse::<KeysUrl>)?;
        self.show_instead("auth.jwt.jwks_url", &url.shown());
        Some(JwtKeys::Url(url))
    }

    fn bootstrap(&mut self) -> Option<Bootstrap> {
        let username = self.parsed("bootstrap.admin_username", UserName::parse);
        let email = self.parsed("bootstrap.admin_email", EmailAddress::parse);
        let password = self.secret("bootstrap.admin_password");
        Some(Bootstrap { username: username?, email: email?, password })
    }

    fn threedeye(&mut self) -> Option<ThreeDEyeConfig> {
        let base_url = self.parsed("threedeye.base_url", |text| match text.parse::<Uri>() {
            Ok(url) if matches!(url.scheme_str(), Some("http" | "https")) && url.host().is_some() => {
                Ok(text.to_owned())
            }
            _ => Err("must be an http or https URL"),
        });
        let api_key = self.secret("threedeye.api_key");
        let username = self.text("threedeye.username");
        let password = self.secret("threedeye.password");
        let customer_id = self.text("threedeye.customer_id");
        let timeout = self.value::<u64>("threedeye.timeout", "a number of seconds");
        if timeout.is_some_and(|seconds| !(1..=25).contains(&seconds)) {
            self.fault(
                "threedeye.timeout",
                "must be 1 to 25 seconds: a person's account is held for 5 more, and nobody else can use it so long",
            );
        }
        let calls = self.remote_calls();
        let missing = [
            ("threedeye.base_url", base_url.is_none()),
            ("threedeye.api_key", api_key.is_none()),
            ("threedeye.username", username.is_none()),
            ("threedeye.password", password.is_none()),
        ];
        if missing.iter().all(|(_, missing)| *missing) {
            return None;
        }
        for (key, _) in missing.into_iter().filter(|(_, missing)| *missing) {
            self.fault(key, "is needed when the other settings of 3dEye are given");
        }
        let RemoteCalls { call_timeout, concurrency, breaker_failures, breaker_pause } = calls?;
        Some(ThreeDEyeConfig {
            base_url: base_url?,
            api_key: api_key?,
            username: username?,
            password: password?,
            customer_id,
            timeout: Duration::from_secs(timeout?),
            call_timeout,
            concurrency,
            breaker_failures,
            breaker_pause,
        })
    }

    fn two_factor(&mut self, counted: bool) -> Option<TwoFactorPolicy> {
        let switch = "true or false";
        let enabled = self.value("two_factor.enabled", switch);
        let totp_enabled = self.value("two_factor.totp_enabled", switch);
        let totp_max_delta = self.value("two_factor.totp_max_delta", "a number from 0 to 255");
        let email = self.email_factor();
        let remember_for = self.remember_for();
        let password_fallback = self.value("two_factor.password_fallback", switch);
        let attempts = self.at_least_one("lockout.second_factor_attempts");
        let window = self.window("lockout.second_factor_window", Duration::from_secs);
        Some(TwoFactorPolicy {
            enabled: enabled?,
            totp_enabled: totp_enabled?,
            totp_max_delta: totp_max_delta?,
            email: email?,
            remember_for: remember_for?,
            password_fallback: password_fallback?,
            max_failures: Some(attempts?).filter(|_| counted),
            failure_window: window?,
        })
    }

    fn session_lifetime(&mut self) -> Option<Duration> {
        let days: u64 = self.value("sessions.lifetime_days", "a number of days")?;
        if !(1..=3650).contains(&days) {
            self.fault("sessions.lifetime_days", "must be 1 to 3650 days");
        }
        Some(Duration::from_hours(24) * u32::try_from(days).unwrap_or(u32::MAX))
    }
}
