//! How far something is, for whoever looks on at a terminal.

use std::io::{IsTerminal, stderr};

/// A line on standard error that is written over; nothing where that is no terminal.
pub(super) struct Progress {
    terminal: bool,
}

impl Progress {
    pub(super) fn new() -> Self {
        Self { terminal: stderr().is_terminal() }
    }

    /// Shows how far it is. More may come than was due at first.
    pub(super) fn show(&self, done: u64, due: u64) {
        if self.terminal {
            eprint!("\r{}", bar(done, due));
        }
    }

    /// The next line begins anew.
    pub(super) fn end(&self) {
        if self.terminal {
            eprintln!();
        }
    }
}

fn bar(done: u64, due: u64) -> String {
    const WIDTH: u64 = 30;
    let due = due.max(done).max(1);
    let full = usize::try_from(done * WIDTH / due).unwrap_or_default();
    format!("[{:<30}] {done} of {due}", "#".repeat(full))
}
