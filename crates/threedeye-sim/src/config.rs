//! How a stand-in is set up, and what a client of it must know.

use std::fmt;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use uuid::Uuid;

/// How a stand-in behaves. Everything has a default; with the same seed and the same calls it gives the same ids.
#[derive(Clone)]
pub struct SimConfig {
    /// Where to listen. 127.0.0.1 and a free port by default.
    pub listen: SocketAddr,
    /// Where ids and tokens come from.
    pub seed: u64,
    /// Expected in `x-api-key` with every call.
    pub api_key: String,
    /// Login of our customer.
    pub username: String,
    /// Password of that login.
    pub password: String,
    /// How long a token is good. 1 h by default.
    pub token_lifetime: Duration,
    /// Whether the answer to a sign-in has `expiresIn`. Yes by default.
    pub tell_token_lifetime: bool,
    /// Whether lists have `total`. Yes by default.
    pub tell_total: bool,
    /// Largest `pageSize` accepted. 500 by default.
    pub max_page_size: u32,
    /// How long every call takes before anything else happens to it. Nothing by default.
    pub latency: Duration,
    /// Where users and roles are kept over restarts; made if it is not there. Without it they are in memory only.
    pub state_file: Option<PathBuf>,
    /// Names, besides those of this machine's loopback and any IP address, by which the page and `/_sim/` may be asked for.
    pub hosts: Vec<String>,
}

impl Default for SimConfig {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            seed: 0,
            api_key: "sim-api-key".to_owned(),
            username: "service@sim.example".to_owned(),
            password: "sim-service-password".to_owned(),
            token_lifetime: Duration::from_hours(1),
            tell_token_lifetime: true,
            tell_total: true,
            max_page_size: 500,
            latency: Duration::ZERO,
            state_file: None,
            hosts: Vec::new(),
        }
    }
}

/// The configuration without its secrets.
impl fmt::Debug for SimConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SimConfig")
            .field("listen", &self.listen)
            .field("seed", &self.seed)
            .field("token_lifetime", &self.token_lifetime)
            .field("latency", &self.latency)
            .field("state_file", &self.state_file)
            .finish_non_exhaustive()
    }
}

/// What a client needs to act for one customer.
#[derive(Clone)]
pub struct Credentials {
    /// For `x-api-key`; the same for all customers.
    pub api_key: String,
    /// For the sign-in.
    pub username: String,
    /// For the sign-in.
    pub password: String,
    /// The customer the login belongs to.
    pub customer_id: Uuid,
}

/// The credentials without the secrets.
impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials")
            .field("username", &self.username)
            .field("customer_id", &self.customer_id)
            .finish_non_exhaustive()
    }
}
