//! Statements that tell `SQLite` which index to begin with. We take no statistics, but an older
//! release or another tool may have, on the day when the database was nearly empty; it then takes the key it need not sort
//! for, and with it everybody.

use sea_orm::DbBackend;

/// One statement, with the hint and without.
pub(super) struct Hinted {
    pub(super) sqlite: &'static str,
    pub(super) postgres: &'static str,
}

impl Hinted {
    pub(super) const fn on(&self, backend: DbBackend) -> &'static str {
        match backend {
            DbBackend::Postgres => self.postgres,
            _ => self.sqlite,
        }
    }
}

/// A statement from a macro that takes the words after the table's name.
macro_rules! hinted {
    ($statement:ident, $hint:literal) => {
        Hinted { sqlite: $statement!($hint), postgres: $statement!("") }
    };
}
pub(super) use hinted;
