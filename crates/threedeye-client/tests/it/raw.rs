//! A server that breaks the rules of HTTP, which no HTTP library would do for us.

use std::time::Duration;

use threedeye_client::{Client, Config};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// What it does with every call but the sign-in.
#[derive(Clone, Copy)]
pub(crate) enum Manner {
    /// Closes the connection.
    HangUp,
    /// Says nothing and keeps the connection.
    Silent,
    /// Sends this and closes the connection.
    Say(&'static str),
    /// Sends this, then a blank every so often, and never comes to an end.
    Drip(&'static str),
}

/// A client of such a server, with this deadline.
pub(crate) async fn client_of(manner: Manner, timeout: Duration) -> Client {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(serve(stream, manner));
        }
    });
    Client::new(Config { timeout, ..Config::new(url, "key", "login", "password") }).expect("a sound configuration")
}

async fn serve(mut stream: TcpStream, manner: Manner) -> std::io::Result<()> {
    let request = read_request(&mut stream).await?;
    if request.starts_with("POST /v3/auth/token ") {
        let body = r#"{"accessToken":"t"}"#;
        let length = body.len();
        let answer = format!("HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n{body}");
        return stream.write_all(answer.as_bytes()).await;
    }
    match manner {
        Manner::HangUp => Ok(()),
        Manner::Silent => std::future::pending().await,
        Manner::Say(bytes) => stream.write_all(bytes.as_bytes()).await,
        Manner::Drip(bytes) => {
            stream.write_all(bytes.as_bytes()).await?;
            let mut pulse = tokio::time::interval(Duration::from_millis(20));
            loop {
                pulse.tick().await;
                stream.write_all(b" ").await?;
            }
        }
    }
}

/// Reads until the body announced by the head is there, so that closing the connection is no reset.
async fn read_request(stream: &mut TcpStream) -> std::io::Result<String> {
    let mut request = Vec::new();
    loop {
        let text = String::from_utf8_lossy(&request).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head.lines().find_map(|line| {
                let (name, value) = line.split_once(':')?;
                name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse().ok())?
            });
            if body.len() >= length.unwrap_or(0) {
                return Ok(text);
            }
        }
        if stream.read_buf(&mut request).await? == 0 {
            return Ok(text);
        }
    }
}
