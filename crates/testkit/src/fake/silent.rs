//! 3dEye that takes every call and never answers.

use std::future::pending;

use async_trait::async_trait;
use portcullis_domain::ids::{ThreeDEyeRoleId, ThreeDEyeUserId};
use portcullis_domain::port::{Created, Deleted, GatewayError, NewRemoteAccount, NewRemoteRole, ThreeDEyeGateway};
use portcullis_domain::text::EmailAddress;
use portcullis_domain::threedeye::{RemoteAccount, RemoteCursor, RemotePage, RemoteRole};

/// A 3dEye nothing is ever heard from: for tests of those who must not wait for it.
#[derive(Debug, Clone, Copy, Default)]
pub struct SilentGateway;

#[async_trait]
impl ThreeDEyeGateway for SilentGateway {
    async fn find_by_email(&self, _: &EmailAddress) -> Result<Option<RemoteAccount>, GatewayError> {
        pending().await
    }

    async fn find(&self, _: &ThreeDEyeUserId) -> Result<Option<RemoteAccount>, GatewayError> {
        pending().await
    }

    async fn list(&self, _: Option<RemoteCursor>) -> Result<RemotePage, GatewayError> {
        pending().await
    }

    async fn create(&self, _: &NewRemoteAccount) -> Result<Created, GatewayError> {
        pending().await
    }

    async fn delete(&self, _: &ThreeDEyeUserId) -> Result<Deleted, GatewayError> {
        pending().await
    }

    async fn assign_role(&self, _: &ThreeDEyeUserId, _: &ThreeDEyeRoleId) -> Result<(), GatewayError> {
        pending().await
    }

    async fn unassign_role(&self, _: &ThreeDEyeUserId, _: &ThreeDEyeRoleId) -> Result<Deleted, GatewayError> {
        pending().await
    }

    async fn roles(&self) -> Result<Vec<RemoteRole>, GatewayError> {
        pending().await
    }

    async fn create_role(&self, _: &NewRemoteRole) -> Result<Option<ThreeDEyeRoleId>, GatewayError> {
        pending().await
    }

    async fn delete_role(&self, _: &ThreeDEyeRoleId) -> Result<Deleted, GatewayError> {
        pending().await
    }
}
