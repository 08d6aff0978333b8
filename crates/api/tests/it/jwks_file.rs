//! An issuer's keys in a file.

use std::path::Path;
use std::time::Duration;

use portcullis_api::http::auth::JwtKeys;
use portcullis_domain::ids::UserId;
use portcullis_testkit::build::a_person;

use crate::support::{TestApp, claims, key_set, signed_with};

fn write(path: &Path, ids: &[&str]) {
    std::fs::write(path, key_set(ids).to_string()).unwrap();
}

async fn status(test: &TestApp, ada: UserId, key: &str) -> u16 {
    let token = signed_with(key, &test.good_for_an_hour(claims(&ada.to_string(), "ada@example.com")));
    let bearer = format!("Bearer {token}");
    test.get(&format!("/users/{ada}/profile"), &[("authorization", &bearer)]).await.status.as_u16()
}

#[tokio::test]
async fn keys_in_a_file_are_changed_without_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("keys.json");
    write(&path, &["rsa"]);
    let test = TestApp::trusting(JwtKeys::File(path.clone()));
    let ada = a_person().put(test.store.as_ref()).await;
    assert_eq!(status(&test, ada, "rsa").await, 200);
    // An unknown key makes the file be read again.
    assert_eq!(status(&test, ada, "ec").await, 401);
    write(&path, &["rsa", "ec"]);
    assert_eq!(status(&test, ada, "ec").await, 200);
    // A key that left goes with the next look, which needs no unknown one.
    write(&path, &["ec"]);
    test.app.credentials.refresh_keys().await;
    assert_eq!(status(&test, ada, "rsa").await, 200);
    test.clock.advance(Duration::from_mins(1));
    test.app.credentials.refresh_keys().await;
    assert_eq!([status(&test, ada, "ec").await, status(&test, ada, "rsa").await], [200, 401]);
}

#[tokio::test]
async fn a_file_that_breaks_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("keys.json");
    write(&path, &["rsa"]);
    let test = TestApp::trusting(JwtKeys::File(path.clone()));
    let ada = a_person().put(test.store.as_ref()).await;
    assert_eq!(status(&test, ada, "rsa").await, 200);
    let huge = format!("{}{}", " ".repeat(300 * 1024), key_set(&["ec"]));
    for broken in [Some("{"), Some(&huge), None] {
        match broken {
            Some(broken) => std::fs::write(&path, broken).unwrap(),
            None => std::fs::remove_file(&path).unwrap(),
        }
        test.clock.advance(Duration::from_mins(1));
        assert_eq!(status(&test, ada, "ec").await, 401);
        test.app.credentials.refresh_keys().await;
        assert_eq!(status(&test, ada, "rsa").await, 200);
    }
    write(&path, &["rsa", "ec"]);
    test.clock.advance(Duration::from_mins(1));
    assert_eq!(status(&test, ada, "ec").await, 200);
    // An empty set is whole, and takes all keys away.
    write(&path, &[]);
    test.clock.advance(Duration::from_mins(1));
    test.app.credentials.refresh_keys().await;
    assert_eq!(status(&test, ada, "rsa").await, 401);
}
