//! The few numbers a benchmark reports.

/// The smallest value that at least `share` (0 to 1) of the values do not exceed; zero of nothing.
pub fn percentile(values: &[f64], share: f64) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a share of a length is an index")]
    #[expect(clippy::cast_precision_loss, reason = "nobody measures 2^52 values")]
    let rank = (share * sorted.len() as f64).ceil() as usize;
    sorted.get(rank.saturating_sub(1)).copied().unwrap_or_default()
}

/// The middle one; of two, the lower.
pub fn median(values: &[f64]) -> f64 {
    percentile(values, 0.5)
}
