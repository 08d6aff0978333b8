//! The names, guarded numbers and private rows a commit changes.

use crate::clock::Timestamp;
use crate::ids::{ApiKeyPrefix, OrgId, OutboxId, ThreeDEyeRoleId, UserId};
use crate::org::KeptKey;
use crate::text::{EmailAddress, Language, PhoneNumber, UserName};
use crate::threedeye::Mapping;
use crate::totp::{EmailCodes, Totp};
use crate::user::{Account, PasswordHash, Profile};

/// A name only one owner can have.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Claim {
    /// An e-mail address.
    Email(EmailAddress),
    /// A user name, compared without regard to case.
    UserName(UserName),
    /// A phone number.
    PhoneNumber(PhoneNumber),
}

/// What kind of name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ClaimNamespace {
    /// E-mail addresses.
    Email,
    /// User names.
    UserName,
    /// Phone numbers.
    PhoneNumber,
}

impl ClaimNamespace {
    /// The word stores keep.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::UserName => "user-name",
            Self::PhoneNumber => "phone-number",
        }
    }
}

impl Claim {
    /// What kind of name it is.
    pub const fn namespace(&self) -> ClaimNamespace {
        match self {
            Self::Email(_) => ClaimNamespace::Email,
            Self::UserName(_) => ClaimNamespace::UserName,
            Self::PhoneNumber(_) => ClaimNamespace::PhoneNumber,
        }
    }

    /// The form names are compared in.
    pub fn value(&self) -> String {
        match self {
            Self::Email(address) => address.as_str().to_owned(),
            Self::UserName(name) => name.folded(),
            Self::PhoneNumber(number) => number.as_str().to_owned(),
        }
    }
}

/// Taking a name or letting it go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ClaimChange {
    /// Take it; refused as `Taken` when somebody else has it, nothing happens when the owner has it already.
    Take {
        /// The name.
        claim: Claim,
        /// Who takes it.
        owner: UserId,
    },
    /// Let it go, if this owner has it.
    Release {
        /// The name.
        claim: Claim,
        /// Who lets it go.
        owner: UserId,
    },
}

/// What a guarded number stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum GuardKey {
    /// Raised by whatever ends a session of the person or takes a role away. What a person does by a session is written
    /// only while the one read with the session stands; what begins a session, the one read with the credentials.
    CredentialEpoch(UserId),
    /// Revision of a person's second factor: secrets, used steps, backup codes, mailed codes, failure count.
    SecondFactor(UserId),
    /// Fence of the one remote job at 3dEye a person can have.
    ThreeDEye(UserId),
    /// Times a message of the outbox was taken for delivery.
    Outbox(OutboxId),
    /// Raised by whatever leaves one active administrator fewer, so that two such acts at once cannot leave none.
    Administrators,
    /// Raised by whatever begins or ends the making of a camera role at 3dEye, so that no two make the same one.
    CameraRoleMakings,
    /// Raised once, when a key is made: two keys never share their public part. See [`GuardKey::api_key`].
    ApiKey([u8; 8]),
}

impl GuardKey {
    /// The number of a key's public part.
    pub fn api_key(prefix: &ApiKeyPrefix) -> Self {
        Self::ApiKey(prefix.to_bytes())
    }

    /// The key as stores keep it: one text for all kinds.
    pub fn to_text(&self) -> String {
        match self {
            Self::CredentialEpoch(user) => format!("epoch/{user}"),
            Self::SecondFactor(user) => format!("second-factor/{user}"),
            Self::ThreeDEye(user) => format!("threedeye/{user}"),
            Self::Outbox(id) => format!("outbox/{id}"),
            Self::Administrators => "administrators".to_owned(),
            Self::CameraRoleMakings => "camera-role-makings".to_owned(),
            Self::ApiKey(prefix) => format!("api-key/{}", String::from_utf8_lossy(prefix)),
        }
    }
}

/// A compare-and-set of a number; a number never set is 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Guard {
    /// Which number.
    pub key: GuardKey,
    /// What it must be.
    pub expected: u64,
    /// What it becomes; none = it is only compared.
    pub next: Option<u64>,
}

impl Guard {
    /// Only compares.
    pub const fn still(key: GuardKey, expected: u64) -> Self {
        Self { key, expected, next: None }
    }

    /// Compares and raises by one.
    pub const fn raise(key: GuardKey, expected: u64) -> Self {
        Self { key, expected, next: Some(expected + 1) }
    }
}

/// Why messages are given up whose person was erased.
pub const PERSON_ERASED: &str = "the person was deleted";

/// Personal data and secrets. Each puts or deletes one whole row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PrivateChange {
    /// Personal data of a person.
    Profile(Profile),
    /// The language a person is written to in.
    Language {
        /// Whose.
        user: UserId,
        /// The language; none = the service's, and the row goes.
        language: Option<Language>,
    },
    /// Sign-in name and shown name of an account.
    Account(Account),
    /// The account's password.
    Password {
        /// Whose.
        user: UserId,
        /// The slow hash.
        hash: PasswordHash,
    },
    /// A person's TOTP secrets and backup codes.
    Totp(Totp),
    /// They are gone.
    TotpGone(UserId),
    /// Whether a person wants codes by e-mail.
    EmailFactor {
        /// Whose.
        user: UserId,
        /// Are they wanted?
        enabled: bool,
    },
    /// The code mailed to a person. Must come with a [`GuardKey::SecondFactor`] guard.
    EmailCodes {
        /// Whose.
        user: UserId,
        /// The code, and how many were mailed.
        codes: EmailCodes,
    },
    /// The remote camera account a person has.
    ThreeDEye(Mapping),
    /// The mapping is gone.
    ThreeDEyeGone(UserId),
    /// Somebody's turn came to be made a camera account for. Nothing happens without a profile.
    CameraTried {
        /// Whose.
        user: UserId,
        /// When; those tried longest ago come first next time.
        at: Timestamp,
    },
    /// Everything private about a person goes: profile, account, password, second factor, rows about a camera account and
    /// the lease of its job, where the requests came from that changed the person, and what messages about the person
    /// hold; those that wait are given up. Names are let go by [`ClaimChange::Release`].
    PersonErased(UserId),
    /// Role ids to restore at the next provisioning.
    Recovery {
        /// Whose.
        user: UserId,
        /// The roles, in the order 3dEye listed them.
        roles: Vec<ThreeDEyeRoleId>,
    },
    /// Nothing to restore any more.
    RecoveryGone(UserId),
    /// What is kept of an organisation's key.
    ApiKey(KeptKey),
    /// Address of an organisation's owner.
    TenantOwner {
        /// The organisation.
        org: OrgId,
        /// The address.
        email: EmailAddress,
    },
}
