//! Messages that wait to leave, left, or were given up.

pub(super) mod list;
pub(super) mod retry;

use portcullis_domain::port::{OutboxRecord, OutboxState};
use serde::Serialize;
use utoipa::ToSchema;

/// A message to somebody, without what it says and where it goes.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = OutboxMessage)]
pub(crate) struct Message {
    /// Also the first part of the mail's `Message-ID`.
    #[schema(example = "019aa580-7ad4-7c11-8f00-5f2c9e1b7a44")]
    id: String,
    /// What kind of message.
    #[schema(example = "totp-reset")]
    template: String,
    /// Whom it is about.
    #[schema(required = true, example = "0190163d-8694-739b-aea5-5966c26f8ad2")]
    user_id: Option<String>,
    /// `waiting`, `buried` or `delivered`.
    #[schema(value_type = String, example = "buried")]
    state: &'static str,
    /// How often it was tried.
    #[schema(example = 1)]
    attempts: u64,
    #[schema(format = DateTime, example = "2026-11-21T10:15:00.000Z")]
    queued_at: String,
    /// It is not tried before; only while it waits.
    #[schema(required = true, format = DateTime, example = json!(null))]
    next_try_at: Option<String>,
    /// When it left or was given up.
    #[schema(required = true, format = DateTime, example = "2026-11-21T10:15:01.000Z")]
    done_at: Option<String>,
    /// Why it was given up, or why the last try failed.
    #[schema(required = true, example = "the mail server refuses the recipient (550)")]
    reason: Option<String>,
    /// Was it given up, and can be tried again?
    #[schema(example = true)]
    retryable: bool,
}

impl From<OutboxRecord> for Message {
    fn from(record: OutboxRecord) -> Self {
        Self {
            id: record.id.to_string(),
            template: record.template,
            user_id: record.user.map(|user| user.to_string()),
            state: record.state.as_str(),
            attempts: record.attempts,
            queued_at: record.at.to_string(),
            next_try_at: record.not_before.map(|at| at.to_string()),
            done_at: record.done_at.map(|at| at.to_string()),
            reason: record.reason,
            retryable: record.state == OutboxState::Buried && record.has_payload,
        }
    }
}
