//! The listening socket: open, shut for a while, closed for good.

use std::io;
use std::net::SocketAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::Router;
use axum_server::{Handle, Server};
use hyper_util::rt::TokioTimer;
use tokio::net::{TcpListener, TcpSocket};
use tokio::task::JoinHandle;

use crate::connection::Cuttable;

/// How long a client may take to send its headers, and how long a connection may be idle.
const HEADER_TIMEOUT: Duration = Duration::from_secs(30);
/// How many connections may wait to be accepted.
const BACKLOG: u32 = 1024;

/// Where clients come in.
pub(crate) struct Door {
    address: SocketAddr,
    router: Router,
    /// Of the server that runs now, or ran last.
    handle: Mutex<Handle<SocketAddr>>,
    leaf: tokio::sync::Mutex<Leaf>,
}

enum Leaf {
    Open(JoinHandle<io::Result<()>>),
    /// Bound, so that nobody else takes the port, but not listening.
    Shut(TcpSocket),
    Closed,
}

impl Door {
    /// Serves the routes from a task of its own.
    pub(crate) fn open(listener: TcpListener, router: Router) -> io::Result<Self> {
        let address = listener.local_addr()?;
        let (handle, task) = serve(listener, router.clone());
        let leaf = tokio::sync::Mutex::new(Leaf::Open(task));
        Ok(Self { address, router, handle: Mutex::new(handle), leaf })
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Closes the listening socket and every connection.
    pub(crate) async fn shut(&self) -> io::Result<()> {
        let mut leaf = self.leaf.lock().await;
        let Leaf::Open(task) = &mut *leaf else { return Ok(()) };
        let handle = self.handle().clone();
        handle.shutdown();
        let _ended = task.await;
        *leaf = Leaf::Closed;
        // The tasks of the connections end by themselves, but not at once.
        while handle.connection_count() > 0 {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        *leaf = Leaf::Shut(held(self.address)?);
        Ok(())
    }

    /// Listens again where it listened before.
    pub(crate) async fn reopen(&self) -> io::Result<()> {
        let mut leaf = self.leaf.lock().await;
        let socket = match std::mem::replace(&mut *leaf, Leaf::Closed) {
            Leaf::Shut(socket) => socket,
            other => {
                *leaf = other;
                return Ok(());
            }
        };
        let (handle, task) = serve(socket.listen(BACKLOG)?, self.router.clone());
        *self.handle() = handle;
        *leaf = Leaf::Open(task);
        Ok(())
    }

    /// Takes no more connections, lets calls under way finish within `grace`, and ends.
    pub(crate) async fn close(&self, grace: Duration) {
        let mut leaf = self.leaf.lock().await;
        self.handle().graceful_shutdown(Some(grace));
        if let Leaf::Open(task) = std::mem::replace(&mut *leaf, Leaf::Closed) {
            // An error means that the task was dropped with its runtime, and there is nothing left to stop.
            let _ended = task.await;
        }
    }

    fn handle(&self) -> MutexGuard<'_, Handle<SocketAddr>> {
        self.handle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Door {
    fn drop(&mut self) {
        self.handle().shutdown();
    }
}

fn serve(listener: TcpListener, router: Router) -> (Handle<SocketAddr>, JoinHandle<io::Result<()>>) {
    let handle = Handle::new();
    let mut server =
        Server::<SocketAddr>::from_listener(listener).acceptor(Cuttable).handle(handle.clone()).http1_only();
    server.http_builder().http1().timer(TokioTimer::new()).header_read_timeout(HEADER_TIMEOUT);
    let task = tokio::spawn(server.serve(router.into_make_service()));
    (handle, task)
}

fn held(address: SocketAddr) -> io::Result<TcpSocket> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
    // Connections closed a moment ago still have the port.
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    Ok(socket)
}
