//! Copies that are refused, in words, with everything left as it was.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::path::Path;

use anyhow::Result;
use portcullis_tests::cli;
use portcullis_tests::database::Kind;
use portcullis_tests::server::World;
use sqlx::{Connection, Executor, SqliteConnection};
use tempfile::TempDir;

/// Nothing that may be seen.
const PASSWORD: &str = "hunter2";

async fn change(file: &Path, sql: &'static str) -> Result<()> {
    let mut database = SqliteConnection::connect(&format!("sqlite://{}", file.display())).await?;
    database.execute(sql).await?;
    Ok(database.close().await?)
}

/// Every file of a folder but those that only lock. What lies in the log of a database is brought into its file first.
async fn files(folder: &Path) -> Result<BTreeMap<String, Vec<u8>>> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        let end = path.extension().and_then(OsStr::to_str).unwrap_or_default().to_owned();
        if path.is_symlink() || path.is_dir() || end == "lock" {
            continue;
        }
        if end == "db" {
            change(&path, "PRAGMA wal_checkpoint(TRUNCATE)").await?;
        }
        files.push(path);
    }
    // The log went with that.
    files.retain(|path| path.exists());
    let name = |path: &Path| path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    files.into_iter().map(|path| Ok((name(&path), std::fs::read(path)?))).collect()
}

/// A copy is refused with these words, says what to do next, shows no password, and changes nothing.
async fn refused(world: &World, from: &str, to: &str, words: &str) -> Result<()> {
    let before = files(world.folder()).await?;
    let ended = world.command(&["copy", "--from", from, "--to", to, "--json"]).await?;
    let told = &ended.stderr;
    assert_eq!((ended.status, ended.stdout.as_str()), (Some(2), ""), "{told}");
    assert!(told.contains(words) && told.contains("next: "), "{words} is not told: {told}");
    assert!(!told.contains(PASSWORD), "a password is shown: {told}");
    let after = files(world.folder()).await?;
    let names = |files: &BTreeMap<String, Vec<u8>>| files.keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(&after), names(&before), "{words}");
    assert!(after == before, "a file was changed: {words}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_that_cannot_be_is_refused() -> Result<()> {
    let mut world = World::new(Kind::Sqlite).await?;
    let server = world.start().await?;
    let from = world.setting("DATABASE__URL").to_owned();
    let url = |name: &str| format!("sqlite://{}", world.folder().join(name).display());
    let (to, other) = (url("new.db"), url("other.db"));
    let beside = world.command(&["copy", "--from", &from, "--to", &to]).await?;
    assert_eq!(beside.status, Some(2), "{}", beside.stderr);
    assert!(beside.stderr.contains("another process is serving") && !world.folder().join("new.db").exists());
    server.stop().await?;

    let hidden = |scheme: &str, place: &str| format!("{scheme}://portcullis:{PASSWORD}@{place}");
    refused(&world, &hidden("mysql", "db/x"), &to, "--from must be").await?;
    refused(&world, &from, &hidden("mysql", "db/x"), "--to must be").await?;
    refused(&world, "sqlite://:memory:", &to, "--from must be").await?;
    refused(&world, &url("missing.db"), &to, "there is no database in").await?;
    refused(&world, &from, &url("no/folder.db"), "cannot be made").await?;
    refused(&world, &from, &from, "the same database").await?;
    std::os::unix::fs::symlink(world.folder().join("portcullis.db"), world.folder().join("link.db"))?;
    refused(&world, &from, &url("link.db"), "the same database").await?;
    refused(&world, &from, &hidden("postgres", "127.0.0.1:1/x"), "the target cannot be opened").await?;
    refused(&world, &hidden("postgres", "127.0.0.1:1/x"), &to, "the source cannot be opened").await?;
    std::fs::write(world.folder().join("letter.txt"), "Dear Ada, this is no database at all".repeat(100))?;
    refused(&world, &url("letter.txt"), &to, "the source cannot be opened").await?;
    refused(&world, &from, &url("letter.txt"), "the target cannot be opened").await?;

    // Another key than the source was sealed with.
    let key = world.setting("SECRETS__MASTER_KEY").to_owned();
    world.set("SECRETS__MASTER_KEY", "Hx4dHBsaGRgXFhUUExIREA8ODQwLCgkIBwYFBAMCAQA=");
    refused(&world, &from, &to, "which is not configured").await?;
    world.set("SECRETS__MASTER_KEY", key);

    // What is there already is not touched.
    world.set("DATABASE__URL", &other);
    world.command(&["tenant", "register", "--org", "b", "--name", "B", "--owner-email", "b@b.example"]).await?.ok()?;
    refused(&world, &from, &other, "the target is not empty").await?;

    // Other releases.
    let file = world.folder().join("portcullis.db");
    change(&file, "INSERT INTO schema_versions (version, at) VALUES (9999, 0)").await?;
    refused(&world, &from, &to, "written by a newer release").await?;
    change(&file, "DELETE FROM schema_versions WHERE version > 5").await?;
    refused(&world, &from, &to, "the source has an older schema").await?;
    refused(&world, &other, &from, "the target has the schema of another release").await?;
    world.command(&["copy", "--from", &other, "--to", &to]).await?.ok()?;
    refused(&world, &other, &to, "the target is not empty").await
}

/// Without a setting the key is the one beside the source, whatever folder the command runs in.
#[tokio::test(flavor = "multi_thread")]
async fn the_key_beside_an_embedded_source_is_found() -> Result<()> {
    let (home, elsewhere) = (TempDir::new()?, TempDir::new()?);
    let nothing = BTreeMap::new();
    let register = ["tenant", "register", "--org", "acme", "--name", "Acme Ltd", "--owner-email", "o@acme.example"];
    cli::run(home.path(), &nothing, &register).await?.ok()?;
    let from = format!("sqlite://{}", home.path().join("portcullis.db").display());
    let told = cli::run(elsewhere.path(), &nothing, &["copy", "--from", &from, "--to", "sqlite://moved.db"]).await?;
    let told = told.ok()?;
    for line in
        ["copied sqlite://", "every row is equal on both sides, 1 events in 1 streams", "keep the same master keys"]
    {
        assert!(told.contains(line), "{line} is not told: {told}");
    }
    let mut made: Vec<_> = files(elsewhere.path()).await?.into_keys().collect();
    made.sort();
    assert_eq!(made, ["moved.db"], "no key is made");
    // The copy needs the same key, and has all with it.
    let environment = |key: &Path| {
        let setting = |name: &str, value: String| (format!("PORTCULLIS__{name}"), value);
        BTreeMap::from([
            setting("DATABASE__URL", "sqlite://moved.db".to_owned()),
            setting("SECRETS__MASTER_KEY_FILE", key.display().to_string()),
        ])
    };
    let list = ["tenant", "list", "--json"];
    let listed = cli::run(elsewhere.path(), &environment(&home.path().join("master.key")), &list).await?.ok()?;
    assert_eq!(listed, cli::run(home.path(), &nothing, &list).await?.ok()?);
    std::fs::remove_file(home.path().join("master.key"))?;
    let refused = cli::run(elsewhere.path(), &nothing, &["copy", "--from", &from, "--to", "sqlite://again.db"]).await?;
    assert_eq!(refused.status, Some(2), "{}", refused.stderr);
    assert!(refused.stderr.contains("master.key is missing"), "{}", refused.stderr);
    assert!(!elsewhere.path().join("again.db").exists());
    Ok(())
}
