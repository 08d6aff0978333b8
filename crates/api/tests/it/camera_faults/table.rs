//! How many cases there were, and what was answered.

use std::collections::BTreeMap;
use std::fmt;

use super::rules::Answered;

#[derive(Default)]
pub(super) struct Table {
    rows: BTreeMap<String, BTreeMap<Answered, usize>>,
}

impl Table {
    pub(super) fn count(&mut self, row: impl Into<String>, answered: Answered) {
        *self.rows.entry(row.into()).or_default().entry(answered).or_default() += 1;
    }

    pub(super) fn cases(&self) -> usize {
        self.rows.values().flat_map(BTreeMap::values).sum()
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let line = |f: &mut fmt::Formatter<'_>, name: &str, counts: &BTreeMap<Answered, usize>| {
            write!(f, "| {name} | {} |", counts.values().sum::<usize>())?;
            Answered::ALL.iter().try_for_each(|answered| write!(f, " {} |", counts.get(answered).unwrap_or(&0)))?;
            writeln!(f)
        };
        write!(f, "| | cases |")?;
        Answered::ALL.iter().try_for_each(|answered| write!(f, " {} |", answered.label()))?;
        writeln!(f, "\n|{}", "---|".repeat(Answered::ALL.len() + 2))?;
        let mut all = BTreeMap::new();
        for (name, counts) in &self.rows {
            line(f, name, counts)?;
            for (answered, count) in counts {
                *all.entry(*answered).or_default() += count;
            }
        }
        line(f, "all", &all)
    }
}
