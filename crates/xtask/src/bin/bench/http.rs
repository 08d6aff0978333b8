//! The least HTTP/1.1 a load generator needs: it shares its cores with what it measures.

use std::net::SocketAddr;

use anyhow::{Context, Result, bail};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// A keep-alive connection.
pub(crate) struct Connection {
    stream: TcpStream,
    received: Vec<u8>,
}

impl Connection {
    pub(crate) async fn open(address: SocketAddr) -> Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, received: Vec::with_capacity(4096) })
    }

    /// Sends one request and gives the status and the body of its answer.
    pub(crate) async fn exchange(&mut self, request: &[u8]) -> Result<(u16, &[u8])> {
        self.received.clear();
        self.stream.write_all(request).await?;
        loop {
            if self.stream.read_buf(&mut self.received).await? == 0 {
                bail!("the service closed the connection");
            }
            if let Some(body) = body_start(&self.received) {
                let head = std::str::from_utf8(&self.received[..body])?;
                let length = content_length(head).context("an answer without Content-Length")?;
                if self.received.len() >= body + length {
                    return Ok((status(head).context("an answer without status")?, &self.received[body..]));
                }
            }
        }
    }
}

/// A request with a JSON body, of an organisation.
pub(crate) fn post(path: &str, api_key: &str, body: &str) -> Vec<u8> {
    post_with(path, &[("X-API-Key", api_key)], body)
}

/// A request with a JSON body.
pub(crate) fn post_with(path: &str, headers: &[(&str, &str)], body: &str) -> Vec<u8> {
    let (length, headers) = (body.len(), lines(headers));
    format!(
        "POST {path} HTTP/1.1\r\nHost: bench\r\n{headers}Content-Type: application/json\r\n\
         Content-Length: {length}\r\n\r\n{body}"
    )
    .into_bytes()
}

pub(crate) fn get(path: &str, headers: &[(&str, &str)]) -> Vec<u8> {
    format!("GET {path} HTTP/1.1\r\nHost: bench\r\n{}\r\n", lines(headers)).into_bytes()
}

fn lines(headers: &[(&str, &str)]) -> String {
    headers.iter().map(|(name, value)| [name, ": ", value, "\r\n"].concat()).collect()
}

fn body_start(received: &[u8]) -> Option<usize> {
    Some(received.windows(4).position(|four| four == b"\r\n\r\n")? + 4)
}

fn status(head: &str) -> Option<u16> {
    head.split(' ').nth(1)?.parse().ok()
}

fn content_length(head: &str) -> Option<usize> {
    let values = head.lines().filter_map(|line| line.split_once(':'));
    let mut lengths = values.filter(|(name, _)| name.eq_ignore_ascii_case("content-length"));
    lengths.next()?.1.trim().parse().ok()
}
