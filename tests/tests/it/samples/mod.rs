//! The code samples of the API document do what they say: each is run as it stands against `portcullis demo`, with the
//! variables it prints. Where a value must be the one of the moment (a code, the name of a key), the sample is edited as a
//! person would.

mod awkward;
mod ground;
mod order;

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use portcullis_tests::cli::{self, Finished};
use portcullis_tests::sample::{Language, Workshop};
use serde_json::Value;

use self::ground::Ground;
use self::order::{ORDER, REFUSED};

/// What stays from run to run, below `target`.
fn kept() -> &'static Path {
    Path::new(env!("CARGO_TARGET_TMPDIR"))
}

/// The samples of one language, by operation.
async fn samples(language: Language) -> Result<BTreeMap<String, String>> {
    let folder = tempfile::TempDir::new()?;
    let printed = cli::run(folder.path(), &BTreeMap::new(), &["openapi"]).await?.ok()?;
    let document: Value = serde_json::from_str(&printed)?;
    let items = document["paths"].as_object().into_iter().flat_map(serde_json::Map::values);
    let operations = items.filter_map(Value::as_object).flat_map(serde_json::Map::values);
    let sample = |operation: &Value| {
        let name = operation["operationId"].as_str().context("an operation has an id")?;
        let samples = operation["x-codeSamples"].as_array().with_context(|| format!("{name} has no samples"))?;
        let sample = samples.iter().find(|sample| sample["lang"] == language.name());
        let source = sample.and_then(|sample| sample["source"].as_str());
        Ok((name.to_owned(), source.with_context(|| format!("{name} lacks {}", language.name()))?.to_owned()))
    };
    operations.filter(|operation| operation.is_object()).map(sample).collect()
}

/// Why a run is not as it has to be.
fn fault(finished: &Finished, refused: Option<u16>) -> Option<String> {
    let Finished { status, stdout, stderr } = finished;
    let is_right = match refused {
        None => *status == Some(0) && !stdout.trim().is_empty() && stderr.is_empty(),
        Some(code) => *status != Some(0) && stderr.contains(&code.to_string()),
    };
    (!is_right).then(|| format!("status {status:?}\n{stdout}{stderr}"))
}

async fn run_all(language: Language) -> Result<()> {
    let samples = samples(language).await?;
    let known: Vec<_> = samples.keys().map(String::as_str).collect();
    let mut ordered = ORDER.to_vec();
    ordered.sort_unstable();
    assert_eq!(known, ordered, "every operation has its turn");

    let mut ground = Ground::new().await?;
    let workshop = Workshop::new(language, samples, kept()).await?;
    let (mut succeeded, mut refused, mut faults) = (0, 0, Vec::new());
    for name in ORDER {
        let turn = match ground.prepare(name).await {
            Ok(turn) => turn,
            Err(error) => {
                faults.push(format!("{name} has nothing to stand on: {error:#}"));
                continue;
            }
        };
        let mut source = workshop.source(name)?.to_owned();
        for (shown, real) in &turn.edits {
            ensure!(source.contains(shown), "{name}: there is no {shown} to be replaced in\n{source}");
            source = source.replace(shown, real);
        }
        let finished = workshop.run(name, &source, &turn.variables).await?;
        let expected = REFUSED.iter().find(|(of, ..)| *of == name).map(|(_, code, _)| *code);
        match fault(&finished, expected) {
            Some(fault) => faults.push(format!("{name}: {fault}")),
            None if expected.is_some() => refused += 1,
            None => succeeded += 1,
        }
        let effect = ground.check(name).await;
        faults.extend(effect.err().map(|error| format!("{name} has not done it: {error:#}")));
    }
    println!("{}: {} run, {succeeded} succeeded, {refused} refused as expected", language.name(), ORDER.len());
    ensure!(faults.is_empty(), "{}", faults.join("\n"));
    assert_eq!((succeeded, refused), (ORDER.len() - REFUSED.len(), REFUSED.len()));
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn curl_runs() -> Result<()> {
    run_all(Language::Shell).await
}

#[tokio::test(flavor = "multi_thread")]
async fn python_runs() -> Result<()> {
    run_all(Language::Python).await
}

#[tokio::test(flavor = "multi_thread")]
async fn javascript_runs() -> Result<()> {
    run_all(Language::JavaScript).await
}

#[tokio::test(flavor = "multi_thread")]
async fn go_runs() -> Result<()> {
    run_all(Language::Go).await
}

#[tokio::test(flavor = "multi_thread")]
async fn ruby_runs() -> Result<()> {
    run_all(Language::Ruby).await
}

#[tokio::test(flavor = "multi_thread")]
async fn they_are_written_as_people_of_the_language_write() -> Result<()> {
    for language in [Language::Shell, Language::Python, Language::JavaScript, Language::Go, Language::Ruby] {
        Workshop::new(language, samples(language).await?, kept()).await?.check().await?;
    }
    Ok(())
}
