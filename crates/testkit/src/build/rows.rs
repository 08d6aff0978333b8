//! Private and work rows.

use portcullis_domain::commit::{Guard, GuardKey, OutboxMessage};
use portcullis_domain::ids::{ThreeDEyeUserId, UserId};
use portcullis_domain::port::EventStore;
use portcullis_domain::secret::Secret;
use portcullis_domain::session::{Session, SessionKind, TokenHash};
use portcullis_domain::threedeye::{Mapping, MappingState};
use portcullis_domain::totp::{BackupCodes, Totp, TotpSecret};

use portcullis_domain::commit::WorkChange;

use super::{NOON, a_commit, a_number, an_outbox_id, email};

/// Signs somebody in, whose credential epoch is this one.
pub async fn a_session(store: &dyn EventStore, user: UserId, epoch: u64) -> TokenHash {
    let mut digest = [0x5e; 32];
    digest[..8].copy_from_slice(&a_number().to_be_bytes());
    let token = TokenHash::new(digest);
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
