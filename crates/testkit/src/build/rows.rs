//! Private and work rows.

use portcullis_domain::clock::Timestamp;
use portcullis_domain::commit::{Guard, GuardKey, OutboxMessage};
use portcullis_domain::ids::{ThreeDEyeUserId, UserId};
use portcullis_domain::port::EventStore;
use portcullis_domain::secret::Secret;
use portcullis_domain::session::{PersonalAccessToken, Session, SessionKind, TokenHash, TokenName};
use portcullis_domain::threedeye::{Mapping, MappingState};
use portcullis_domain::totp::{BackupCodes, Totp, TotpSecret};

use portcullis_domain::commit::WorkChange;

use super::{NOON, a_commit, a_number, an_outbox_id, email};

/// The hash of a token, another one each time.
pub fn a_token_hash() -> TokenHash {
    let mut digest = [0x5e; 32];
    digest[..8].copy_from_slice(&a_number().to_be_bytes());
    TokenHash::new(digest)
}

/// Signs somebody in, whose credential epoch is this one.
pub async fn a_session(store: &dyn EventStore, user: UserId, epoch: u64) -> TokenHash {
    let token = a_token_hash();
    a_commit()
        .guard(Guard::still(GuardKey::CredentialEpoch(user), epoch))
        .work(WorkChange::SessionStarted(Session {
            token,
            user,
            started_at: NOON,
            expires_at: None,
            kind: SessionKind::SignIn,
        }))
        .put(store)
        .await;
    token
}

/// Gives somebody whose credential epoch is this one a personal access token, since then.
pub async fn a_token(store: &dyn EventStore, user: UserId, epoch: u64, name: &str, since: Timestamp) -> TokenHash {
    let token = a_token_hash();
    let kind = SessionKind::PersonalAccessToken(about_token(name));
    a_commit()
        .guard(Guard::still(GuardKey::CredentialEpoch(user), epoch))
        .work(WorkChange::SessionStarted(Session { token, user, started_at: since, expires_at: None, kind }))
        .put(store)
        .await;
    token
}

/// What is known of such a token.
pub fn about_token(name: &str) -> PersonalAccessToken {
    let name = TokenName::parse(name).expect("a short name");
    PersonalAccessToken { name, last_part: "vheU3f".to_owned(), bypass_two_factor: true }
}

/// A TOTP document in use, with two backup codes.
pub fn a_totp(user: UserId) -> Totp {
    Totp {
        user,
        secret: Some(TotpSecret::new("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ")),
        pending: None,
        backup: Some(BackupCodes { salt: b"salt".to_vec(), hashes: vec![[1; 32], [2; 32]] }),
        last_step: None,
    }
}

/// A camera account in use.
pub fn a_mapping(user: UserId) -> Mapping {
    Mapping {
        user,
        threedeye_user: Some(ThreeDEyeUserId::parse("3d-1").expect("a short id")),
        email: email("ada@example.com"),
        password: Secret::new("correct horse".to_owned()),
        state: MappingState::Live,
        created_at: NOON,
    }
}

/// A message that waits to leave.
pub fn a_message(key: &str) -> OutboxMessage {
    OutboxMessage {
        id: an_outbox_id(),
        key: key.to_owned(),
        template: "test".to_owned(),
        user: None,
        payload: Secret::new(r#"{"code":"secret"}"#.to_owned()),
        at: NOON,
    }
}
