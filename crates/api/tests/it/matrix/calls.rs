//! One well-formed call of each operation: whoever is allowed gets a 2xx answer.

use portcullis_domain::clock::Clock;
use portcullis_domain::totp::TotpSecret;
use portcullis_testkit::fake::FakeTotpCodes;
use serde_json::{Value, json};

use super::callers::{ADA, World};
use crate::support::Account;

/// A call, without its credentials.
#[derive(Debug, Default)]
pub(super) struct Call {
    /// What stands for the variables of the path.
    pub(super) path: Vec<(&'static str, String)>,
    pub(super) query: &'static str,
    pub(super) body: Option<Value>,
    /// Does the operation ask for the second factor of the session?
    pub(super) second_factor: bool,
}

impl Call {
    fn of(name: &'static str, value: &str) -> Self {
        Self { path: vec![(name, value.to_owned())], ..Self::default() }
    }

    fn of_ada() -> Self {
        Self::of("id", ADA)
    }

    fn of_lock(id: &str) -> Self {
        Self::of("id", id)
    }

    fn plain() -> Self {
        Self::default()
    }

    fn query(self, query: &'static str) -> Self {
        Self { query, ..self }
    }

    fn body(self, body: Value) -> Self {
        Self { body: Some(body), ..self }
    }

    fn second_factor(self) -> Self {
        Self { second_factor: true, ..self }
    }
}

impl World {
    /// The call of an operation; none for one this table does not know.
    pub(super) async fn call(&self, operation: &str, caller: Option<&Account>) -> Option<Call> {
        Some(match operation {
            "alive"
            | "ready"
            | "readMetrics"
            | "listAggregates"
            | "backfillThreeDEye"
            | "compareThreeDEye"
            | "listOutbox"
            | "listSecondFactors"
            | "listTenants"
            | "listApiKeys"
            | "logOut"
            | "logOutByGet"
            | "readOwnRecord"
            | "removeOtherTokens"
            | "logOutOtherClients"
            | "listPersonalAccessTokens"
            | "enableEmailFactor" => Call::plain(),

            "createUser" => Call::of_ada().body(json!({"userId": ADA})),
            "readProfile" | "listAccessibleLocks" | "readCameraCredentials" | "readPhoneNumber" | "listOwnedLocks" => {
                Call::of_ada()
            }
            "addAccessibleLock" => Call::of_ada().body(json!({
                "lockId": "spare", "lockName": "Spare", "accessLevel": "USER", "grantedBy": "desk",
            })),
            "removeAccessibleLock" => {
                Call::of_ada().body(json!({"lockId": "door", "removedBy": "desk", "reason": "moved out"}))
            }

            "suspendUser" | "reactivateUser" => Call::of_ada().body(json!({"reason": "on leave", "by": "desk"})),
            "updateEmail" => Call::of_ada().body(json!({"email": "ada@example.com"})),
            "updatePhoneNumber" => Call::of_ada().body(json!({"phoneNumber": "+48 600 100 200"})),
            "findUserByEmail" => Call::plain().query("?email=ada@example.com"),
            "findUserByPhone" => Call::plain().query("?phoneNumber=%2B48600100200"),

            "createLock" => Call::of_lock("new").body(json!({"orgId": "acme"})),

            "setLockOrganization" => Call::of_lock("door").body(json!({"orgId": "other"})),
            "setLockOwner" => Call::of_lock("door").body(json!({"userId": ADA})),
            "readLock" | "listLockAccess" | "readLockEvents" => Call::of_lock("door"),

            "createCameraRole" => Call::of("id", "new").body(json!({"roleId": "new", "name": "New", "orgId": "acme"})),
            "assignCameraRoleUser" | "removeCameraRoleUser" => Call::of("id", "guards").body(json!({"userId": ADA})),
            "deleteCameraRole" => Call::of("id", "guards").body(json!({"deletedBy": "desk"})),
            "readCameraRole" => Call::of("id", "guards"),

            "registerTenant" => Call::of("orgId", "new").body(json!({"orgName": "New", "ownerEmail": "o@new.example"})),
            "createApiKey" => Call::plain().body(json!({"orgId": "gone", "orgName": "Gone"})),
            "rotateApiKey" => Call::of("prefix", &self.owning_key[..8]).body(json!({})),
            "revokeApiKey" => Call::of("prefix", &self.owning_key[..8]),

            "readThreeDEyeUser" => Call::of("userId", ADA),
            "repairThreeDEye" => {
                Call::plain().body(json!({"finding": {"kind": "missing", "userId": ADA}, "dryRun": false}))
            }
            "resetThreeDEyeUser" => Call::of("userId", ADA).body(json!({})),
            "resetTotpAsStaff" => Call::of("id", &self.target.id).body(json!({"reason": "phone lost"})),
            "readAggregate" | "readHistory" => {
                Call { path: vec![("type", "user".to_owned()), ("id", ADA.to_owned())], ..Call::plain() }
            }

            "retryOutboxMessage" => Call::of("id", &self.test.a_buried_message().await.to_string()),

            "logIn" => Call::plain().body(json!({"user": "plain", "password": "plain"})),
            "sendEmailCode" => Call::plain().body(json!({"emailOrUsername": "plain"})),
            _ => return self.account_call(operation, caller).await,
        })
    }

    /// Calls on accounts. Those on one's own second factor need one that was begun or is in use, if the caller has an
    /// account at all.
    async fn account_call(&self, operation: &str, caller: Option<&Account>) -> Option<Call> {
        let code = match (operation, caller) {
            ("confirmTotp", Some(caller)) => {
                let begun = self.test.as_rc(caller, "users.totp.enable", &[], &json!({})).await.expect(200);
                let secret = TotpSecret::new(begun.body["secret"].as_str().unwrap());
                FakeTotpCodes::code_at(&secret, self.test.clock.now())
            }
            ("countBackupCodes" | "disableTotp" | "regenerateBackupCodes", Some(caller)) => {
                let phone = self.test.enrols(caller).await;
                phone.next_code(&self.test.clock)
            }
            _ => "000000".to_owned(),
        };
        Some(match operation {
            "countBackupCodes" | "listAccounts" | "listPermissions" => Call::plain(),
            "disableEmailFactor" => Call::plain().second_factor(),
            "enableTotp" => Call::plain().body(json!({})),
            "confirmTotp" | "disableTotp" | "regenerateBackupCodes" => Call::plain().body(json!({"code": code})),
            "callMethod" => {
                let message = json!({"msg": "method", "id": "1", "method": "2fa:enable", "params": []});
                Call::of("method", "2fa:enable").body(json!({"message": message.to_string()}))
            }
            "createAccount" => Call::plain().second_factor().body(json!({
                "name": "New", "email": "new@example.com", "password": "a long password", "username": "new",
            })),
            "readAccount" => Call::plain().query("?username=target"),
            "setAccountStatus" => Call::plain().body(json!({"userId": self.target.id, "activeStatus": false})),
            "deleteAccount" | "logOutUser" => Call::plain().body(json!({"userId": self.target.id})),
            "resetE2eKeys" | "resetTotp" => Call::plain().second_factor().body(json!({"username": self.target.name})),
            "updatePermissions" => {
                Call::plain().body(json!({"permissions": [{"_id": "create-user", "roles": ["admin", "bot"]}]}))
            }
            "updateAccount" => Call::plain().second_factor().body(json!({
                "userId": ADA, "data": {"name": "Ada", "username": "ada", "password": "a long password"},
            })),
            "setPreferences" => Call::plain().body(json!({"userId": ADA, "data": {"language": "de"}})),
            "generatePersonalAccessToken" => Call::plain().second_factor().body(json!({"tokenName": "new"})),
            "regeneratePersonalAccessToken" | "removePersonalAccessToken" => {
                if let Some(caller) = caller {
                    self.test.makes_token(caller, "mine", false).await;
                }
                Call::plain().second_factor().body(json!({"tokenName": "mine"}))
            }
            _ => return None,
        })
    }
}
