//! Serves the routes over real HTTP, hangs up where told to, and stops in good order.

use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::Request;
use axum::response::Response;
use axum_server::{Handle, Server};
use hyper_util::rt::TokioTimer;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tower::Service;

use crate::config::{Credentials, SimConfig};
use crate::intercept::HangUp;
use crate::routes;
use crate::state::SimState;

/// How long a client may take to send its headers, and how long a connection may be idle.
const HEADER_TIMEOUT: Duration = Duration::from_secs(30);
/// How long shutting down waits for answers under way.
const GRACE: Duration = Duration::from_secs(5);

/// A stand-in that is not served yet.
pub struct Sim {
    state: SimState,
}

impl Sim {
    /// Sets a stand-in up; serves nothing.
    pub fn new(config: SimConfig) -> Self {
        Self { state: SimState::new(config) }
    }

    /// Serves a stand-in from a task of its own. Fails if the address cannot be bound.
    pub async fn start(config: SimConfig) -> io::Result<RunningSim> {
        let sim = Self::new(config);
        let listener = TcpListener::bind(sim.state.config().listen).await?;
        let address = listener.local_addr()?;
        let handle = Handle::new();
        let mut server = Server::<SocketAddr>::from_listener(listener).handle(handle.clone()).http1_only();
        server.http_builder().http1().timer(TokioTimer::new()).header_read_timeout(HEADER_TIMEOUT);
        let service = HangsUp(sim.router());
        let make_service = axum::ServiceExt::<Request<Body>>::into_make_service(service);
        let task = tokio::spawn(server.serve(make_service));
        Ok(RunningSim { address, state: sim.state, handle, task })
    }

    /// The routes, to be served by somebody else. [`Misbehaviour::HangUp`](crate::Misbehaviour::HangUp) then shows as an
    /// empty answer with status 502, because a router cannot close a connection.
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
    address: SocketAddr,
    state: SimState,
    handle: Handle<SocketAddr>,
    task: JoinHandle<io::Result<()>>,
}

impl RunningSim {
    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// `http://` and the address, without a trailing slash.
    pub fn base_url(&self) -> String {
        format!("http://{}", self.address)
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
    pub async fn shutdown(mut self) {
        self.state.closing().cancel();
        self.handle.graceful_shutdown(Some(GRACE));
        // An error means that the task was dropped with its runtime, and there is nothing left to stop.
        let _ended = (&mut self.task).await;
        self.state.tasks().close();
        self.state.tasks().wait().await;
    }
}

impl Drop for RunningSim {
    fn drop(&mut self) {
        self.state.closing().cancel();
        self.handle.shutdown();
    }
}

/// Turns answers marked with [`HangUp`] into the error that makes the server close the connection.
#[derive(Clone)]
struct HangsUp(Router);

impl<B> Service<Request<B>> for HangsUp
where
    Router: Service<Request<B>, Response = Response, Error = Infallible, Future: Send + 'static>,
{
    type Response = Response;
    type Error = HangUp;
    type Future = Pin<Box<dyn Future<Output = Result<Response, HangUp>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), HangUp>> {
        Service::<Request<B>>::poll_ready(&mut self.0, context).map_err(|never| match never {})
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let answer = self.0.call(request);
        Box::pin(async move {
            let response = answer.await.unwrap_or_else(|never| match never {});
            match response.extensions().get::<HangUp>() {
                Some(hang_up) => Err(*hang_up),
                None => Ok(response),
            }
        })
    }
}
