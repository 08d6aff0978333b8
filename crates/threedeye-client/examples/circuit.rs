//! What happens while 3dEye is down, and how it is measured: `cargo run --example circuit`.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use threedeye_client::{Call, Circuit, CircuitState, Client, Config, Observer, UserId};
use threedeye_sim::{Fault, Misbehaviour, Operation, Sim, SimConfig};

/// Counts calls by operation and outcome; a histogram of `call.took` would go here, too.
#[derive(Default)]
struct Counts(Mutex<BTreeMap<(&'static str, &'static str), u32>>);

impl Observer for Counts {
    fn call_ended(&self, call: &Call<'_>) {
        if let Ok(mut counts) = self.0.lock() {
            *counts.entry((call.operation.as_str(), call.outcome_name())).or_default() += 1;
        }
    }

    fn circuit_changed(&self, circuit: &Circuit) {
        println!("the circuit is {} after {} failures", circuit.state.as_str(), circuit.failures);
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let sim = Sim::start(SimConfig::default()).await?;
    sim.state().inject(Fault::before(Operation::GetUser, Misbehaviour::status(500)).times(3))?;

    let login = sim.credentials();
    let counts = Arc::new(Counts::default());
    let client = Client::new(Config {
        breaker_failures: 3,
        breaker_pause: Duration::from_millis(200),
        observer: Some(Arc::clone(&counts) as Arc<dyn Observer>),
        ..Config::new(sim.base_url(), login.api_key, login.username, login.password)
    })?;

    let nobody: UserId = "nobody".parse()?;
    for _ in 0..5 {
        if let Err(error) = client.get_user(&nobody).await {
            println!("{}", error.name());
        }
    }
    if let Circuit { state: CircuitState::Open, retry_after: Some(pause), .. } = client.circuit() {
        tokio::time::sleep(pause).await;
    }
    println!("found: {:?}", client.get_user(&nobody).await?);

    for ((operation, outcome), count) in counts.0.lock().map_err(|_| "poisoned")?.iter() {
        println!("{operation} {outcome}: {count}");
    }
    Ok(())
}
