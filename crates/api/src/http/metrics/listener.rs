//! The listener of its own.

use std::net::{SocketAddr, TcpListener};

use axum::Router;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::routing::get;
use axum_server::Handle;
use tokio::task::JoinHandle;

use super::answer;
use crate::app::App;
use crate::http::server::{ServeError, plain};

/// Serves the counters and nothing else, without credentials.
pub struct MetricsListener {
    address: SocketAddr,
    handle: Handle<SocketAddr>,
    serving: JoinHandle<()>,
}

impl MetricsListener {
    /// Binds the address and serves from now on.
    pub fn start(app: App, listen: SocketAddr) -> Result<Self, ServeError> {
        let failed = |error| ServeError::ListenMetrics(listen, error);
        let listener = TcpListener::bind(listen).map_err(failed)?;
        listener.set_nonblocking(true).map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        let handle = Handle::new();
        let server = plain(listener, handle.clone()).map_err(failed)?;
        let read = async |State(app): State<App>, headers: HeaderMap| answer(&app, &headers);
        let service = Router::new().route("/metrics", get(read)).with_state(app).into_make_service();
        let serving = tokio::spawn(async move {
            if let Err(error) = server.serve(service).await {
                tracing::error!(%error, "serving the metrics stopped");
            }
        });
        Ok(Self { address, handle, serving })
    }

    /// Where it listens; with port 0 configured, the port it got.
    pub fn url(&self) -> String {
        format!("http://{}/metrics", self.address)
    }

    /// Ends it at once: whoever reads counters asks again.
    pub async fn stop(self) {
        self.handle.shutdown();
        // It ends in good order or was told of in the log.
        let _ = self.serving.await;
    }
}
