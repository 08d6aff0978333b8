//! How a command ends that does not succeed.

use std::process::ExitCode;

use clap::builder::styling::{Style, Styles};
use portcullis_domain::port::Unavailable;

use super::logging::LogFormat;
use super::next;
use super::say::Closed;
use crate::composition::StartError;
use crate::config::ConfigFaults;
use crate::http::server::ServeError;

/// Exit statuses, as `--help` and the operations page tell them.
pub(super) const EXIT_STATUS: &str = "\
Exit status:
  0    done
  1    failed: the error says why and what to do next
  2    something must be changed first: how the command was called, a setting, a file, an address
  3    done, and something is left: drift, people without an account, values under an older key
  141  standard output was closed, as by `| head`";

const FAILED: u8 = 1;
const MISUSE: u8 = 2;
const UNFINISHED: u8 = 3;
/// Shells know it as the status of a program that SIGPIPE ended.
const CLOSED: u8 = 128 + 13;

/// What went wrong, what to do next, and the exit status.
#[derive(Debug)]
pub(super) struct Failure {
    error: anyhow::Error,
    next: String,
    status: u8,
}

impl Failure {
    /// It did not work; the same may work later, or for something else.
    pub(super) fn failed(error: impl Into<anyhow::Error>, next: impl Into<String>) -> Self {
        Self { error: error.into(), next: next.into(), status: FAILED }
    }

    /// Something must be changed before trying again.
    pub(super) fn misuse(error: impl Into<anyhow::Error>, next: impl Into<String>) -> Self {
        Self { error: error.into(), next: next.into(), status: MISUSE }
    }

    /// It worked, and there is more to do.
    pub(super) fn unfinished(error: impl Into<anyhow::Error>, next: impl Into<String>) -> Self {
        Self { error: error.into(), next: next.into(), status: UNFINISHED }
    }

    /// Nothing is served at the address that was chosen with `chosen`.
    pub(super) fn not_served(error: ServeError, chosen: &str) -> Self {
        let status = if matches!(error, ServeError::Serve(_)) { FAILED } else { MISUSE };
        let next = next::after_serve(&error, chosen);
        Self { error: error.into(), next, status }
    }

    /// Says it the way logs are told, and gives the exit status.
    pub(super) fn tell(&self, format: LogFormat) -> ExitCode {
        // Whoever closed the pipe has had enough.
        if self.error.is::<Closed>() {
            return ExitCode::from(CLOSED);
        }
        match format {
            LogFormat::Text => {
                let styles = Styles::styled();
                let (red, bold) = (styles.get_error(), Style::new().bold());
                anstream::eprintln!("{red}error:{red:#} {:#}\n {bold}next:{bold:#} {}", self.error, self.next);
            }
            LogFormat::Json => {
                tracing::error!(error = format!("{:#}", self.error), next = self.next, status = self.status, "ended");
            }
        }
        ExitCode::from(self.status)
    }
}

impl From<ConfigFaults> for Failure {
    fn from(faults: ConfigFaults) -> Self {
        Self::misuse(anyhow::anyhow!("the configuration is wrong\n{faults}"), next::CONFIGURATION)
    }
}

impl From<StartError> for Failure {
    fn from(error: StartError) -> Self {
        let (next, status) = (next::after_start(&error), if error.is_misuse() { MISUSE } else { FAILED });
        Self { error: error.into(), next, status }
    }
}

impl From<ServeError> for Failure {
    fn from(error: ServeError) -> Self {
        Self::not_served(error, "http.listen")
    }
}

impl From<anyhow::Error> for Failure {
    fn from(error: anyhow::Error) -> Self {
        let is_of_store = error.chain().any(<dyn std::error::Error>::is::<Unavailable>);
        let next = if is_of_store { next::DATABASE } else { next::UNEXPECTED };
        Self::failed(error, next)
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        Self::failed(error, next::UNEXPECTED)
    }
}

impl From<serde_json::Error> for Failure {
    fn from(error: serde_json::Error) -> Self {
        Self::failed(error, next::UNEXPECTED)
    }
}
