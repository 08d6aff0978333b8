//! An identity provider: keys, the tokens they sign, and an endpoint that publishes them well or badly.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio::time::sleep;

const RSA: &[u8] = include_bytes!("../fixtures/jwks/rsa.pem");
const RSA_NEXT: &[u8] = include_bytes!("../fixtures/jwks/rsa-next.pem");
const EC: &[u8] = include_bytes!("../fixtures/jwks/ec.pem");
const ED: &[u8] = include_bytes!("../fixtures/jwks/ed.pem");
const KEYS: &str = include_str!("../fixtures/jwks/keys.json");

/// The published half of a key.
pub(crate) fn jwk(id: &str) -> Value {
    let set: Value = serde_json::from_str(KEYS).unwrap();
    set["keys"].as_array().unwrap().iter().find(|key| key["kid"] == id).unwrap().clone()
}

/// A set of these keys.
pub(crate) fn key_set(ids: &[&str]) -> Value {
    json!({"keys": ids.iter().map(|id| jwk(id)).collect::<Vec<_>>()})
}

/// A token signed with the key of this id, which it names.
pub(crate) fn signed_with(id: &str, claims: &Value) -> String {
    signed_as(id, Some(id), claims)
}

/// A token signed with a key that says it was signed with another, or does not say.
pub(crate) fn signed_as(id: &str, kid: Option<&str>, claims: &Value) -> String {
    let (algorithm, key) = match id {
        "rsa" => (Algorithm::RS256, EncodingKey::from_rsa_pem(RSA)),
        "rsa-next" => (Algorithm::RS256, EncodingKey::from_rsa_pem(RSA_NEXT)),
        "ec" => (Algorithm::ES256, EncodingKey::from_ec_pem(EC)),
        "ed" => (Algorithm::EdDSA, EncodingKey::from_ed_pem(ED)),
        other => panic!("no key {other}"),
    };
    let header = Header { kid: kid.map(str::to_owned), ..Header::new(algorithm) };
    encode(&header, claims, &key.unwrap()).unwrap()
}

/// What the endpoint says.
#[derive(Debug, Clone)]
pub(crate) enum Says {
    /// This body.
    Body(String),
    /// This body, to be kept for so long.
    Cached(String, &'static str),
    /// This body, after a while.
    Slow(String, Duration),
    /// Another status.
    Status(u16),
    /// That it is elsewhere.
    Redirect(String),
    /// Nothing, and keeps the connection.
    Nothing,
    /// A body byte by byte, never to its end.
    Drip,
    /// A body of ten megabytes, without saying so before.
    Flood,
}

/// The endpoint.
pub(crate) struct Issuer {
    address: String,
    says: Arc<Mutex<Says>>,
    hits: Arc<AtomicUsize>,
    task: JoinHandle<()>,
}

impl Issuer {
    /// Publishes these keys.
    pub(crate) async fn with(ids: &[&str]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let says = Arc::new(Mutex::new(Says::Body(key_set(ids).to_string())));
        let hits = Arc::new(AtomicUsize::new(0));
        let task = Self::serve(listener, &says, &hits);
        Self { address, says, hits, task }
    }

    fn serve(listener: TcpListener, says: &Arc<Mutex<Says>>, hits: &Arc<AtomicUsize>) -> JoinHandle<()> {
        let (says, hits) = (Arc::clone(says), Arc::clone(hits));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                hits.fetch_add(1, Ordering::SeqCst);
                let says = says.lock().unwrap().clone();
                // A client that has had enough hangs up.
                tokio::spawn(async move { drop(answer(stream, says).await) });
            }
        })
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}/jwks?apikey=hunter2", self.address)
    }

    pub(crate) fn says(&self, says: Says) {
        *self.says.lock().unwrap() = says;
    }

    /// Publishes other keys.
    pub(crate) fn publishes(&self, ids: &[&str]) {
        self.says(Says::Body(key_set(ids).to_string()));
    }

    /// How often somebody connected.
    pub(crate) fn hits(&self) -> usize {
        self.hits.load(Ordering::SeqCst)
    }

    /// Refuses connections from now on.
    pub(crate) async fn goes_down(&mut self) {
        self.task.abort();
        drop((&mut self.task).await);
    }

    /// Takes connections again.
    pub(crate) async fn comes_up(&mut self) {
        self.task = Self::serve(TcpListener::bind(&self.address).await.unwrap(), &self.says, &self.hits);
    }
}

async fn answer(mut stream: TcpStream, says: Says) -> std::io::Result<()> {
    let mut request = Vec::new();
    while !request.ends_with(b"\r\n\r\n") {
        request.push(stream.read_u8().await?);
    }
    let head = |status: u16, headers: &str| format!("HTTP/1.1 {status} X\r\nConnection: close\r\n{headers}\r\n");
    let whole = |headers: &str, body: &str| head(200, &format!("{headers}Content-Length: {}\r\n", body.len())) + body;
    match says {
        Says::Body(body) => stream.write_all(whole("", &body).as_bytes()).await,
        Says::Cached(body, directives) => {
            stream.write_all(whole(&format!("Cache-Control: {directives}\r\n"), &body).as_bytes()).await
        }
        Says::Slow(body, by) => {
            sleep(by).await;
            stream.write_all(whole("", &body).as_bytes()).await
        }
        Says::Status(status) => stream.write_all(head(status, "Content-Length: 0\r\n").as_bytes()).await,
        Says::Redirect(to) => {
            stream.write_all(head(302, &format!("Location: {to}\r\nContent-Length: 0\r\n")).as_bytes()).await
        }
        Says::Nothing => std::future::pending().await,
        Says::Drip => {
            stream.write_all(head(200, "").as_bytes()).await?;
            loop {
                stream.write_all(b" ").await?;
                sleep(Duration::from_millis(100)).await;
            }
        }
        Says::Flood => {
            stream.write_all(head(200, "").as_bytes()).await?;
            let spaces = vec![b' '; 64 * 1024];
            for _ in 0..160 {
                stream.write_all(&spaces).await?;
            }
            stream.write_all(key_set(&["rsa"]).to_string().as_bytes()).await
        }
    }
}
