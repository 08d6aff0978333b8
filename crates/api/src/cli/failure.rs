//! How a command ends that does not succeed.

use std::process::ExitCode;

use super::say::Closed;
use crate::composition::StartError;
use crate::config::ConfigFaults;
use crate::http::server::ServeError;

/// What went wrong, and the exit status: 2 when something must be changed first, else 1.
#[derive(Debug)]
pub(super) struct Failure {
    error: anyhow::Error,
    status: u8,
}

impl Failure {
    /// Something must be changed before trying again.
    pub(super) fn misuse(error: impl Into<anyhow::Error>) -> Self {
        Self { error: error.into(), status: 2 }
    }

    /// Says it and gives the exit status.
    pub(super) fn tell(&self) -> ExitCode {
        // Whoever closed the pipe has had enough; shells know the status of a program that SIGPIPE ended.
        if self.error.is::<Closed>() {
            return ExitCode::from(128 + 13);
        }
        eprintln!("error: {:#}", self.error);
        ExitCode::from(self.status)
    }
}

impl From<ConfigFaults> for Failure {
    fn from(faults: ConfigFaults) -> Self {
        Self::misuse(anyhow::anyhow!("the configuration is wrong\n{faults}"))
    }
}

impl From<StartError> for Failure {
    fn from(error: StartError) -> Self {
        let status = if error.is_misuse() { 2 } else { 1 };
        Self { error: error.into(), status }
    }
}

impl From<ServeError> for Failure {
    fn from(error: ServeError) -> Self {
        // A certificate that cannot be used is a setting to change.
        let status = if matches!(error, ServeError::Tls(_)) { 2 } else { 1 };
        Self { error: error.into(), status }
    }
}

impl From<anyhow::Error> for Failure {
    fn from(error: anyhow::Error) -> Self {
        Self { error, status: 1 }
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        Self { error: error.into(), status: 1 }
    }
}

impl From<serde_json::Error> for Failure {
    fn from(error: serde_json::Error) -> Self {
        Self { error: error.into(), status: 1 }
    }
}
