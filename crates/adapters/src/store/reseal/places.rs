//! Every place where sealed values lie. Whoever seals something new adds its column here; a test looks for bytes sealed
//! with an old key in every table.

use sea_orm::Value;

use super::Found;
use crate::seal::Place;
use crate::store::Fault;
use crate::store::row::Row;
use crate::store::write::{hex, outcome_place, payload_place, threedeye_place, totp_place};

/// A column of sealed values.
pub(super) struct Sealed {
    /// Does the key travel as bytes, and is named in hex?
    in_bytes: bool,
    place: fn(&str) -> Place<'_>,
    pub(super) page: &'static str,
    pub(super) swap: &'static str,
}

macro_rules! sealed {
    ($table:literal, $key:literal, $column:literal, $in_bytes:literal, $place:expr) => {
        Sealed {
            in_bytes: $in_bytes,
            place: $place,
            page: concat!(
                "SELECT ",
                $key,
                " AS k, ",
                $column,
                " AS v FROM ",
                $table,
                " WHERE ",
                $key,
                " > $1 AND ",
                $column,
                " IS NOT NULL ORDER BY ",
                $key,
                " LIMIT $2"
            ),
            swap: concat!("UPDATE ", $table, " SET ", $column, " = $1 WHERE ", $key, " = $2 AND ", $column, " = $3"),
        }
    };
}

/// Every statement of resealing, for the tests that explain them.
pub(in crate::store) fn statements() -> impl Iterator<Item = (String, String)> {
    let each = |sealed: &'static Sealed| [("page", sealed.page), ("swap", sealed.swap)];
    let named = SEALED.iter().flat_map(each).map(|(what, sql)| (format!("reseal.{what}"), sql.to_owned()));
    named.chain([("reseal.hashing_key".to_owned(), super::hashing::FIND.to_owned())])
}

/// The key of hashes is the last.
pub(super) static SEALED: &[Sealed] = &[
    sealed!("private_totp", "user_id", "secret", false, |user| totp_place(user, "secret")),
    sealed!("private_totp", "user_id", "pending", false, |user| totp_place(user, "pending")),
    sealed!("private_threedeye", "user_id", "password", false, threedeye_place),
    sealed!("work_outbox", "id", "payload", false, payload_place),
    sealed!("work_idempotency", "scope", "outcome", true, outcome_place),
    sealed!("private_service_keys", "name", "sealed", false, service_key_place),
];

/// Where a key of the service is sealed for.
pub(super) const fn service_key_place(name: &str) -> Place<'_> {
    Place { table: "private_service_keys", row: name, purpose: "sealed" }
}

impl Sealed {
    pub(super) fn place<'a>(&self, row: &'a str) -> Place<'a> {
        (self.place)(row)
    }

    /// What every key of the table comes after.
    pub(super) fn before_all(&self) -> Value {
        if self.in_bytes { Vec::<u8>::new().into() } else { "".into() }
    }

    pub(super) fn found(&self, row: &Row) -> Result<Found, Fault> {
        let sealed = row.bytes("v")?;
        if self.in_bytes {
            let key = row.bytes("k")?;
            return Ok(Found { row: hex(&key), key: key.into(), sealed });
        }
        let key = row.text("k")?;
        Ok(Found { row: key.clone(), key: key.into(), sealed })
    }
}
