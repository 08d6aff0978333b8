//! Many connections at once.

use std::cell::Cell;
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::{Duration, Instant};

use anyhow::{Result, bail};
use tokio::task::LocalSet;

use crate::http::Connection;
use crate::report::Measured;

/// Sends requests 0 to `count` over the connections, each waiting for its answer before it sends the next; gives also how
/// many were sent.
pub(crate) async fn send(
    address: SocketAddr,
    connections: usize,
    count: usize,
    limit: Option<Duration>,
    request: impl Fn(usize) -> Vec<u8> + 'static,
) -> Result<(Measured, usize)> {
    let mut open = Vec::with_capacity(connections);
    for _ in 0..connections {
        open.push(Connection::open(address).await?);
    }
    let request = Rc::new(request);
    let next = Rc::new(Cell::new(0));
    let start = Instant::now();
    let until = limit.map(|limit| start + limit);
    let tasks = LocalSet::new();
    let handles: Vec<_> = open
        .into_iter()
        .map(|connection| tasks.spawn_local(one(connection, Rc::clone(&next), count, until, Rc::clone(&request))))
        .collect();
    tasks.await;
    let took = start.elapsed();
    let mut latencies = Vec::new();
    for handle in handles {
        latencies.extend(handle.await??);
    }
    let done = u32::try_from(latencies.len())?;
    Ok((Measured { took, latencies, done }, next.get()))
}

async fn one(
    mut connection: Connection,
    next: Rc<Cell<usize>>,
    count: usize,
    until: Option<Instant>,
    request: Rc<impl Fn(usize) -> Vec<u8>>,
) -> Result<Vec<f64>> {
    let mut latencies = Vec::new();
    while next.get() < count && until.is_none_or(|until| Instant::now() < until) {
        let number = next.replace(next.get() + 1);
        let bytes = request(number);
        let start = Instant::now();
        let (status, body) = connection.exchange(&bytes).await?;
        if !(200..300).contains(&status) {
            bail!("request {number} was answered {status}: {}", String::from_utf8_lossy(body));
        }
        latencies.push(start.elapsed().as_secs_f64() * 1e3);
    }
    Ok(latencies)
}
