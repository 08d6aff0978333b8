//! A person as it stands now.

use std::collections::BTreeSet;
use std::fmt::{self, Write};

use serde::{Deserialize, Serialize};

use crate::clock::Timestamp;
use crate::event::{Actor, Version};
use crate::ids::{OrgId, UserId};
use crate::secret::Secret;
use crate::text::{EmailAddress, InvalidText, Language, PhoneNumber, UserName};

/// May the person act?
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum UserStatus {
    /// Yes.
    Active,
    /// No: the account is switched off.
    Inactive,
    /// No: suspended for a reason.
    Suspended,
    /// No: deleted, for good. Only views and history know of such a person; ports find nobody.
    Deleted,
}

impl UserStatus {
    /// The word on the wire and in stores.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Active => "ACTIVE",
            Self::Inactive => "INACTIVE",
            Self::Suspended => "SUSPENDED",
            Self::Deleted => "DELETED",
        }
    }

    /// Reads the word.
    pub fn parse(text: &str) -> Option<Self> {
        let all = [Self::Active, Self::Inactive, Self::Suspended, Self::Deleted];
        all.into_iter().find(|status| status.as_str() == text)
    }
}

/// What an account may do; see [`policy`](crate::policy).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Everything.
    Admin,
    /// The own account.
    User,
    /// A program's account.
    Bot,
}

impl Role {
    /// The word on the wire and in stores.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Admin => "admin",
            Self::User => "user",
            Self::Bot => "bot",
        }
    }

    /// Reads the word.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Admin, Self::User, Self::Bot].into_iter().find(|role| role.as_str() == text)
    }
}

/// Who stands for an address. Whether an existing remote camera account may be taken over depends on it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "by", rename_all = "kebab-case")]
pub enum Voucher {
    /// Staff or a super key set it.
    Authority {
        /// Which one.
        actor: Actor,
    },
    /// It equals the verified address of the person's own token.
    Token,
    /// We made this person's camera account for it when nobody had one.
    Provisioned,
    /// Nobody: whoever set it could have set anything.
    Nobody,
}

impl Voucher {
    /// Does somebody stand for the address?
    pub const fn vouches(&self) -> bool {
        !matches!(self, Self::Nobody)
    }
}

/// Personal data of a person; erasable, never in an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Profile {
    /// The person.
    pub user: UserId,
    /// The e-mail address.
    pub email: Option<EmailAddress>,
    /// Was the address confirmed?
    pub email_verified: bool,
    /// Who stands for the address.
    pub email_voucher: Voucher,
    /// Given name.
    pub first_name: Option<String>,
    /// Family name.
    pub last_name: Option<String>,
    /// The phone number.
    pub phone_number: Option<PhoneNumber>,
}

impl Profile {
    /// That of somebody of whom nothing is known, or known any more.
    pub const fn empty(user: UserId) -> Self {
        Self {
            user,
            email: None,
            email_verified: false,
            email_voucher: Voucher::Nobody,
            first_name: None,
            last_name: None,
            phone_number: None,
        }
    }
}

/// The private part of an account; roles are in its view.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// The person.
    pub user: UserId,
    /// The name to sign in with.
    pub username: UserName,
    /// The name to show.
    pub name: String,
    /// When it was made.
    pub created_at: Timestamp,
}

/// A person with all that is readable about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// The person.
    pub id: UserId,
    /// Version of the person's stream.
    pub version: Version,
    /// The organisation that made the person.
    pub org: OrgId,
    /// May the person act?
    pub status: UserStatus,
    /// When the person was made.
    pub created_at: Timestamp,
    /// Personal data; empty when it was erased.
    pub profile: Profile,
    /// The account with its roles, where there is one.
    pub account: Option<(Account, BTreeSet<Role>)>,
    /// The language the person is written to in; none = the service's. Personal data, kept apart from the profile.
    pub language: Option<Language>,
}

impl Person {
    /// Is this one of those who keep the service administrable?
    pub fn is_active_administrator(&self) -> bool {
        self.status == UserStatus::Active
            && self.account.as_ref().is_some_and(|(_, roles)| roles.contains(&Role::Admin))
    }
}

/// A person, and by what it can prove who it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnRecord {
    /// The person.
    pub person: Person,
    /// Is there a password?
    pub has_password: bool,
    /// Is TOTP in use?
    pub has_totp: bool,
    /// Are codes by e-mail switched on, and is there a confirmed address they go to?
    pub has_email_factor: bool,
}

/// The active administrators besides one person.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct OtherAdministrators {
    /// Is there any?
    pub any: bool,
    /// Value of [`GuardKey::Administrators`](crate::commit::GuardKey::Administrators), read along with it.
    pub revision: u64,
}

/// Can somebody have this password? Not a blank one; whoever wants more asks for it where it is typed in.
pub fn is_password(text: &str) -> bool {
    !text.trim().is_empty()
}

/// The lower-case SHA-256 hex of a password: what a client may send instead of the password, and what is hashed slowly
/// for keeping.
#[derive(Clone, PartialEq, Eq)]
pub struct PasswordDigest(Secret<String>);

impl PasswordDigest {
    /// Takes 64 hex digits in either case.
    pub fn parse(hex: &str) -> Result<Self, InvalidText> {
        if hex.len() == 64 && hex.bytes().all(|b| b.is_ascii_hexdigit()) {
            Ok(Self(Secret::new(hex.to_ascii_lowercase())))
        } else {
            Err(InvalidText { rule: "64 hex digits" })
        }
    }

    /// Takes over the SHA-256 of a password in clear.
    pub fn from_sha256(digest: &[u8; 32]) -> Self {
        let mut hex = String::with_capacity(64);
        for byte in digest {
            // Writing to text cannot fail.
            let _ = write!(hex, "{byte:02x}");
        }
        Self(Secret::new(hex))
    }

    /// The 64 lower-case hex digits.
    pub fn expose(&self) -> &str {
        self.0.expose()
    }
}

impl fmt::Debug for PasswordDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[secret]")
    }
}

/// A slow hash of a [`PasswordDigest`] in PHC string form.
#[derive(Clone, PartialEq, Eq)]
pub struct PasswordHash(Secret<String>);

impl PasswordHash {
    /// Takes a PHC string.
    pub fn new(phc: impl Into<String>) -> Self {
        Self(Secret::new(phc.into()))
    }

    /// The PHC string.
    pub fn expose(&self) -> &str {
        self.0.expose()
    }
}

impl fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[secret]")
    }
}
