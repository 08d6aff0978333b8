//! The changes a commit can make besides events.

use crate::clock::Timestamp;
use crate::ids::{ApiKeyPrefix, OrgId, OutboxId, ThreeDEyeRoleId, UserId};
use crate::org::KeptKey;
use crate::secret::Secret;
use crate::session::{FailureKey, RememberedFactor, Session, TokenHash};
use crate::text::{EmailAddress, Language, PhoneNumber, UserName};
use crate::threedeye::Mapping;
use crate::totp::{EmailCodes, Failures, Totp};
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
    /// Everything private about a person goes: profile, account, password, second factor, rows about a camera account, and
    /// where the requests came from that changed the person. Names are let go by [`ClaimChange::Release`].
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

/// Sessions, counters, leases and deliveries: rows that come and go and are no history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WorkChange {
    /// A session begins. Must come with a [`GuardKey::CredentialEpoch`] guard.
    SessionStarted(Session),
    /// A session ends; ending an ended one does nothing.
    SessionEnded(TokenHash),
    /// All sessions of a person end, personal access tokens too.
    SessionsEnded {
        /// Whose.
        user: UserId,
    },
    /// The sessions a person began by signing in end, but one; personal access tokens stay.
    SignInSessionsEnded {
        /// Whose.
        user: UserId,
        /// The one to keep.
        except: Option<TokenHash>,
    },
    /// A second factor was proved with a session; nothing happens when the session is gone.
    FactorRemembered {
        /// The session.
        token: TokenHash,
        /// For how long, and for which client.
        remembered: RememberedFactor,
    },
    /// A sign-in failed: one more is counted, whoever counts at the same time. A window that is over begins anew with it.
    SignInFailed {
        /// What it counts under.
        key: FailureKey,
        /// When.
        at: Timestamp,
        /// When the window is over that it begins, if it begins one.
        until: Timestamp,
    },
    /// No failed sign-in counts any more.
    SignInFailuresCleared(FailureKey),
    /// The failure count of a person's second factor. Must come with a [`GuardKey::SecondFactor`] guard.
    Failures {
        /// Whose.
        user: UserId,
        /// The count.
        failures: Failures,
    },
    /// Until when the remote job at 3dEye is held. Must come with a [`GuardKey::ThreeDEye`] guard.
    Lease {
        /// Whose account.
        user: UserId,
        /// Others may take over from then on.
        until: Timestamp,
    },
    /// A key was used. An earlier time than the one kept changes nothing.
    ApiKeyUsed {
        /// The key's public part.
        prefix: ApiKeyPrefix,
        /// When it was used last, as far as one process knows.
        at: Timestamp,
    },
    /// A message was delivered; its payload goes.
    OutboxDelivered(OutboxId),
    /// A message is tried again later.
    OutboxDelayed {
        /// Which.
        id: OutboxId,
        /// Not before.
        not_before: Timestamp,
        /// Why it is still here; no secret, no address.
        error: Option<String>,
    },
    /// A message is given up. Its payload stays sealed beside it, so that it can be tried again.
    OutboxBuried {
        /// Which.
        id: OutboxId,
        /// Why; no secret, no address.
        reason: String,
    },
    /// A message that was given up waits again; one that was not, or lost its payload, stays as it is.
    OutboxRetried {
        /// Which.
        id: OutboxId,
        /// Not before.
        not_before: Timestamp,
    },
}

/// A message that leaves later.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutboxMessage {
    /// Its id; what a receiver tells repeats by.
    pub id: OutboxId,
    /// Messages with one key leave in order.
    pub key: String,
    /// Which template or kind of message.
    pub template: String,
    /// Whom it is about.
    pub user: Option<UserId>,
    /// What the template needs, as JSON; sealed by the store.
    pub payload: Secret<String>,
    /// When it was queued.
    pub at: Timestamp,
}

/// Where a request came from; personal data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientTrace {
    /// The client's address.
    pub address: Option<String>,
    /// Its user agent, cut to 256 characters.
    pub user_agent: Option<String>,
}
