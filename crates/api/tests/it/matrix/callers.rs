//! Every kind of caller, and the world they call into.

use std::time::Duration;

use jsonwebtoken::Algorithm;
use portcullis_domain::ids::{ApiKeyPrefix, UserId};
use portcullis_domain::user::{Role, UserStatus};
use portcullis_testkit::build::{a_camera_role, a_lock, a_person, assign, camera_role_id, granted, lock_id};
use portcullis_testkit::fake::TestClock;
use serde_json::{Value, json};

use crate::support::{ADMIN_KEY, Account, JWT_SECRET, TestApp, claims, signed};

/// The person most operations are about, of `acme`.
pub(super) const ADA: &str = "0190163d-8694-739b-aea5-5966c26f8ad2";
/// Somebody else.
const BOB: &str = "0190163d-8694-739b-aea5-5966c26f8ad3";
/// Somebody who is suspended.
const EVE: &str = "0190163d-8694-739b-aea5-5966c26f8ad4";

/// A service with people, a lock, keys and accounts.
pub(super) struct World {
    pub(super) test: TestApp,
    pub(super) owning_key: String,
    other_key: String,
    super_key: String,
    revoked_key: String,
    expired_key: String,
    pub(super) target: Account,
    root: Account,
    ordinary: Account,
}

impl World {
    /// Ada, of `acme`, owns `door` and has it on her list; `spare` is hers too, and not on it. She is one of the `guards` of
    /// `acme`.
    pub(super) async fn new() -> Self {
        let test = TestApp::new();
        let store = test.store.as_ref();
        let id = |text| UserId::parse(text).unwrap();
        let ada = a_person().id(id(ADA)).org("acme").email("ada@example.com");
        ada.phone_number("+48600100200").put(store).await;
        a_person().id(id(BOB)).org("acme").put(store).await;
        a_person().id(id(EVE)).org("acme").status(UserStatus::Suspended).put(store).await;
        let door = a_lock().id(lock_id("door")).org("acme").owner(id(ADA)).put(store).await;
        a_lock().id(lock_id("spare")).org("acme").owner(id(ADA)).put(store).await;
        granted(id(ADA), &door).put(store).await;
        let guards = a_camera_role().id(camera_role_id("guards")).org("acme").put(store).await;
        assign(store, &guards, id(ADA)).await;
        let soon = TestClock::START.plus(Duration::from_secs(1));
        // Both would be allowed everything, were they still keys.
        let revoked_key = test.key("gone", true).await;
        let prefix = ApiKeyPrefix::parse(&revoked_key[..8]).unwrap();
        test.app.cases.orgs.revoke_key.execute(&test.system(), prefix, None).await.unwrap();
        let expired_key = test.key_until("brief", true, Some(soon)).await;
        test.clock.advance(Duration::from_secs(2));
        Self {
            owning_key: test.key("acme", false).await,
            other_key: test.key("rival", false).await,
            super_key: test.key("boss", true).await,
            revoked_key,
            expired_key,
            target: test.account("target", &[Role::User]).await,
            root: test.account("root", &[Role::Admin]).await,
            ordinary: test.account("plain", &[Role::User]).await,
            test,
        }
    }

    /// The account a caller is signed in with.
    pub(super) const fn account(&self, caller: Caller) -> Option<&Account> {
        match caller {
            Caller::Session => Some(&self.ordinary),
            Caller::AdminSession => Some(&self.root),
            _ => None,
        }
    }

    /// What a caller sends. A session brings its password as second factor where one is asked for.
    pub(super) fn headers(&self, caller: Caller, second_factor: bool) -> Vec<(&'static str, String)> {
        let jwt = |token: String| ("authorization", format!("Bearer {token}"));
        let own = || claims(ADA, "ada@example.com");
        let changed = |name: &str, value: Value| {
            let mut claims = own();
            claims[name] = value;
            vec![jwt(signed(&claims, Algorithm::HS256, JWT_SECRET))]
        };
        let user = |id: &str| vec![jwt(signed(&claims(id, "ada@example.com"), Algorithm::HS256, JWT_SECRET))];
        let staff_token = |email: &str, verified: bool| {
            let mut claims = claims("staff|grace", email);
            claims["email_verified"] = json!(verified);
            jwt(signed(&claims, Algorithm::HS256, JWT_SECRET))
        };
        let admin_key = || ("x-admin-api-key", ADMIN_KEY.to_owned());
        let key = |key: &String| vec![("x-api-key", key.clone())];
        let session = |account: &Account| {
            let mut headers = vec![("x-user-id", account.id.clone()), ("x-auth-token", account.token.clone())];
            if second_factor {
                headers.push(("x-2fa-code", account.password_code()));
                headers.push(("x-2fa-method", "password".to_owned()));
            }
            headers
        };
        match caller {
            Caller::Nobody => Vec::new(),
            Caller::Garbage => vec![jwt("garbage".to_owned())],
            Caller::Expired => changed("exp", json!(TestClock::START.unix_millis() / 1000 - 60)),
            Caller::WrongIssuer => changed("iss", json!("https://evil.example")),
            Caller::WrongAudience => changed("aud", json!("another service")),
            Caller::WrongAlgorithm => vec![jwt(signed(&own(), Algorithm::HS512, JWT_SECRET))],
            Caller::WrongSignature => vec![jwt(signed(&own(), Algorithm::HS256, &"x".repeat(40)))],
            Caller::OwnUser => user(ADA),
            Caller::OtherUser => user(BOB),
            Caller::SuspendedUser => user(EVE),
            Caller::OwningKey => key(&self.owning_key),
            Caller::OtherKey => key(&self.other_key),
            Caller::SuperKey => key(&self.super_key),
            Caller::RevokedKey => key(&self.revoked_key),
            Caller::ExpiredKey => key(&self.expired_key),
            Caller::Staff => vec![admin_key(), staff_token("grace@staff.example", true)],
            Caller::WrongDomain => vec![admin_key(), staff_token("grace@elsewhere.example", true)],
            Caller::Unverified => vec![admin_key(), staff_token("grace@staff.example", false)],
            Caller::AdminKeyAlone => vec![admin_key()],
            Caller::StaffTokenAlone => vec![staff_token("grace@staff.example", true)],
            Caller::Session => session(&self.ordinary),
            Caller::AdminSession => session(&self.root),
        }
    }
}

/// A kind of caller: a column of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Caller {
    Nobody,
    Garbage,
    Expired,
    WrongIssuer,
    WrongAudience,
    WrongAlgorithm,
    WrongSignature,
    SuspendedUser,
    RevokedKey,
    ExpiredKey,
    OwnUser,
    OtherUser,
    OwningKey,
    OtherKey,
    SuperKey,
    Staff,
    WrongDomain,
    Unverified,
    AdminKeyAlone,
    StaffTokenAlone,
    Session,
    AdminSession,
}

impl Caller {
    /// The columns in order, with the heads they have and what these mean.
    pub(super) const ALL: [(Self, &'static str, &'static str); 22] = [
        (Self::Nobody, "none", "no credential"),
        (Self::Garbage, "garbage", "a token that is none"),
        (Self::Expired, "expired", "Ada's token after its end"),
        (Self::WrongIssuer, "iss", "Ada's token of another issuer"),
        (Self::WrongAudience, "aud", "Ada's token for another audience"),
        (Self::WrongAlgorithm, "alg", "Ada's token signed with another algorithm"),
        (Self::WrongSignature, "sig", "Ada's token signed with another secret"),
        (Self::SuspendedUser, "susp", "the good token of a suspended person"),
        (Self::RevokedKey, "revoked", "a revoked super key"),
        (Self::ExpiredKey, "ended", "an expired super key"),
        (Self::OwnUser, "own", "the token of Ada, whom the operation is about, or who owns the lock"),
        (Self::OtherUser, "other", "the token of another person of the same organisation"),
        (Self::OwningKey, "key", "a key of Ada's organisation, which the locks belong to"),
        (Self::OtherKey, "rival", "a key of another organisation"),
        (Self::SuperKey, "super", "a super key of another organisation"),
        (Self::Staff, "staff", "the admin key with a token whose verified address is in an allowed domain"),
        (Self::WrongDomain, "domain", "the admin key with a token whose address is in another domain"),
        (Self::Unverified, "unver", "the admin key with a token whose address is not verified"),
        (Self::AdminKeyAlone, "admkey", "the admin key without a token"),
        (Self::StaffTokenAlone, "stfjwt", "the staff token without the admin key"),
        (Self::Session, "sess", "the session of an account with the role `user`"),
        (Self::AdminSession, "admin", "the session of an account with the role `admin`"),
    ];

    /// Does it bring nothing that counts, or something that is not valid?
    pub(super) const fn is_nobody(self) -> bool {
        matches!(
            self,
            Self::Nobody
                | Self::Garbage
                | Self::Expired
                | Self::WrongIssuer
                | Self::WrongAudience
                | Self::WrongAlgorithm
                | Self::WrongSignature
                | Self::SuspendedUser
                | Self::RevokedKey
                | Self::ExpiredKey
                | Self::AdminKeyAlone
        )
    }

    /// Does it come with an account session?
    pub(super) const fn is_session(self) -> bool {
        matches!(self, Self::Session | Self::AdminSession)
    }
}
