//! How far something is, for whoever looks on at a terminal.

use std::borrow::Cow;
use std::io::{self, Write, stderr};
use std::sync::LazyLock;
use std::time::Duration;

use indicatif::{MultiProgress, ProgressBar, ProgressStyle};

/// What is shown just now, so that whatever else is written to standard error goes above it.
static SHOWN: LazyLock<MultiProgress> = LazyLock::new(MultiProgress::new);

/// How often a line that has nothing new to say shows that the process is alive.
const ALIVE: Duration = Duration::from_millis(120);

const COUNTED: &str = "{msg} [{bar:30}] {pos} of {len}, {elapsed}";

/// A line on standard error that is written over and goes away in the end; nothing where that is no terminal.
pub(super) struct Progress(ProgressBar);

impl Progress {
    /// Says what is done. How much of it there is may be known later, or never.
    pub(super) fn new(what: impl Into<Cow<'static, str>>) -> Self {
        let line = SHOWN.add(ProgressBar::new_spinner().with_message(what));
        if !line.is_hidden() {
            line.enable_steady_tick(ALIVE);
        }
        Self(line)
    }

    /// Shows how far it is. More may come than was due at first.
    pub(super) fn show(&self, done: u64, due: u64) {
        if self.0.length().is_none()
            && let Ok(style) = ProgressStyle::with_template(COUNTED)
        {
            self.0.set_style(style.progress_chars("=> "));
        }
        self.0.set_length(due.max(done));
        self.0.set_position(done);
    }

    /// Says what is done now, or what was found so far.
    pub(super) fn say(&self, what: impl Into<Cow<'static, str>>) {
        self.0.set_message(what);
    }

    /// Takes the line away, for what is said then.
    pub(super) fn end(&self) {
        self.0.finish_and_clear();
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.end();
    }
}

/// Standard error for logs: lines that are shown make room.
#[derive(Debug)]
pub(super) struct Above;

impl Write for Above {
    fn write(&mut self, text: &[u8]) -> io::Result<usize> {
        SHOWN.suspend(|| stderr().lock().write(text))
    }

    fn flush(&mut self) -> io::Result<()> {
        stderr().lock().flush()
    }
}
