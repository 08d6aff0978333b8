//! Mail that goes nowhere.

use std::collections::VecDeque;
use std::sync::Mutex;

use async_trait::async_trait;
use portcullis_domain::port::{Notice, Notifier, NotifyError};

use super::locked;

/// Writes down what people would be told.
#[derive(Debug, Default)]
pub struct RecordingNotifier {
    told: Mutex<Vec<Notice>>,
    faults: Mutex<VecDeque<NotifyError>>,
}

impl RecordingNotifier {
    /// A notifier that delivers everything.
    pub fn new() -> Self {
        Self::default()
    }

    /// What was delivered, in order, repeats included.
    pub fn told(&self) -> Vec<Notice> {
        locked(&self.told).clone()
    }

    /// Makes the next delivery fail; several in the order given.
    pub fn fail_next(&self, error: NotifyError) {
        locked(&self.faults).push_back(error);
    }
}

#[async_trait]
impl Notifier for RecordingNotifier {
    async fn notify(&self, notice: &Notice) -> Result<(), NotifyError> {
        if let Some(error) = locked(&self.faults).pop_front() {
            return Err(error);
        }
        locked(&self.told).push(notice.clone());
        Ok(())
    }
}
