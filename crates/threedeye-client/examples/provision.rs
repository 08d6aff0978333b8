//! Makes an account when nobody knows whether the call before went through: `cargo run --example provision`.
//!
//! The stand-in is told to do the work and then to hang up, which is the worst a server can do.

use threedeye_client::{Client, Config, Error, NewUser, UserId};
use threedeye_sim::{Fault, Misbehaviour, Operation, Sim, SimConfig};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let sim = Sim::start(SimConfig::default()).await?;
    sim.state().inject(Fault::after(Operation::CreateUser, Misbehaviour::HangUp).once())?;

    let login = sim.credentials();
    let client = Client::new(Config::new(sim.base_url(), login.api_key, login.username, login.password))?;
    let ann = NewUser {
        email: "ann@example.com".to_owned(),
        first_name: "Ann".to_owned(),
        last_name: "Example".to_owned(),
        password: "chosen-by-us".into(),
        role_ids: Vec::new(),
    };
    match provision(&client, &ann).await? {
        Some(_) => println!("Ann has an account"),
        None => println!("the address belongs to an account of another customer"),
    }
    println!("accounts: {}", sim.state().users().len());
    println!("creations sent: {}", sim.state().calls(Operation::CreateUser));
    Ok(())
}

/// Looks before it makes, and again where making left it open.
async fn provision(client: &Client, user: &NewUser) -> Result<Option<UserId>, Error> {
    for _ in 0..2 {
        if let Some(found) = client.find_user_by_email(&user.email).await? {
            return Ok(Some(found.id));
        }
        match client.create_user(user).await {
            Ok(Some(id)) => return Ok(Some(id)),
            // Made, and the answer left its id out; or perhaps made. Looking tells either way.
            Ok(None) => {}
            Err(Error::Ambiguous { cause }) => println!("perhaps made: {cause}"),
            Err(Error::EmailTaken) => return Ok(None),
            Err(error) => return Err(error),
        }
    }
    client.find_user_by_email(&user.email).await.map(|found| found.map(|user| user.id))
}
