//! The rules about people.

use std::collections::BTreeSet;

use super::{
    Account, AccountAdded, EmailVerificationSet, PasswordHash, PasswordSet, Person, Profile, Role, UpdateEmail,
    UserCreated, UserRefusal, UserStatus, Voucher, update_email,
};
use crate::clock::Timestamp;
use crate::commit::{Claim, ClaimChange, Effects, PrivateChange};
use crate::ids::UserId;
use crate::text::{EmailAddress, PhoneNumber, UserName};
use crate::totp::EmailFactorEnabled;

/// What is known of a person to be made.
#[derive(Debug, Clone)]
pub struct CreateUser {
    /// The person.
    pub user: UserId,
    /// Status to start with.
    pub status: UserStatus,
    /// The address, if any.
    pub email: Option<EmailAddress>,
    /// Was the address confirmed?
    pub email_verified: bool,
    /// Who stands for it.
    pub email_voucher: Voucher,
    /// Given name.
    pub first_name: Option<String>,
    /// Family name.
    pub last_name: Option<String>,
    /// The phone number, if it is to be kept.
    pub phone_number: Option<PhoneNumber>,
    /// The account, when one is made along with the person.
    pub account: Option<NewAccount>,
}

/// An account to be made.
#[derive(Debug, Clone)]
pub struct NewAccount {
    /// The name to sign in with.
    pub username: UserName,
    /// The name to show.
    pub name: String,
    /// The password, hashed.
    pub password: PasswordHash,
    /// What it may do.
    pub roles: BTreeSet<Role>,
    /// Does it start with codes by e-mail switched on? They count once there is a confirmed address.
    pub email_factor: bool,
}

/// Makes a person. Whether the id is free is the stream version's business, whether address and name are free the
/// claims'; so this cannot refuse.
pub fn create(command: CreateUser, now: Timestamp) -> Effects {
    let user = command.user;
    let mut effects = Effects::default();
    effects.events.push(UserCreated { user_id: user, status: command.status }.into());
    if let Some(email) = &command.email {
        effects.claims.push(ClaimChange::Take { claim: Claim::Email(email.clone()), owner: user });
    }
    if let Some(number) = &command.phone_number {
        effects.claims.push(ClaimChange::Take { claim: Claim::PhoneNumber(number.clone()), owner: user });
    }
    effects.private.push(PrivateChange::Profile(Profile {
        user,
        email: command.email,
        email_verified: command.email_verified,
        email_voucher: command.email_voucher,
        first_name: command.first_name,
        last_name: command.last_name,
        phone_number: command.phone_number,
    }));
    if let Some(account) = command.account {
        open_account(&mut effects, user, account, now);
    }
    effects
}

/// An account for somebody who is known already.
#[derive(Debug, Clone)]
pub struct AddAccount {
    /// The account.
    pub account: NewAccount,
    /// An address, for a person who has none yet; or the one there is, to confirm it.
    pub email: Option<EmailAddress>,
    /// Was that address confirmed?
    pub email_verified: bool,
    /// Who stands for that address.
    pub email_voucher: Voucher,
}

/// Gives a person an account.
pub fn add_account(command: AddAccount, person: &Person, now: Timestamp) -> Result<Effects, UserRefusal> {
    if person.account.is_some() {
        return Err(UserRefusal::AccountExists);
    }
    let mut effects = match command.email {
        Some(email) => {
            let present = &person.profile;
            let confirms = command.email_verified && !present.email_verified && present.email.as_ref() == Some(&email);
            let update = UpdateEmail { email, verified: command.email_verified, voucher: command.email_voucher };
            let mut effects = update_email(update, person, now)?;
            if confirms {
                effects.events.push(EmailVerificationSet { user_id: person.id, verified: true }.into());
                effects.private.push(PrivateChange::Profile(Profile { email_verified: true, ..present.clone() }));
            }
            effects
        }
        None if person.profile.email.is_none() => return Err(UserRefusal::EmailMissing),
        None => Effects::default(),
    };
    open_account(&mut effects, person.id, command.account, now);
    Ok(effects)
}

fn open_account(effects: &mut Effects, user: UserId, account: NewAccount, now: Timestamp) {
    effects.events.push(AccountAdded { user_id: user, roles: account.roles }.into());
    effects.claims.push(ClaimChange::Take { claim: Claim::UserName(account.username.clone()), owner: user });
    effects.private.push(PrivateChange::Account(Account {
        user,
        username: account.username,
        name: account.name,
        created_at: now,
    }));
    effects.private.push(PrivateChange::Password { user, hash: account.password });
    if account.email_factor {
        effects.events.push(EmailFactorEnabled { user_id: user }.into());
        effects.private.push(PrivateChange::EmailFactor { user, enabled: true });
    }
}

/// Gives an account a new password and ends all its sessions.
///
/// `sessions` is how many there are now, `epoch` the credential epoch read before.
pub fn set_password(person: &Person, hash: PasswordHash, sessions: u64, epoch: u64) -> Result<Effects, UserRefusal> {
    if person.account.is_none() {
        return Err(UserRefusal::NoAccount);
    }
    let mut effects = Effects::default();
    effects.events.push(PasswordSet { user_id: person.id, sessions_ended: sessions }.into());
    effects.private.push(PrivateChange::Password { user: person.id, hash });
    effects.end_sessions(person.id, epoch);
    Ok(effects)
}
