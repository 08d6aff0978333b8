//! The gateway's contract, through the real client, against the stand-in over real HTTP.

use std::str::FromStr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use portcullis_adapters::threedeye::{HttpThreeDEyeGateway, ThreeDEyeAccess};
use portcullis_domain::ids::{ThreeDEyeRoleId, ThreeDEyeUserId};
use portcullis_domain::port::{GatewayError, NewRemoteAccount, ThreeDEyeGateway};
use portcullis_domain::secret::Secret;
use portcullis_testkit::build::email;
use portcullis_testkit::contract::GatewayHarness;
use portcullis_testkit::gateway_contract;
use threedeye_sim::{Fault, Misbehaviour, NewUser, Operation, RunningSim, Sim, SimConfig};
use uuid::Uuid;

struct OverHttp {
    sim: RunningSim,
    gateway: Arc<HttpThreeDEyeGateway>,
    roles: [Uuid; 2],
    /// The stand-in shows our customer's accounts only, so others' are counted here.
    foreign: AtomicUsize,
}

async fn make() -> OverHttp {
    let sim = Sim::start(SimConfig::default()).await.unwrap();
    let known = sim.credentials();
    let access = ThreeDEyeAccess::new(sim.base_url(), known.api_key, known.username, known.password);
    let roles = ["guard", "viewer"].map(|name| sim.state().add_role(name).unwrap());
    let gateway = Arc::new(HttpThreeDEyeGateway::new(access).unwrap());
    OverHttp { sim, gateway, roles, foreign: AtomicUsize::new(0) }
}

#[async_trait]
impl GatewayHarness for OverHttp {
    fn gateway(&self) -> Arc<dyn ThreeDEyeGateway> {
        self.gateway.clone()
    }

    fn roles(&self) -> [ThreeDEyeRoleId; 2] {
        self.roles.map(|role| ThreeDEyeRoleId::parse(role.to_string()).unwrap())
    }

    async fn seed(&self, email: &str, ours: bool, roles: &[ThreeDEyeRoleId]) {
        let state = self.sim.state();
        if ours {
            let role_ids = roles.iter().map(|role| Uuid::from_str(role.as_str()).unwrap()).collect();
            state.add_user(NewUser { role_ids, ..NewUser::new(email, "a password") }).unwrap();
        } else {
            state.add_foreign_user(email).unwrap();
            self.foreign.fetch_add(1, Ordering::SeqCst);
        }
    }

    async fn count_accounts(&self) -> usize {
        self.sim.state().users().len() + self.foreign.load(Ordering::SeqCst)
    }
}

gateway_contract!(make);

/// What the wire's failures mean to the domain.
#[tokio::test]
async fn failures_are_told_apart() {
    let there = make().await;
    let fault = |what| there.sim.state().inject(Fault::before(Operation::ListUsers, what).once()).unwrap();
    let ada = email("ada@example.com");
    fault(Misbehaviour::status(403));
    assert_eq!(there.gateway.find_by_email(&ada).await, Err(GatewayError::Unauthorised));
    fault(Misbehaviour::MalformedJson);
    assert!(matches!(there.gateway.find_by_email(&ada).await, Err(GatewayError::Rejected(_))));
    assert_eq!(there.gateway.find_by_email(&ada).await, Ok(None));
    fault(Misbehaviour::status_retry_after(503, 7));
    let retry_after = Some(Duration::from_secs(7));
    assert_eq!(there.gateway.find_by_email(&ada).await, Err(GatewayError::Unavailable { retry_after }));
    // From here on nothing is sent, so a creation is as certain as can be.
    let calls = there.sim.state().calls(Operation::CreateUser);
    let account = NewRemoteAccount {
        email: ada.clone(),
        first_name: "Ada".to_owned(),
        last_name: "Lovelace".to_owned(),
        password: Secret::new("a password".to_owned()),
        roles: Vec::new(),
    };
    let kept_back = there.gateway.create(&account).await;
    assert!(matches!(kept_back, Err(GatewayError::CircuitOpen { retry_after }) if retry_after.as_secs() <= 7));
    assert_eq!(there.sim.state().calls(Operation::CreateUser), calls);
}

/// The login the service uses is a user of our customer, and nobody's camera account.
#[tokio::test]
async fn our_own_login_is_no_account() {
    let there = make().await;
    let state = there.sim.state();
    let login = state.credentials().username;
    let id = state.add_user(NewUser::new(format!(" {}", login.to_uppercase()), "a password")).unwrap();
    let id = ThreeDEyeUserId::parse(id.to_string()).unwrap();
    assert_eq!(there.gateway.find(&id).await, Ok(None));
    assert_eq!(there.gateway.find_by_email(&email(&login)).await, Ok(None));
    let alone = there.gateway.list(None).await.unwrap();
    assert_eq!((alone.accounts, alone.next), (Vec::new(), None));
    // The list goes on behind it.
    for number in 0..150 {
        there.seed(&format!("p{number}@example.com"), true, &[]).await;
    }
    let first = there.gateway.list(None).await.unwrap();
    let second = there.gateway.list(first.next).await.unwrap();
    assert_eq!((first.accounts.len() + second.accounts.len(), second.next), (150, None));
}
