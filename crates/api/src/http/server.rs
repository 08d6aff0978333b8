//! Serving the router: plain or with TLS, cutting off slow clients, ending in good order.

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use axum_server::Handle;
use axum_server::tls_rustls::RustlsConfig;
use hyper_util::rt::TokioTimer;
use thiserror::Error;
use tokio::time::{Instant, timeout_at};

use super::router;
use crate::app::App;
use crate::config::{HttpConfig, TlsFiles};

/// Longest a client may take to send its headers, and a connection may be idle.
const HEADER_DEADLINE: Duration = Duration::from_secs(8);
/// Longest a shutdown waits for what is under way.
const GRACE: Duration = Duration::from_secs(10);

/// Serves without TLS.
pub(super) type PlainServer = axum_server::Server<SocketAddr>;

/// Why nothing can be served.
#[derive(Debug, Error)]
pub enum ServeError {
    #[error("http.listen: {0} cannot be listened on")]
    Listen(SocketAddr, #[source] io::Error),
    #[error("metrics.listen: {0} cannot be listened on")]
    ListenMetrics(SocketAddr, #[source] io::Error),
    #[error("http.tls: certificate or key cannot be used")]
    Tls(#[source] io::Error),
    #[error("serving stopped")]
    Serve(#[source] io::Error),
}

/// A listening service that does not answer yet.
pub struct Server {
    app: App,
    listener: TcpListener,
    tls: Option<RustlsConfig>,
}

impl Server {
    /// Binds the address and reads the certificate.
    pub async fn bind(app: App, config: &HttpConfig) -> Result<Self, ServeError> {
        let failed = |error| ServeError::Listen(config.listen, error);
        let listener = TcpListener::bind(config.listen).map_err(failed)?;
        listener.set_nonblocking(true).map_err(failed)?;
        let tls = match &config.tls {
            Some(TlsFiles { cert_file, key_file }) => {
                let tls = RustlsConfig::from_pem_file(cert_file, key_file).await.map_err(ServeError::Tls)?;
                let mut inner = (*tls.get_inner()).clone();
                inner.alpn_protocols = vec![b"http/1.1".to_vec()];
                tls.reload_from_config(Arc::new(inner));
                Some(tls)
            }
            None => None,
        };
        Ok(Self { app, listener, tls })
    }

    /// Where it listens; with port 0 configured, the port it got.
    pub fn url(&self) -> Result<String, ServeError> {
        let address = self.listener.local_addr().map_err(ServeError::Serve)?;
        let scheme = if self.tls.is_some() { "https" } else { "http" };
        Ok(format!("{scheme}://{address}"))
    }

    /// Serves until `stop` is done, then lets requests and tasks under way finish.
    pub async fn run(self, stop: impl Future<Output = ()> + Send + 'static) -> Result<(), ServeError> {
        let Self { app, listener, tls } = self;
        let handle = Handle::new();
        let stopping = tokio::spawn({
            let (app, handle) = (app.clone(), handle.clone());
            async move {
                stop.await;
                app.drain();
                handle.graceful_shutdown(Some(GRACE));
                Instant::now() + GRACE
            }
        });
        let tasks = app.tasks.clone();
        let service = router(app).into_make_service_with_connect_info::<SocketAddr>();
        // HTTP/1 alone: finding out the version has no deadline, so a silent connection would stay for ever.
        let served = match tls {
            None => {
                let server = plain(listener, handle).map_err(ServeError::Serve)?;
                server.serve(service).await
            }
            Some(tls) => {
                let mut server = axum_server::from_tcp_rustls(listener, tls).map_err(ServeError::Serve)?.http1_only();
                server.http_builder().http1().timer(TokioTimer::new()).header_read_timeout(HEADER_DEADLINE);
                server.handle(handle).serve(service).await
            }
        };
        served.map_err(ServeError::Serve)?;
        // Requests are over; what they left behind gets the rest of the time.
        let deadline = stopping.await.unwrap_or_else(|_| Instant::now());
        tasks.close();
        if timeout_at(deadline, tasks.wait()).await.is_err() {
            tracing::warn!(tasks = tasks.len(), "tasks were still at work at the end of the grace period");
        }
        Ok(())
    }
}

/// A server without TLS that cuts off slow clients.
pub(super) fn plain(listener: TcpListener, handle: Handle<SocketAddr>) -> io::Result<PlainServer> {
    let mut server = axum_server::from_tcp(listener)?.http1_only();
    server.http_builder().http1().timer(TokioTimer::new()).header_read_timeout(HEADER_DEADLINE);
    Ok(server.handle(handle))
}
