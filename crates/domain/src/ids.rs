//! Typed identifiers. An id of one kind is never taken for one of another.

use std::fmt;

use serde::{Deserialize, Serialize};
use thiserror::Error;
use uuid::Uuid;

use crate::clock::Timestamp;
use crate::entropy::Entropy;

/// Text that is no identifier of the wanted kind. Does not say which: the field it was read from has the name.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("must be {rule}")]
pub struct InvalidId {
    /// The rule it breaks.
    pub rule: &'static str,
}

/// Makes a UUIDv7 (RFC 9562, 5.7) from a given instant and given randomness.
///
/// It reveals when it was made: never use one as a bearer secret.
pub fn uuid_v7(at: Timestamp, entropy: &dyn Entropy) -> Uuid {
    let mut random = [0_u8; 10];
    entropy.fill(&mut random);
    uuid::Builder::from_unix_timestamp_millis(at.unix_millis().unsigned_abs(), &random).into_uuid()
}

macro_rules! uuid_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Uuid);

        impl $name {
            /// Takes over an existing UUID.
            pub const fn from_uuid(uuid: Uuid) -> Self {
                Self(uuid)
            }

            /// Makes a new id from the instant and randomness given.
            pub fn new(at: Timestamp, entropy: &dyn Entropy) -> Self {
                Self(uuid_v7(at, entropy))
            }

            /// The UUID inside.
            pub const fn as_uuid(&self) -> Uuid {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.hyphenated().fmt(f)
            }
        }
    };
}

uuid_id! {
    /// A person, in all three worlds. Never the nil UUID, except for [`UserId::NOBODY`].
    UserId
}
uuid_id! {
    /// One commit; a commit repeated with the same id takes effect once.
    CommitId
}
uuid_id! {
    /// One message of the outbox.
    OutboxId
}

impl OutboxId {
    /// The id of no message. An id of a path that cannot be any message's becomes this one.
    pub const NONE: Self = Self(Uuid::nil());

    /// Reads the hyphenated form (RFC 9562, 4) in either case.
    pub fn parse(text: &str) -> Result<Self, InvalidId> {
        let invalid = InvalidId { rule: "a UUID in hyphenated form" };
        if text.len() != 36 {
            return Err(invalid);
        }
        Uuid::try_parse(text).map(Self).map_err(|_| invalid)
    }
}

impl UserId {
    /// The id of nobody. A path id that cannot be anybody's becomes this one, so that it takes the same way to 403 or
    /// 404 as an id that merely does not exist.
    pub const NOBODY: Self = Self(Uuid::nil());

    /// Reads the hyphenated form (RFC 9562, 4) in either case; the nil UUID is refused.
    pub fn parse(text: &str) -> Result<Self, InvalidId> {
        let invalid = InvalidId { rule: "a UUID in hyphenated form" };
        if text.len() != 36 {
            return Err(invalid);
        }
        match Uuid::try_parse(text) {
            Ok(uuid) if !uuid.is_nil() => Ok(Self(uuid)),
            _ => Err(invalid),
        }
    }
}

macro_rules! text_id {
    ($(#[$doc:meta])* $name:ident, $max:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// Takes text of the allowed length without control characters.
            pub fn parse(text: impl Into<String>) -> Result<Self, InvalidId> {
                let text = text.into();
                let length = text.chars().count();
                if length == 0 || length > $max || text.chars().any(char::is_control) {
                    return Err(InvalidId {
                        rule: concat!("1 to ", stringify!($max), " characters, none of them a control character"),
                    });
                }
                Ok(Self(text))
            }

            /// The text of the id.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

text_id! {
    /// A lock. Opaque text of 1 to 128 characters.
    LockId, 128
}
text_id! {
    /// A camera role. Opaque text of 1 to 128 characters.
    CameraRoleId, 128
}
text_id! {
    /// An organisation (tenant). Opaque text of 1 to 128 characters.
    OrgId, 128
}
text_id! {
    /// An account at 3dEye, as 3dEye names it.
    ThreeDEyeUserId, 128
}
text_id! {
    /// A role at 3dEye, as 3dEye names it.
    ThreeDEyeRoleId, 128
}
text_id! {
    /// The request a change came from: `req_…` over HTTP, `cli_…` on the command line.
    RequestId, 64
}

/// The first 8 characters of an organisation's key: public, and how the key is looked up.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ApiKeyPrefix(String);

impl ApiKeyPrefix {
    /// Takes exactly 8 ASCII letters or digits.
    pub fn parse(text: &str) -> Result<Self, InvalidId> {
        if text.len() == 8 && text.bytes().all(|b| b.is_ascii_alphanumeric()) {
            Ok(Self(text.to_owned()))
        } else {
            Err(InvalidId { rule: "8 letters or digits" })
        }
    }

    /// Its 8 characters, one byte each.
    pub(crate) fn to_bytes(&self) -> [u8; 8] {
        let mut bytes = [0; 8];
        bytes.iter_mut().zip(self.0.bytes()).for_each(|(byte, letter)| *byte = letter);
        bytes
    }

    /// The text of the prefix.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ApiKeyPrefix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
