//! The table as text, and back.

use std::collections::BTreeSet;
use std::fmt;

use super::callers::Caller;

/// An operation of the document.
#[derive(Debug, Clone)]
pub(super) struct Operation {
    pub(super) method: String,
    pub(super) path: String,
    pub(super) id: String,
    /// The statuses the document tells of.
    pub(super) told: BTreeSet<u16>,
}

/// The statuses of each operation, a column for each caller.
#[derive(Debug, Default)]
pub(super) struct Table(Vec<(Operation, Vec<u16>)>);

impl Table {
    pub(super) fn push(&mut self, operation: Operation, statuses: Vec<u16>) {
        self.0.push((operation, statuses));
    }

    pub(super) fn rows(&self) -> &[(Operation, Vec<u16>)] {
        &self.0
    }
}

const HEAD: &str = "\
# Who may call what

Every operation of the [OpenAPI document](openapi.json) against every kind of caller: the status of a well-formed call
about a person and locks of one organisation. A test makes each of these calls and compares; an operation that is not
here fails it. 401 = not known, 403 = known and not allowed, 404 = kept from telling whether the thing exists; a session
on routes of the other style is 400, as its headers are the server's there.

The reference (`/docs`, what it loads, and `/openapi.json`) is no operation: it has no secret in it and asks nobody for a
credential.

";

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(HEAD)?;
        f.write_str("| column | caller |\n|---|---|\n")?;
        for (_, name, meaning) in Caller::ALL {
            writeln!(f, "| {name} | {meaning} |")?;
        }
        let names = Caller::ALL.map(|(_, name, _)| name);
        writeln!(f, "\n| operation | {} |", names.join(" | "))?;
        writeln!(f, "|---|{}", "---|".repeat(names.len()))?;
        for (operation, statuses) in &self.0 {
            let cells: Vec<_> = statuses.iter().map(ToString::to_string).collect();
            let Operation { method, path, id, .. } = operation;
            writeln!(f, "| {id}<br>`{method} {path}` | {} |", cells.join(" | "))?;
        }
        Ok(())
    }
}

/// Reads the table back; each operation must have its row.
pub(super) fn read(text: &str, operations: &[Operation]) -> Table {
    let row = |operation: &Operation| {
        let begin = format!("| {}<br>", operation.id);
        let line = text.lines().find(|line| line.starts_with(&begin));
        let line = line.unwrap_or_else(|| panic!("{} has no row", operation.id));
        let cells = line.split('|').skip(2).map(str::trim).filter(|cell| !cell.is_empty());
        let statuses: Vec<u16> = cells.map(|cell| cell.parse().unwrap()).collect();
        assert_eq!(statuses.len(), Caller::ALL.len(), "{line}");
        (operation.clone(), statuses)
    };
    Table(operations.iter().map(row).collect())
}
