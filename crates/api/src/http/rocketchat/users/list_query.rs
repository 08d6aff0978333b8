//! Paging and filters of `users.list`, as far as they are supported.

use portcullis_domain::usecase::user::RecordQuery;
use serde::Deserialize;
use serde_json::{Map, Value};
use utoipa::IntoParams;

use crate::http::rocketchat::body::{Kind, Schema};
use crate::http::rocketchat::failure::Failure;

pub(super) const SCHEMA: Schema = Schema {
    required: &[],
    fields: &[("count", Kind::Text), ("offset", Kind::Text), ("sort", Kind::Text), ("query", Kind::Text)],
    open: false,
};

/// Accounts listed, unless another number is asked for.
const PAGE: u32 = 50;
/// Accounts listed at most.
const MOST: u32 = 100;

/// What fits the `int32` of the document.
const LARGEST: u32 = i32::MAX.cast_unsigned();

/// Which accounts.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Paging {
    /// At most this many: 50 when absent or 0, never more than 100.
    #[param(value_type = Option<u32>, minimum = 0, maximum = 2_147_483_647, example = 50)]
    count: Option<String>,
    /// How many to leave out at the beginning.
    #[param(value_type = Option<u32>, minimum = 0, maximum = 2_147_483_647, example = 0)]
    offset: Option<String>,
    /// Only `{"username":1}`, which is the order there is.
    #[param(value_type = Option<String>)]
    sort: Option<String>,
    /// Only those whose user name begins so, without regard to case: `{"username":{"$regex":"^ada"}}`, with letters,
    /// digits, `-`, `_` and `\.` behind the `^`.
    #[param(value_type = Option<String>, example = r#"{"username":{"$regex":"^ada"}}"#)]
    query: Option<String>,
}

impl TryFrom<Paging> for RecordQuery {
    type Error = Failure;

    fn try_from(paging: Paging) -> Result<Self, Failure> {
        if paging.sort.as_deref().is_some_and(|sort| !is_the_order(sort)) {
            return Err(not_supported("sort", r#"{"username":1}"#));
        }
        let name_prefix = paging.query.as_deref().map(name_prefix).transpose()?.unwrap_or_default();
        let limit = match number("count", paging.count)? {
            None | Some(0) => PAGE,
            Some(count) => count.min(MOST),
        };
        let offset = number("offset", paging.offset)?.unwrap_or_default().into();
        Ok(Self { name_prefix, offset, limit })
    }
}

fn number(name: &'static str, text: Option<String>) -> Result<Option<u32>, Failure> {
    let wrong = || Failure::invalid(format!("{name} must be a whole number"));
    let read = |text: String| text.parse().ok().filter(|number| *number <= LARGEST).ok_or_else(wrong);
    text.map(read).transpose()
}

fn is_the_order(sort: &str) -> bool {
    let sort: Option<Map<String, Value>> = serde_json::from_str(sort).ok();
    sort.is_some_and(|sort| sort.is_empty() || (sort.len() == 1 && sort.get("username") == Some(&Value::from(1))))
}

fn name_prefix(query: &str) -> Result<String, Failure> {
    let unsupported = || not_supported("query", r#"{"username":{"$regex":"^…"}}"#);
    let query: Map<String, Value> = serde_json::from_str(query).map_err(|_| unsupported())?;
    if query.is_empty() {
        return Ok(String::new());
    }
    let condition = query.get("username").filter(|_| query.len() == 1).and_then(Value::as_object);
    let condition = condition.ok_or_else(unsupported)?;
    let known = condition.keys().all(|key| key == "$regex" || key == "$options");
    let options = condition.get("$options").is_none_or(|options| options == "i");
    let regex = condition.get("$regex").and_then(Value::as_str).filter(|_| known && options);
    regex.and_then(prefix).ok_or_else(unsupported)
}

/// What an anchored expression of plain characters begins with.
fn prefix(regex: &str) -> Option<String> {
    let plain = regex.strip_prefix('^')?.replace("\\.", "\0");
    let is_plain = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '\0');
    plain.chars().all(is_plain).then(|| plain.replace('\0', "."))
}

fn not_supported(parameter: &str, known: &str) -> Failure {
    Failure::refused("error-not-supported", &format!("Of {parameter} only {known} is supported"))
}
