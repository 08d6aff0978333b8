//! Serves the routes over real HTTP and stops in good order.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use tokio::net::TcpListener;

use crate::config::{Credentials, SimConfig};
use crate::door::Door;
use crate::routes;
use crate::state::{SimState, StateFileError};

/// How long shutting down waits for answers under way.
const GRACE: Duration = Duration::from_secs(5);

/// Why a stand-in does not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The address cannot be listened on.
    #[error("the address cannot be listened on")]
    Listen(#[from] io::Error),
    /// There is a state file that cannot be used.
    #[error(transparent)]
    State(#[from] StateFileError),
}

/// A stand-in that is not served yet.
pub struct Sim {
    state: SimState,
}

impl Sim {
    /// Sets a stand-in up; serves nothing. Fails if there is a state file that cannot be used.
    pub fn new(config: SimConfig) -> Result<Self, StateFileError> {
        Ok(Self { state: SimState::new(config)? })
    }

    /// Serves a stand-in from a task of its own.
    pub async fn start(config: SimConfig) -> Result<RunningSim, StartError> {
        let sim = Self::new(config)?;
        let listener = TcpListener::bind(sim.state.config().listen).await?;
        let door = Arc::new(Door::open(listener, sim.router())?);
        sim.state.set_door(&door);
        Ok(RunningSim { state: sim.state, door })
    }

    /// The routes, to be served by somebody else. [`Misbehaviour::HangUp`](crate::Misbehaviour::HangUp) and
    /// [`Misbehaviour::Reset`](crate::Misbehaviour::Reset) then show as an empty answer with status 502, because a router
    /// cannot close a connection.
    pub fn router(&self) -> Router {
        routes::router(self.state.clone())
    }

    /// The handle on what it knows.
    pub fn state(&self) -> SimState {
        self.state.clone()
    }
}

/// A stand-in that is being served. Dropping it stops it at once; [`shutdown`](Self::shutdown) does so in good order.
pub struct RunningSim {
    state: SimState,
    door: Arc<Door>,
}

impl RunningSim {
    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.door.address()
    }

    /// `http://` and the address, without a trailing slash.
    pub fn base_url(&self) -> String {
        format!("http://{}", self.address())
    }

    /// What a client needs to act for our customer.
    pub fn credentials(&self) -> Credentials {
        self.state.credentials()
    }

    /// The handle on what it knows.
    pub fn state(&self) -> SimState {
        self.state.clone()
    }

    /// Takes no more calls, lets those under way finish (delayed ones at once, all within 5 s) and ends.
    pub async fn shutdown(self) {
        self.state.closing().cancel();
        self.door.close(GRACE).await;
        self.state.tasks().close();
        self.state.tasks().wait().await;
    }
}

impl Drop for RunningSim {
    fn drop(&mut self) {
        self.state.closing().cancel();
    }
}
