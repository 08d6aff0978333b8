//! Reads the users of a customer as a stream, here of a stand-in that is started for it: `cargo run --example list_users`.

use futures_util::TryStreamExt;
use threedeye_client::{Client, Config};
use threedeye_sim::{NewUser, Sim, SimConfig};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let sim = Sim::start(SimConfig::default()).await?;
    for number in 1..=25 {
        sim.state().add_user(NewUser::new(format!("person{number}@example.com"), "a-password"))?;
    }

    let login = sim.credentials();
    let config = Config::new(sim.base_url(), login.api_key, login.username, login.password);
    let client = Client::new(Config { page_size: 10, ..config })?;

    // A page is asked for when the one before it was read to its end, so stopping early saves calls.
    let mut users = client.users();
    while let Some(user) = users.try_next().await? {
        println!("{}", user.email);
        if user.email.starts_with("person12@") {
            break;
        }
    }
    println!("pages read: {}", sim.state().calls(threedeye_sim::Operation::ListUsers));
    Ok(())
}
