//! Label sets of one label whose values are a short list of ours.

use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;

/// A name and a value.
pub(super) type Label = (&'static str, &'static str);

/// Counters by one label.
#[derive(Debug, Clone)]
pub(super) struct Counters {
    label: &'static str,
    pub(super) family: Family<[Label; 1], Counter>,
}

impl Counters {
    /// All of them at nought from the beginning, so that the first one counted shows as a rise.
    pub(super) fn new(label: &'static str, values: impl IntoIterator<Item = &'static str>) -> Self {
        let counters = Self { label, family: Family::default() };
        for value in values {
            drop(counters.family.get_or_create(&[(label, value)]));
        }
        counters
    }

    pub(super) fn count(&self, value: &'static str) {
        self.family.get_or_create(&[(self.label, value)]).inc();
    }
}
