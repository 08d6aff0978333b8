//! An identity provider that publishes its keys, changes them, and goes away.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use anyhow::{Context, Result};
use portcullis_tests::client::{Api, Credentials};
use portcullis_tests::database::Kind;
use portcullis_tests::server::{ADMIN_KEY, World};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::time::{Instant, sleep};

const ISSUER: &str = include_str!("issuer.json");
/// The subject of the tokens.
const PERSON: &str = "0198a000-0000-7000-8000-000000000001";

/// Publishes a set; nothing, while there is none.
async fn publish(set: Arc<Mutex<Option<Value>>>) -> Result<String> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let url = format!("http://{}/jwks", listener.local_addr()?);
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut request = Vec::new();
            while !request.ends_with(b"\r\n\r\n") {
                let Ok(byte) = stream.read_u8().await else { break };
                request.push(byte);
            }
            let set = set.lock().ok().and_then(|set| set.clone()).map(|set| set.to_string());
            if let Some(body) = set {
                let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", body.len());
                drop(stream.write_all((head + &body).as_bytes()).await);
            }
        }
    });
    Ok(url)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_issuers_keys_are_followed_and_outlive_it() -> Result<()> {
    let issuer: Value = serde_json::from_str(ISSUER)?;
    let token = |key: &str| Ok::<_, anyhow::Error>(issuer["tokens"][key].as_str().context("a token")?.to_owned());
    let set =
        |ids: &[&str]| Some(json!({"keys": ids.iter().map(|id| issuer["keys"][*id].clone()).collect::<Vec<_>>()}));
    let published = Arc::new(Mutex::new(set(&["first"])));
    let says = |ids: Option<&[&str]>| *published.lock().unwrap() = ids.and_then(set);

    let mut world = World::new(Kind::Sqlite).await?;
    world.set("AUTH__JWT__HS256_SECRET", "");
    world.set("AUTH__JWT__JWKS_URL", publish(Arc::clone(&published)).await?);
    world.set("AUTH__JWT__ISSUER", "https://issuer.example/");
    world.set("AUTH__JWT__AUDIENCE", "portcullis");
    let server = world.start().await?;
    let (first, second) = (token("first")?, token("second")?);
    let person = |token: &str| world.api(Credentials::Token(token.to_owned()));
    let path = format!("/users/{PERSON}/profile");

    // The keys are loaded beside the first requests.
    let deadline = Instant::now() + Duration::from_secs(20);
    while person(&first)?.get(&path).await?.status == 401 {
        anyhow::ensure!(Instant::now() < deadline, "the keys are not loaded");
        sleep(Duration::from_millis(100)).await;
    }
    let create = format!("/users/{PERSON}/CreateUser");
    person(&first)?.post(&create, json!({"userId": PERSON})).await?.expect(201)?;
    person(&first)?.get(&path).await?.expect(200)?;
    // Staff of the same issuer.
    let history = format!("/admin/aggregates/user/{PERSON}/events");
    let staff = Credentials::Staff { key: ADMIN_KEY.to_owned(), token: first.clone() };
    world.api(staff)?.get(&history).await?.expect(200)?;

    // A new key is taken up by the first token that names it.
    says(Some(&["first", "second"]));
    person(&second)?.get(&path).await?.expect(200)?;
    // The issuer goes away; who is known goes on, who is not is told at once.
    says(None);
    both(&person(&first)?, &person(&second)?, &path).await?;
    let mut unknown: Vec<&str> = first.split('.').collect();
    // {"alg":"RS256","kid":"third"}
    unknown[0] = "eyJhbGciOiJSUzI1NiIsImtpZCI6InRoaXJkIn0";
    person(&unknown.join("."))?.get(&path).await?.expect(401)?;
    both(&person(&first)?, &person(&second)?, &path).await?;

    let (status, said) = server.stop().await?;
    assert_eq!(status, Some(0), "{said}");
    assert!(said.contains("could not be loaded"), "{said}");
    assert!(!said.contains(&first[..60]), "a token is in the log: {said}");
    Ok(())
}

async fn both(first: &Api, second: &Api, path: &str) -> Result<()> {
    first.get(path).await?.expect(200)?;
    second.get(path).await?.expect(200)?;
    Ok(())
}
