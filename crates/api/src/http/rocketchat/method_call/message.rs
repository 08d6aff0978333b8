//! The text inside: EJSON, which for these methods is plain JSON.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::http::rate_limit::TooMany;
use crate::http::rocketchat::failure::Failure;

/// A call.
#[derive(Debug, Deserialize)]
pub(super) struct Call {
    msg: Option<String>,
    /// The client's own number of the call: text or a number, given back as it came.
    pub(super) id: Option<Value>,
    pub(super) method: String,
    #[serde(default)]
    pub(super) params: Vec<Value>,
}

impl Call {
    /// Reads the text.
    pub(super) fn read(text: &str) -> Result<Self, Failure> {
        let wrong = || Failure::invalid("message must be the EJSON text of a method call");
        let call: Self = serde_json::from_str(text).map_err(|_| wrong())?;
        let is_id = |id: &Value| id.is_string() || id.is_number();
        let is_call = call.msg.as_deref().is_none_or(|msg| msg == "method") && call.id.as_ref().is_none_or(is_id);
        if is_call { Ok(call) } else { Err(wrong()) }
    }
}

/// Why a method failed.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct MethodError {
    is_client_safe: bool,
    error: Value,
    reason: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    details: Option<Value>,
    message: String,
    error_type: &'static str,
}

impl MethodError {
    /// A refusal by its code: text, or a number for failures of the call itself.
    pub(super) fn new(code: impl Into<Value>, reason: &str) -> Self {
        let code = code.into();
        let shown = code.as_str().map_or_else(|| code.to_string(), str::to_owned);
        Self {
            is_client_safe: true,
            message: format!("{reason} [{shown}]"),
            error: code,
            reason: reason.to_owned(),
            details: None,
            error_type: "Meteor.Error",
        }
    }

    /// The client called too often, as remote calls tell it.
    pub(super) fn too_many(too_many: TooMany) -> Self {
        let seconds = too_many.seconds();
        let reason =
            format!("Error, too many requests. Please slow down. You must wait {seconds} seconds before trying again.");
        let details = json!({ "timeToReset": u64::try_from(too_many.wait.as_millis()).unwrap_or(u64::MAX) });
        Self { details: Some(details), ..Self::new("too-many-requests", &reason) }
    }
}

/// What a method came to: a result (some have none), or an error.
pub(super) type Answer = Result<Option<Value>, MethodError>;

#[derive(Serialize)]
struct Reply {
    msg: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    result: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<MethodError>,
}

/// The text of the answer to a call.
pub(super) fn reply(id: Option<Value>, answer: Answer) -> String {
    let (result, error) = match answer {
        Ok(result) => (result, None),
        Err(error) => (None, Some(error)),
    };
    json!(Reply { msg: "result", id, result, error }).to_string()
}
