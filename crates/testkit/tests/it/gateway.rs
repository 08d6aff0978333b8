//! The gateway's contract against the fake.

use std::sync::Arc;

use async_trait::async_trait;
use portcullis_domain::ids::ThreeDEyeRoleId;
use portcullis_domain::port::ThreeDEyeGateway;
use portcullis_testkit::contract::GatewayHarness;
use portcullis_testkit::fake::FakeGateway;
use portcullis_testkit::gateway_contract;

struct Fake(Arc<FakeGateway>);

async fn make_fake() -> Fake {
    let fake = Fake(Arc::new(FakeGateway::new()));
    for role in fake.roles() {
        fake.0.seed_role(&role, role.as_str());
    }
    fake
}

#[async_trait]
impl GatewayHarness for Fake {
    fn gateway(&self) -> Arc<dyn ThreeDEyeGateway> {
        self.0.clone()
    }
    fn roles(&self) -> [ThreeDEyeRoleId; 2] {
        ["guard", "viewer"].map(|text| ThreeDEyeRoleId::parse(text).unwrap())
    }
    async fn seed(&self, email: &str, ours: bool, roles: &[ThreeDEyeRoleId]) {
        self.0.seed(email, ours, roles);
    }
    async fn count_accounts(&self) -> usize {
        self.0.accounts().len()
    }
}

gateway_contract!(make_fake);
