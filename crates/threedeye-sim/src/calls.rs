//! What was asked of the stand-in, and how it ended. Knows ids and addresses, but no password and no token.

use std::collections::{BTreeMap, VecDeque};
use std::time::SystemTime;

use axum::http::Uri;
use serde::{Deserialize, Serialize, Serializer};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use uuid::Uuid;

use crate::operation::Operation;
use crate::world::World;

/// How many calls are remembered.
const REMEMBERED: usize = 1_000;

/// A call that arrived, refused ones and failed ones included.
///
/// As JSON: `{"number": 7, "operation": "getUser", "about": ["…"], "at": "2026-01-31T12:00:00.25Z", "ended": true, "status": 200}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Call {
    /// In order of arrival; the first call has 1.
    pub number: u64,
    /// Which call it was.
    pub operation: Operation,
    /// The ids in its path and its body, the address in its body, and the address of the user it names.
    pub about: Vec<String>,
    /// When it arrived.
    #[serde(serialize_with = "as_text")]
    pub at: SystemTime,
    /// Whether it has been dealt with; the last bytes of the answer may still be under way.
    pub ended: bool,
    /// The status of the answer; none before the end, and none if the connection was closed instead.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
}

fn as_text<S: Serializer>(at: &SystemTime, serializer: S) -> Result<S::Ok, S::Error> {
    OffsetDateTime::from(*at).format(&Rfc3339).map_err(serde::ser::Error::custom)?.serialize(serializer)
}

/// The last calls, and how many there were of each kind.
#[derive(Default)]
pub(crate) struct Calls {
    last: u64,
    counts: BTreeMap<Operation, u64>,
    log: VecDeque<Call>,
}

impl Calls {
    /// Gives the number of the call.
    pub(crate) fn arrive(&mut self, operation: Operation, about: Vec<String>) -> u64 {
        self.last += 1;
        *self.counts.entry(operation).or_default() += 1;
        if self.log.len() == REMEMBERED {
            self.log.pop_front();
        }
        self.log.push_back(Call { number: self.last, operation, about, at: now(), ended: false, status: None });
        self.last
    }

    /// `None` is for a connection that was closed instead of an answer.
    pub(crate) fn end(&mut self, number: u64, status: Option<u16>) {
        // Not there if it was forgotten meanwhile.
        if let Ok(index) = self.log.binary_search_by_key(&number, |call| call.number) {
            self.log[index].ended = true;
            self.log[index].status = status;
        }
    }

    pub(crate) fn count(&self, operation: Operation) -> u64 {
        self.counts.get(&operation).copied().unwrap_or_default()
    }

    pub(crate) fn counts(&self) -> &BTreeMap<Operation, u64> {
        &self.counts
    }

    pub(crate) fn log(&self) -> impl DoubleEndedIterator<Item = &Call> {
        self.log.iter()
    }

    /// Numbers go on, so that the end of a call under way is not taken for that of another.
    pub(crate) fn clear(&mut self) {
        self.counts.clear();
        self.log.clear();
    }
}

#[expect(clippy::disallowed_methods, reason = "a stand-in for something outside has a clock of its own")]
fn now() -> SystemTime {
    SystemTime::now()
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Naming {
    email: Option<String>,
    #[serde(default)]
    role_ids: Vec<Uuid>,
}

/// Whom and what a call is about.
pub(crate) fn subjects(world: &World, operation: Operation, uri: &Uri, body: &[u8]) -> Vec<String> {
    let ids: Vec<Uuid> = uri.path().split('/').filter_map(|part| Uuid::try_parse(part).ok()).collect();
    let mut about: Vec<String> = ids.iter().map(ToString::to_string).collect();
    about.extend(ids.into_iter().filter_map(|id| world.address_of(id)).map(str::to_owned));
    if operation == Operation::CreateUser
        && let Ok(naming) = serde_json::from_slice::<Naming>(body)
    {
        about.extend(naming.email);
        about.extend(naming.role_ids.iter().map(ToString::to_string));
    }
    about
}
