//! The checker finds what it is there to find: each case is a good story with one thing wrong in it.

mod commands;
mod lists;
mod owners;
mod refusals;
mod repeats;
mod story;

use portcullis_tests::linear::check;

use self::story::{SET_UP, good};

#[test]
fn a_good_story_is_explained() {
    assert_eq!(check(&good().events, SET_UP, &good().calls), []);
}
