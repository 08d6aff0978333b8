//! What a suite needs of the adapter it tests.

use std::collections::BTreeMap;
use std::sync::Arc;

use async_trait::async_trait;
use portcullis_domain::ids::ThreeDEyeRoleId;
use portcullis_domain::port::{
    ApiKeys, CameraRoles, EventStore, LockAccess, Outbox, Permissions, Registry, Sessions, SignInFailures,
    ThreeDEyeAccounts, ThreeDEyeGateway, TotpStore, UserRepository,
};

use crate::fake::TestClock;

/// An empty store with all its ports, made anew for each case.
#[async_trait]
pub trait StoreHarness: Send + Sync {
    /// The clock the store was given.
    fn clock(&self) -> Arc<TestClock>;
    /// A port of the store.
    fn events(&self) -> Arc<dyn EventStore>;
    /// A port of the store.
    fn users(&self) -> Arc<dyn UserRepository>;
    /// A port of the store.
    fn lock_access(&self) -> Arc<dyn LockAccess>;
    /// A port of the store.
    fn totp(&self) -> Arc<dyn TotpStore>;
    /// A port of the store.
    fn threedeye(&self) -> Arc<dyn ThreeDEyeAccounts>;
    /// A port of the store.
    fn camera_roles(&self) -> Arc<dyn CameraRoles>;
    /// A port of the store.
    fn sessions(&self) -> Arc<dyn Sessions>;
    /// A port of the store.
    fn sign_in_failures(&self) -> Arc<dyn SignInFailures>;
    /// A port of the store.
    fn api_keys(&self) -> Arc<dyn ApiKeys>;
    /// A port of the store.
    fn outbox(&self) -> Arc<dyn Outbox>;
    /// A port of the store.
    fn registry(&self) -> Arc<dyn Registry>;
    /// A port of the store.
    fn permissions(&self) -> Arc<dyn Permissions>;

    /// All rows of all views as text, in one order whatever way they came about.
    async fn dump_views(&self) -> String;
    /// Makes the views anew from the events alone.
    async fn rebuild_views(&self);
    /// How many rows every table has, views and work tables too. A failed commit changes none of these.
    async fn count_rows(&self) -> BTreeMap<String, u64>;

    /// From now on a commit whose events contain this text meets a failure the store does not foresee.
    async fn poison(&self, marker: &str);
    /// The store is not told the outcome of its next COMMIT, which took effect or did not. It can be asked afterwards.
    async fn commit_outcome_unknown(&self, took_effect: bool);
}

/// A 3dEye with a gateway to it, made anew for each case.
#[async_trait]
pub trait GatewayHarness: Send + Sync {
    /// The gateway.
    fn gateway(&self) -> Arc<dyn ThreeDEyeGateway>;
    /// Two roles there are at 3dEye.
    fn roles(&self) -> [ThreeDEyeRoleId; 2];
    /// Puts an account there, its address spelled as given, in our customer or in another one.
    async fn seed(&self, email: &str, ours: bool, roles: &[ThreeDEyeRoleId]);
    /// How many accounts there are, ours and others'.
    async fn count_accounts(&self) -> usize;
}
