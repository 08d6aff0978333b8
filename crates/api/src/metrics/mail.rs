//! Messages that left, or did not.

use portcullis_domain::usecase::relay::Delivery;
use prometheus_client::registry::Registry;

use super::labels::Counters;

/// Messages that left, or did not.
#[derive(Debug)]
pub struct MailMetrics {
    tries: Counters,
}

impl MailMetrics {
    pub(super) fn register(registry: &mut Registry) -> Self {
        let outcomes = [Delivery::Delivered, Delivery::PutOff, Delivery::Buried].into_iter().filter_map(word);
        let tries = Counters::new("outcome", outcomes);
        registry.register("deliveries", "Tries to deliver a message, by outcome", tries.family.clone());
        Self { tries }
    }

    /// A try ended.
    pub fn tried(&self, delivery: Delivery) {
        if let Some(outcome) = word(delivery) {
            self.tries.count(outcome);
        }
    }
}

/// What another process delivers it counts itself.
const fn word(delivery: Delivery) -> Option<&'static str> {
    match delivery {
        Delivery::Delivered => Some("delivered"),
        Delivery::PutOff => Some("put_off"),
        Delivery::Buried => Some("buried"),
        Delivery::Elsewhere => None,
    }
}
