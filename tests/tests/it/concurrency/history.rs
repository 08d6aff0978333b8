//! What is on record, read by staff.

use anyhow::{Context, Result};
use portcullis_tests::client::Api;
use portcullis_tests::clock;
use portcullis_tests::linear::{Event, Grant, Happened};
use serde_json::Value;

/// All events of a person.
pub(super) async fn of(staff: &Api, person: &str) -> Result<Vec<Event>> {
    let (mut events, mut cursor) = (Vec::new(), 1);
    loop {
        let path = format!("/admin/aggregates/user/{person}/events?limit=500&cursor={cursor}");
        let page = staff.get(&path).await?.expect(200)?;
        for recorded in page["events"].as_array().context("events")? {
            events.push(event(recorded).with_context(|| format!("this event: {recorded}"))?);
        }
        match page["nextCursor"].as_u64() {
            Some(next) => cursor = next,
            None => return Ok(events),
        }
    }
}

fn event(recorded: &Value) -> Result<Event> {
    let mut payload = recorded["event"].clone();
    payload.as_object_mut().context("a payload")?.remove("type").context("its name in it")?;
    let text = |key: &str| Ok::<_, anyhow::Error>(payload[key].as_str().with_context(|| key.to_owned())?.to_owned());
    let instant = |key: &str| payload[key].as_str().map(clock::millis).transpose();
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
        // Others carry their order in the reason.
        name => {
            Happened::Other { name: name.to_owned(), by: recorded["reason"].as_str().unwrap_or_default().to_owned() }
        }
    };
    Ok(Event {
        version: recorded["version"].as_u64().context("a version")?,
        happened,
        payload,
        at: clock::millis(recorded["timestamp"].as_str().context("a time")?)?,
        request: recorded["requestId"].as_str().context("a request")?.to_owned(),
    })
}
