//! What somebody signed in is told about oneself.

use portcullis_domain::ids::UserId;
use portcullis_domain::port::Crowded;
use portcullis_domain::user::OwnRecord;
use serde_json::json;

use super::hinted::Hinted;
use super::users::{person, person_of};
use crate::store::Fault;
use crate::store::connect::Database;
use crate::store::row::Row;
use crate::store::together::{Found, Together};

/// Of the people of a JSON array. A cross join keeps its order on `SQLite`.
macro_rules! own_record {
    ($people:literal) => {
        person!(
            ", (v.user_id IS NOT NULL AND a.password_hash IS NOT NULL) AS has_password, t.secret IS NOT NULL AS has_totp, \
             (coalesce(f.enabled, false) AND coalesce(p.email_verified, false) AND p.email IS NOT NULL) \
             AS has_email_factor FROM ",
            $people,
            " CROSS JOIN view_users u LEFT JOIN private_profiles p ON p.user_id = u.user_id \
             LEFT JOIN private_accounts a ON a.user_id = u.user_id LEFT JOIN view_accounts v ON v.user_id = u.user_id \
             LEFT JOIN private_totp t ON t.user_id = u.user_id \
             LEFT JOIN private_email_factors f ON f.user_id = u.user_id \
             WHERE u.user_id = r.value AND u.status <> 'DELETED'"
        )
    };
}

pub(super) const FIND: Hinted = Hinted {
    sqlite: own_record!("json_each($1) AS r"),
    postgres: own_record!("json_array_elements_text($1::json) AS r (value)"),
};

/// Looks people's own records up together.
pub(in crate::store) fn own_records(database: &Database) -> Together<UserId, OwnRecord> {
    let database = database.clone();
    Together::start(Crowded("lookups of own records"), move |people: Vec<UserId>| {
        let database = database.clone();
        async move {
            let rows = database.all(FIND.on(database.backend), vec![json!(people).to_string().into()]).await?;
            let found = rows.iter().map(|row| Ok((row.user("user_id")?, own_record(row))));
            found.collect::<Result<Found<_, _>, Fault>>()
        }
    })
}

fn own_record(row: &Row) -> Result<OwnRecord, Fault> {
    Ok(OwnRecord {
        person: person_of(row)?,
        has_password: row.flag("has_password")?,
        has_totp: row.flag("has_totp")?,
        has_email_factor: row.flag("has_email_factor")?,
    })
}
