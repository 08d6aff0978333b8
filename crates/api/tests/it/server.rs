//! Serving over real sockets.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use portcullis_api::config::HttpConfig;
use portcullis_api::http::server::Server;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::oneshot;
use tokio::time::{Instant, sleep, timeout};

use crate::support::TestApp;

async fn bound(test: &TestApp) -> (Server, SocketAddr) {
    let config = HttpConfig {
        listen: "127.0.0.1:0".parse().unwrap(),
        public_url: None,
        trusted_proxy_hops: 0,
        cors_origins: Vec::new(),
        tls: None,
    };
    let server = Server::bind(test.app.clone(), &config).await.unwrap();
    let address = server.url().unwrap().strip_prefix("http://").unwrap().parse().unwrap();
    (server, address)
}

/// Neither half a header nor silence holds a connection, and neither holds up a shutdown.
#[tokio::test]
async fn slow_clients_are_cut_off() {
    let test = TestApp::new();
    let (server, address) = bound(&test).await;
    let (stop, stopped) = oneshot::channel::<()>();
    let running = tokio::spawn(server.run(async move { drop(stopped.await) }));
    for sent in [b"GET /healthz HTT".as_slice(), b""] {
        let mut client = TcpStream::connect(address).await.unwrap();
        client.write_all(sent).await.unwrap();
        let mut rest = Vec::new();
        timeout(Duration::from_secs(10), client.read_to_end(&mut rest)).await.unwrap().unwrap();
        assert!(rest.is_empty() || rest.starts_with(b"HTTP/1.1 408"), "{rest:?}");
    }
    stop.send(()).unwrap();
    timeout(Duration::from_secs(10), running).await.unwrap().unwrap().unwrap();
}

#[tokio::test]
async fn a_shutdown_waits_for_tasks_and_not_for_idle_clients() {
    let test = TestApp::new();
    let (server, address) = bound(&test).await;
    let idle = TcpStream::connect(address).await.unwrap();
    let done = Arc::new(AtomicBool::new(false));
    let task = Arc::clone(&done);
    test.app.tasks.spawn(async move {
        sleep(Duration::from_millis(500)).await;
        task.store(true, Ordering::SeqCst);
    });
    let began = Instant::now();
    server.run(async {}).await.unwrap();
    assert!(done.load(Ordering::SeqCst));
    assert!(began.elapsed() < Duration::from_secs(11));
    drop(idle);
}
