//! Samples of a document made to trip them: what arrives is what the document says, to the last sign.

use std::collections::BTreeMap;

use anyhow::{Context, Result, ensure};
use code_samples::Conventions;
use code_samples::Source::Variable;
use portcullis_tests::sample::{Language, Workshop};
use serde_json::{Value, json};
use wiremock::matchers::any;
use wiremock::{MockServer, Request, ResponseTemplate};

const PRINTABLE: &str = "it's \"so\" \\ \\n $HOME ${HOME} $(id) `id` #{1 + 1} #$0 #@a %s %41 {x} & = + ? ! ~";
const TOKEN: &str = "it's \"$HOME\" \\ `id` #{1}";

const CONVENTIONS: Conventions<'_> = Conventions {
    base: "PORTCULLIS",
    ways: |_| &[&[("token", Variable("TOKEN"))]],
    shown: &[],
    own_value: "Idempotency-Key",
};

fn text() -> String {
    format!("{PRINTABLE} żółć 🚲 \n\r\t\0\u{7f}\u{85}\u{2028}\u{202e}\u{feff}\"\"\"'''")
}

fn body() -> Value {
    let mut body = json!({
        "nothing": null, "yes": true, "no": false, "whole": -9_007_199_254_740_991_i64, "part": 0.1, "large": 1e21,
        "texts": [text(), "", "None", "true"], "none": [], "empty": {}, "deep": [[{"a": [1, [2, {"b": null}]]}]],
        "class": 1, "per-hour": 2, "__proto__": 3, "1": 4, "": 5,
    });
    body[text()] = json!(6);
    body
}

fn document() -> Value {
    let parameter = |name: &str, place: &str, example: &str| json!({"name": name, "in": place, "required": true, "example": example});
    let text = text();
    json!({
        "components": {"securitySchemes": {"token": {"type": "apiKey", "in": "header", "name": "X-Token"}}},
        "paths": {"/things/{id}/parts": {"post": {
            "security": [{"token": []}],
            "parameters": [
                parameter("id", "path", &text),
                parameter("q", "query", &text),
                parameter("a'b\"c#{d}$e", "query", "&"),
                parameter("X-Note", "header", PRINTABLE),
            ],
            "requestBody": {"content": {"application/json": {"example": body()}}},
            "responses": {"200": {"content": {"application/json": {}}}},
        }}},
    })
}

fn header<'r>(request: &'r Request, name: &str) -> Option<&'r str> {
    request.headers.get(name)?.to_str().ok()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_arrives_is_what_the_document_says() -> Result<()> {
    let samples = code_samples::of(&document(), &CONVENTIONS).remove(0).samples;
    for language in [Language::Shell, Language::Python, Language::JavaScript, Language::Go, Language::Ruby] {
        let server = MockServer::start().await;
        let answer = ResponseTemplate::new(200).set_body_json(json!({"said": text()}));
        wiremock::Mock::given(any()).respond_with(answer).mount(&server).await;
        let sample = samples.iter().find(|sample| sample.lang == language.name()).context("a sample")?;
        let sources = BTreeMap::from([("awkward".to_owned(), sample.source.clone())]);
        let workshop = Workshop::new(language, sources, super::kept()).await?;
        workshop.check().await?;
        let variables = [("PORTCULLIS", server.uri()), ("TOKEN", TOKEN.to_owned())];
        let variables = variables.map(|(name, value)| (name.to_owned(), value)).into();
        let printed = workshop.run("awkward", &sample.source, &variables).await?.ok()?;
        ensure!(printed.contains("said"), "{printed}");

        let requests = server.received_requests().await.context("requests are kept")?;
        let [request] = &requests[..] else { anyhow::bail!("{} requests", requests.len()) };
        let what = language.name();
        assert_eq!(request.method.as_str(), "POST", "{what}");
        let path: Vec<_> = request.url.path_segments().context("a path")?.collect();
        assert_eq!(path, ["things", &percent(&text()), "parts"], "{what}");
        let query: Vec<_> = request.url.query_pairs().into_owned().collect();
        let asked = [("a'b\"c#{d}$e".to_owned(), "&".to_owned()), ("q".to_owned(), text())];
        assert!(query.len() == 2 && asked.iter().all(|pair| query.contains(pair)), "{what}: {query:?}");
        assert_eq!(header(request, "x-note"), Some(PRINTABLE), "{what}");
        assert_eq!(header(request, "x-token"), Some(TOKEN), "{what}");
        assert_eq!(header(request, "content-type"), Some("application/json"), "{what}");
        assert_eq!(serde_json::from_slice::<Value>(&request.body)?, body(), "{what}");
    }
    Ok(())
}

/// As samples write it: only what needs it in no shell stays as it is.
fn percent(text: &str) -> String {
    let kept = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~:,@".contains(&byte);
    let encoded =
        text.bytes().map(|byte| if kept(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") });
    encoded.collect::<Vec<_>>().concat()
}
