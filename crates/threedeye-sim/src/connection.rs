//! Connections that can be closed in the middle, gently or not.

use std::convert::Infallible;
use std::future::{Ready, ready};
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};

use axum::Router;
use axum::http::Request;
use axum::response::Response;
use axum_server::accept::Accept;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tower::Service;

/// Marks an answer that must not be sent: the server closes the connection instead.
#[derive(Debug, Clone, Copy, thiserror::Error)]
#[error("the stand-in was told to close the connection")]
pub(crate) enum Cut {
    /// In good order (FIN).
    HangUp,
    /// Not so (RST).
    Reset,
}

/// Makes every accepted connection one that obeys [`Cut`].
#[derive(Clone, Copy)]
pub(crate) struct Cuttable;

impl Accept<TcpStream, Router> for Cuttable {
    type Stream = Connection;
    type Service = Obeying;
    type Future = Ready<io::Result<(Connection, Obeying)>>;

    fn accept(&self, stream: TcpStream, router: Router) -> Self::Future {
        let reset = Arc::new(AtomicBool::new(false));
        // Without it a body sent byte by byte would come in lumps.
        let ready_stream = stream.set_nodelay(true);
        ready(ready_stream.map(|()| (Connection { stream, reset: reset.clone() }, Obeying { router, reset })))
    }
}

/// A connection that is reset when it is dropped, if it was told so.
pub(crate) struct Connection {
    stream: TcpStream,
    reset: Arc<AtomicBool>,
}

impl Drop for Connection {
    fn drop(&mut self) {
        if self.reset.load(Ordering::Relaxed) {
            // If it cannot be set, the client sees a connection closed in good order.
            let _set = self.stream.set_zero_linger();
        }
    }
}

impl AsyncRead for Connection {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for Connection {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    /// A connection to be reset must not be ended in good order first.
    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.reset.load(Ordering::Relaxed) {
            return Poll::Ready(Ok(()));
        }
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

/// The routes, but answers marked with [`Cut`] become the error that makes the server close the connection.
#[derive(Clone)]
pub(crate) struct Obeying {
    router: Router,
    reset: Arc<AtomicBool>,
}

impl<B> Service<Request<B>> for Obeying
where
    Router: Service<Request<B>, Response = Response, Error = Infallible, Future: Send + 'static>,
{
    type Response = Response;
    type Error = Cut;
    type Future = Pin<Box<dyn Future<Output = Result<Response, Cut>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Cut>> {
        Service::<Request<B>>::poll_ready(&mut self.router, context).map_err(|never| match never {})
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let answer = self.router.call(request);
        let reset = self.reset.clone();
        Box::pin(async move {
            let response = answer.await.unwrap_or_else(|never| match never {});
            let Some(cut) = response.extensions().get::<Cut>() else {
                return Ok(response);
            };
            reset.store(matches!(cut, Cut::Reset), Ordering::Relaxed);
            Err(*cut)
        })
    }
}
