//! Looks one address up: `find_user BASE-URL API-KEY LOGIN PASSWORD EMAIL`.
//!
//! For trying out against a stand-in. Arguments of a process are readable by others on the machine, so this is no way to
//! treat the credentials of a real customer.

use threedeye_client::{Client, Config};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [base_url, api_key, login, password, email] = arguments.as_slice() else {
        return Err("usage: find_user BASE-URL API-KEY LOGIN PASSWORD EMAIL".into());
    };
    let client = Client::new(Config::new(base_url, api_key.as_str(), login, password.as_str()))?;
    match client.find_user_by_email(email).await? {
        Some(user) => {
            println!("{} {}", user.id, user.email);
            for role in user.roles {
                println!("  in role {} {}", role.id, role.name.unwrap_or_default());
            }
        }
        None => println!("our customer has no user with this address"),
    }
    Ok(())
}
