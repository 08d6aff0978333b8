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
    send_in_turn(address, connections, count, limit, move |number| [(request(number), Expected::Success)]).await
}

/// What an answer has to be; anything else ends the measurement.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Expected {
    Success,
    Status(u16),
}

impl Expected {
    fn holds(self, status: u16) -> bool {
        match self {
            Self::Success => (200..300).contains(&status),
            Self::Status(expected) => status == expected,
        }
    }
}

/// The same with several requests a number, one after the other on one connection; measured as one.
pub(crate) async fn send_in_turn<const N: usize>(
    address: SocketAddr,
    connections: usize,
    count: usize,
    limit: Option<Duration>,
    requests: impl Fn(usize) -> [(Vec<u8>, Expected); N] + 'static,
) -> Result<(Measured, usize)> {
    let mut open = Vec::with_capacity(connections);
    for _ in 0..connections {
        open.push(Connection::open(address).await?);
    }
    let requests = Rc::new(requests);
    let next = Rc::new(Cell::new(0));
    let start = Instant::now();
    let until = limit.map(|limit| start + limit);
    let tasks = LocalSet::new();
    let handles: Vec<_> = open
        .into_iter()
        .map(|connection| tasks.spawn_local(one(connection, Rc::clone(&next), count, until, Rc::clone(&requests))))
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

async fn one<const N: usize>(
    mut connection: Connection,
    next: Rc<Cell<usize>>,
    count: usize,
    until: Option<Instant>,
    requests: Rc<impl Fn(usize) -> [(Vec<u8>, Expected); N]>,
) -> Result<Vec<f64>> {
    let mut latencies = Vec::new();
    while next.get() < count && until.is_none_or(|until| Instant::now() < until) {
        let number = next.replace(next.get() + 1);
        let requests = requests(number);
        let start = Instant::now();
        for (bytes, expected) in requests {
            let (status, body) = connection.exchange(&bytes).await?;
            if !expected.holds(status) {
                bail!("request {number} was answered {status}: {}", String::from_utf8_lossy(body));
            }
        }
        latencies.push(start.elapsed().as_secs_f64() * 1e3);
    }
    Ok(latencies)
}
