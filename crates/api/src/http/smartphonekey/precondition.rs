//! `If-Match` (RFC 9110, 13.1.1): the version a caller wants to change.

use axum::http::HeaderMap;
use axum::http::header::IF_MATCH;
use portcullis_domain::event::Version;
use portcullis_domain::usecase::IfMatch;

use super::problem::Problem;

/// Reads the condition: `*`, or a list of entity tags. Ours are `"<version>"`; anything else is malformed, but for weak
/// tags, which the RFC lets nobody match.
pub(super) fn read(headers: &HeaderMap) -> Result<IfMatch, Problem> {
    let malformed = || Problem::malformed("If-Match must be * or a list of \"<version>\"");
    let mut tags = Vec::new();
    for value in headers.get_all(IF_MATCH) {
        tags.extend(value.to_str().map_err(|_| malformed())?.split(',').map(str::trim));
    }
    if tags.is_empty() {
        return Ok(IfMatch::None);
    }
    if tags == ["*"] {
        return Ok(IfMatch::Exists);
    }
    let mut versions = Vec::with_capacity(tags.len());
    for tag in tags {
        let strong = tag.strip_prefix("W/").unwrap_or(tag);
        let number = strong.strip_prefix('"').and_then(|tag| tag.strip_suffix('"')).ok_or_else(malformed)?;
        let is_number = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
        let version = number.parse().ok().filter(|_| is_number).ok_or_else(malformed)?;
        if strong == tag {
            versions.push(Version::new(version));
        }
    }
    Ok(IfMatch::AnyOf(versions))
}
