//! Serves a stand-in with two users until interrupted: `serve [ADDRESS]`, 127.0.0.1:9000 by default.

use threedeye_sim::{NewUser, Sim, SimConfig};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let address = std::env::args().nth(1).unwrap_or_else(|| "127.0.0.1:9000".to_owned());
    let sim = Sim::start(SimConfig { listen: address.parse()?, ..SimConfig::default() }).await?;
    let guards = sim.state().add_role("Guards")?;
    let ann = NewUser { role_ids: vec![guards], ..NewUser::new("ann@example.com", "ann's password") };
    sim.state().add_user(ann)?;
    sim.state().add_foreign_user("bob@example.com")?;

    let credentials = sim.credentials();
    println!("listening   {}", sim.base_url());
    println!("x-api-key   {}", credentials.api_key);
    println!("login       {}", credentials.username);
    println!("password    {}", credentials.password);
    tokio::signal::ctrl_c().await?;
    sim.shutdown().await;
    Ok(())
}
