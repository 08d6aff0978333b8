//! Which crates have their public API compared.

use serde_json::json;
use xtask::semver::{Promise, promises};

#[test]
fn crates_take_part_by_naming_a_baseline() {
    let metadata = json!({ "packages": [
        { "name": "inner", "metadata": null },
        { "name": "other", "metadata": { "docs": { "rs": {} } } },
        { "name": "offered", "metadata": { "semver": { "baseline": "0123" } } },
    ] });
    let promise = Promise { package: "offered".to_owned(), baseline: "0123".to_owned() };
    assert_eq!(promises(&metadata), [promise]);
}
