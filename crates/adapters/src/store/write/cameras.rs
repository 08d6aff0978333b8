//! Who lacks a camera account, noted in the profile: so an index has just these people in it, in the order of their turns.

use std::collections::BTreeMap;

use portcullis_domain::clock::Timestamp;
use portcullis_domain::ids::UserId;
use sea_orm::DbBackend;
use serde_json::json;

use super::step::{Step, Turn, cell, source};
use super::tables::Kind;
use super::views::micros;

#[derive(Debug, Default)]
struct Noted {
    in_use: Option<bool>,
    tried: Option<Timestamp>,
}

/// What a batch does to the notes.
#[derive(Debug, Default)]
pub(super) struct Cameras(BTreeMap<UserId, Noted>);

impl Cameras {
    /// Somebody has an account in use now, or has none.
    pub(super) fn in_use(&mut self, user: UserId, in_use: bool) {
        self.0.entry(user).or_default().in_use = Some(in_use);
    }

    /// Somebody's turn came.
    pub(super) fn tried(&mut self, user: UserId, at: Timestamp) {
        self.0.entry(user).or_default().tried = Some(at);
    }

    /// After the profiles of the batch are put.
    pub(super) fn step(self, backend: DbBackend) -> Option<Step> {
        let row = |(user, noted): (UserId, Noted)| vec![json!(user), json!(noted.in_use), micros(noted.tried)];
        let rows: Vec<_> = self.0.into_iter().map(row).collect();
        (!rows.is_empty()).then(|| Step::over(note_sql(backend), rows).at(Turn::Late))
    }
}

pub(super) fn note_sql(backend: DbBackend) -> String {
    format!(
        "UPDATE private_profiles SET has_camera = coalesce({}, has_camera), \
         camera_tried_at = coalesce({}, camera_tried_at) FROM {} WHERE user_id = {}",
        cell(backend, 1, Kind::Bool),
        cell(backend, 2, Kind::Int),
        source(backend),
        cell(backend, 0, Kind::Text)
    )
}
