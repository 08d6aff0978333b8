//! The store's contract against the store in memory.

use std::collections::BTreeMap;
use std::sync::Arc;

use async_trait::async_trait;
use portcullis_domain::port::{
    ApiKeys, CameraRoles, EventStore, LockAccess, Outbox, Permissions, Registry, Sessions, SignInFailures,
    ThreeDEyeAccounts, TotpStore, UserRepository,
};
use portcullis_testkit::contract::StoreHarness;
use portcullis_testkit::fake::TestClock;
use portcullis_testkit::memory::MemoryStore;
use portcullis_testkit::store_contract;

struct Memory {
    clock: Arc<TestClock>,
    store: Arc<MemoryStore>,
}

async fn make_memory() -> Memory {
    let clock = Arc::new(TestClock::default());
    Memory { store: Arc::new(MemoryStore::new(clock.clone())), clock }
}

#[async_trait]
impl StoreHarness for Memory {
    fn clock(&self) -> Arc<TestClock> {
        Arc::clone(&self.clock)
    }
    fn events(&self) -> Arc<dyn EventStore> {
        self.store.clone()
    }
    fn users(&self) -> Arc<dyn UserRepository> {
        self.store.clone()
    }
    fn lock_access(&self) -> Arc<dyn LockAccess> {
        self.store.clone()
    }
    fn totp(&self) -> Arc<dyn TotpStore> {
        self.store.clone()
    }
    fn threedeye(&self) -> Arc<dyn ThreeDEyeAccounts> {
        self.store.clone()
    }
    fn camera_roles(&self) -> Arc<dyn CameraRoles> {
        self.store.clone()
    }
    fn sessions(&self) -> Arc<dyn Sessions> {
        self.store.clone()
    }
    fn sign_in_failures(&self) -> Arc<dyn SignInFailures> {
        self.store.clone()
    }
    fn api_keys(&self) -> Arc<dyn ApiKeys> {
        self.store.clone()
    }
    fn registry(&self) -> Arc<dyn Registry> {
        self.store.clone()
    }
    fn permissions(&self) -> Arc<dyn Permissions> {
        self.store.clone()
    }
    fn outbox(&self) -> Arc<dyn Outbox> {
        self.store.clone()
    }
    async fn dump_views(&self) -> String {
        self.store.dump_views()
    }
    async fn rebuild_views(&self) {
        self.store.rebuild_views();
    }
    async fn count_rows(&self) -> BTreeMap<String, u64> {
        self.store.count_rows()
    }
    async fn poison(&self, marker: &str) {
        self.store.poison(marker);
    }
    async fn commit_outcome_unknown(&self, took_effect: bool) {
        self.store.commit_outcome_unknown(took_effect);
    }
}

store_contract!(make_memory);
