//! What is on record, read by staff.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use portcullis_tests::client::Api;
use portcullis_tests::clock;
use portcullis_tests::linear::{Event, Grant, Happened};
use serde_json::Value;

use super::orders::Whose;

/// All events of a stream. `tags` has the orders by their requests, for events that do not name theirs.
pub(super) async fn of(staff: &Api, whose: Whose, tags: &BTreeMap<String, String>) -> Result<Vec<Event>> {
    let (mut events, mut cursor) = (Vec::new(), 1);
    loop {
        let path = format!("/admin/aggregates/{}/{}/events?limit=500&cursor={cursor}", whose.kind(), whose.id());
        let page = staff.get(&path).await?.expect(200)?;
        for recorded in page["events"].as_array().context("events")? {
            events.push(event(recorded, tags).with_context(|| format!("this event: {recorded}"))?);
        }
        match page["nextCursor"].as_u64() {
            Some(next) => cursor = next,
            None => return Ok(events),
        }
    }
}

fn event(recorded: &Value, tags: &BTreeMap<String, String>) -> Result<Event> {
    let mut payload = recorded["event"].clone();
    payload.as_object_mut().context("a payload")?.remove("type").context("its name in it")?;
    let text = |key: &str| Ok::<_, anyhow::Error>(payload[key].as_str().with_context(|| key.to_owned())?.to_owned());
    let instant = |key: &str| payload[key].as_str().map(clock::millis).transpose();
    let request = recorded["requestId"].as_str().context("a request")?.to_owned();
    let happened = match recorded["type"].as_str().context("a name")? {
        "AccessibleLockAdded" => Happened::Added(Grant {
            lock: text("lockId")?,
            name: text("lockName")?,
            level: text("accessLevel")?,
            by: text("grantedBy")?,
            from: instant("validFrom")?,
            until: instant("validUntil")?,
        }),
        "AccessibleLockRemoved" => Happened::Removed {
            lock: text("lockId")?,
            by: text("removedBy")?,
            at: instant("removedAt")?.context("removedAt")?,
        },
        name @ ("UserSuspended" | "UserReactivated") => {
            Happened::Status { suspended: name == "UserSuspended", by: text("reason")? }
        }
        "LockCreated" | "LockOrganizationSet" => {
            Happened::Organisation { org: text("orgId")?, by: tags.get(&request).cloned().unwrap_or_default() }
        }
        // Others carry their order in the reason.
        name => {
            Happened::Other { name: name.to_owned(), by: recorded["reason"].as_str().unwrap_or_default().to_owned() }
        }
    };
    Ok(Event {
        position: recorded["position"].as_u64().context("a position")?,
        actor: recorded["actor"]["kind"].as_str().context("an actor")?.to_owned(),
        version: recorded["version"].as_u64().context("a version")?,
        happened,
        payload,
        at: clock::millis(recorded["timestamp"].as_str().context("a time")?)?,
        request,
    })
}
