//! The query of a read.

use std::ops::RangeInclusive;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use serde::de::DeserializeOwned;

use super::json::Faults;
use super::problem::Problem;
use crate::app::App;

/// The query, read into fields; unknown ones are ignored, as the peer does.
#[derive(Debug)]
pub(crate) struct Query<T>(pub(crate) T);

impl<T: DeserializeOwned> FromRequestParts<App> for Query<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self, Problem> {
        let query = parts.uri.query().unwrap_or_default();
        serde_urlencoded::from_str(query)
            .map(Self)
            .map_err(|error| Problem::malformed(format!("The query is wrong: {error}")))
    }
}

/// A whole number within bounds.
pub(crate) fn number(
    faults: &mut Faults,
    field: &str,
    text: Option<String>,
    bounds: RangeInclusive<u64>,
) -> Option<u64> {
    faults.optional(field, text, |text| {
        let number = text.parse().ok().filter(|number| bounds.contains(number));
        number.ok_or_else(|| format!("must be a whole number from {}", bounds.start()))
    })
}

/// How many entries a page is to have: `default` when nothing is said, never more than `most`.
pub(crate) fn limit(faults: &mut Faults, text: Option<String>, default: u32, most: u32) -> u32 {
    let limit = faults.optional("limit", text, |text| {
        let limit = text.parse().ok().filter(|limit| (1..=most).contains(limit));
        limit.ok_or_else(|| format!("must be a number from 1 to {most}"))
    });
    limit.unwrap_or(default)
}
