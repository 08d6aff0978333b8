//! The aggregates there are, and what happened to them.

pub(super) mod events;
pub(super) mod list;
pub(super) mod read;
mod state;

use portcullis_domain::event::{AggregateKind, StreamId};
use portcullis_domain::ids::{CameraRoleId, LockId, OrgId};
use portcullis_domain::policy::Caller;

use crate::http::smartphonekey::path::Id;

/// The stream of a kind and an id as the path has it; none for an id no such thing can have.
fn stream(kind: AggregateKind, id: &Id) -> Option<StreamId> {
    match kind {
        AggregateKind::User => Some(id.user().into()),
        AggregateKind::Lock => LockId::parse(id.text()).ok().as_ref().map(StreamId::from),
        AggregateKind::Tenant => OrgId::parse(id.text()).ok().as_ref().map(StreamId::from),
        AggregateKind::PermissionTable => Some(StreamId::permissions()).filter(|stream| stream.id() == id.text()),
        AggregateKind::CameraRole => CameraRoleId::parse(id.text()).ok().as_ref().map(StreamId::from),
    }
}

/// Who reads, for the log.
fn reader(caller: &Caller) -> Option<&str> {
    caller.staff.as_ref().map(|staff| staff.subject.as_str())
}
