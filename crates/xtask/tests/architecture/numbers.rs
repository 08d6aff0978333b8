//! What the benchmark says of its measurements.

use xtask::numbers::{median, percentile};

#[test]
fn a_percentile_is_one_of_the_values() {
    let values: Vec<f64> = (1..=100).rev().map(f64::from).collect();
    let found = [0.0, 0.5, 0.99, 1.0].map(|share| percentile(&values, share).to_string());
    assert_eq!(found, ["1", "50", "99", "100"]);
}

#[test]
fn an_outlier_does_not_move_the_median() {
    assert_eq!(median(&[3.0, 900.0, 2.0]).to_string(), "3");
    assert_eq!(median(&[]).to_string(), "0");
}
