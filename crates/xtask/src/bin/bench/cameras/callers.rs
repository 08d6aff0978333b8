//! Connections that stay open from one measurement to the next, so that both sides of a ratio have the same ones.

use std::cell::Cell;
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::{Duration, Instant};

use anyhow::{Result, bail};
use tokio::task::LocalSet;

use crate::http::Connection;
use crate::report::Measured;

pub(super) struct Callers(Vec<Connection>);

impl Callers {
    pub(super) async fn open(address: SocketAddr, count: usize) -> Result<Self> {
        let mut open = Vec::with_capacity(count);
        for _ in 0..count {
            open.push(Connection::open(address).await?);
        }
        Ok(Self(open))
    }

    /// Calls until the time is up, an even number of times each: a second call may undo the first. `request` is given the number of the connection, and how many calls it did before.
    pub(super) async fn call(
        &mut self,
        limit: Duration,
        request: impl Fn(usize, usize) -> Vec<u8> + 'static,
    ) -> Result<Measured> {
        let (request, done) = (Rc::new(request), Rc::new(Cell::new(0)));
        let start = Instant::now();
        let until = start + limit;
        let tasks = LocalSet::new();
        let callers: Vec<_> = self
            .0
            .drain(..)
            .enumerate()
            .map(|(caller, mut connection)| {
                let (request, done) = (Rc::clone(&request), Rc::clone(&done));
                tasks.spawn_local(async move {
                    let mut latencies = Vec::new();
                    while Instant::now() < until || latencies.len() % 2 == 1 {
                        let bytes = request(caller, latencies.len());
                        let start = Instant::now();
                        let (status, body) = connection.exchange(&bytes).await?;
                        latencies.push(start.elapsed().as_secs_f64() * 1e3);
                        if !(200..300).contains(&status) {
                            bail!("a call was answered {status}: {}", String::from_utf8_lossy(body));
                        }
                        done.set(done.get() + 1);
                    }
                    anyhow::Ok((connection, latencies))
                })
            })
            .collect();
        tasks.await;
        let took = start.elapsed();
        let mut latencies = Vec::new();
        for caller in callers {
            let (connection, of_one) = caller.await??;
            self.0.push(connection);
            latencies.extend(of_one);
        }
        Ok(Measured { took, latencies, done: done.get() })
    }
}
