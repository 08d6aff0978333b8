//! What the log says of a request that could not be answered at present.

use std::error::Error;

use portcullis_domain::port::Unavailable;

/// One line: an error where something is broken, a warning where a bound does its work.
pub(super) fn log(unavailable: &Unavailable) {
    if let Some(crowded) = unavailable.crowded() {
        tracing::warn!("{crowded}: a caller was sent away");
    } else {
        let cause = chain(unavailable.0.as_ref());
        tracing::error!(error = %cause, "the store is unavailable");
    }
}

/// An error with its causes, each said once.
fn chain(error: &(dyn Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
}
