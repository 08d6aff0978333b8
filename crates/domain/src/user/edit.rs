//! The rules of changing an account.

use std::collections::BTreeSet;

use super::active::{one_fewer, switched};
use super::{
    Account, AccountRenamed, AddAccount, ContactAction, EmailVerificationSet, NewAccount, OtherAdministrators,
    PasswordHash, PasswordSet, Person, Profile, Role, RolesChanged, UserEmailUpdated, UserRefusal, UserStatus, Voucher,
    add_account,
};
use crate::clock::Timestamp;
use crate::commit::{Claim, ClaimChange, Effects, Guard, GuardKey, PrivateChange};
use crate::text::{EmailAddress, UserName};

/// What is to change of an account; what is not given stays.
#[derive(Debug, Clone)]
pub struct EditAccount {
    /// The name to sign in with.
    pub username: Option<UserName>,
    /// The name to show.
    pub name: Option<String>,
    /// The password, hashed.
    pub password: Option<PasswordHash>,
    /// What it may do.
    pub roles: Option<BTreeSet<Role>>,
    /// Is it switched on?
    pub active: Option<bool>,
    /// The address.
    pub email: Option<EmailAddress>,
    /// Does the address count as confirmed, the new one or the present? A new one does not when nothing is said.
    pub email_verified: Option<bool>,
    /// Who stands for the new address.
    pub email_voucher: Voucher,
    /// Does an account that is added start with codes by e-mail switched on?
    pub email_factor: bool,
}

/// A person, and what changes that take something away are judged by. The person is guarded by the stream's version, each
/// other part by its number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// The person.
    pub person: Person,
    /// The credential epoch.
    pub epoch: u64,
    /// How many sessions and tokens there are.
    pub sessions: u64,
    /// Revision of the second factor.
    pub factor_revision: u64,
    /// The other administrators.
    pub others: OtherAdministrators,
}

impl EditAccount {
    /// Does it change nothing but what an account to be added can have?
    fn can_be_added(self) -> Option<AddAccount> {
        let (Some(username), Some(password), None) = (self.username, self.password, self.active) else { return None };
        Some(AddAccount {
            account: NewAccount {
                name: self.name.unwrap_or_else(|| username.as_str().to_owned()),
                username,
                password,
                roles: self.roles.unwrap_or_else(|| BTreeSet::from([Role::User])),
                email_factor: self.email_factor,
            },
            email: self.email,
            email_verified: self.email_verified.unwrap_or_default(),
            email_voucher: self.email_voucher,
        })
    }
}

/// Changes an account, each change by its event; a person without one gets one, when name and password are given. A new
/// password, or switching off, ends all sessions and tokens; the loss of a role lets nothing finish that was begun with it.
/// What is as it is to be already makes no event.
///
/// Refused: [`UserRefusal::NoAccount`] when there is none and what is given makes none; [`UserRefusal::EmailMissing`];
/// [`UserRefusal::LastAdministrator`]; [`UserRefusal::Suspended`]; and as [`add_account`] refuses. Whether names are free
/// is the claims' business.
pub fn edit_account(command: EditAccount, standing: &Standing, now: Timestamp) -> Result<Effects, UserRefusal> {
    let person = &standing.person;
    let Some((account, roles)) = &person.account else {
        let vouched_only = command.email.is_none() && command.email_verified.is_some();
        let adding = if vouched_only { None } else { command.can_be_added() };
        return add_account(adding.ok_or(UserRefusal::NoAccount)?, person, now);
    };
    let mut effects = Effects::default();
    rename(&mut effects, account, command.username, command.name);
    let is_admin = command.roles.as_ref().unwrap_or(roles).contains(&Role::Admin);
    let loses_a_role = command.roles.as_ref().is_some_and(|wanted| !wanted.is_superset(roles));
    if let Some(roles) = command.roles.filter(|wanted| wanted != roles) {
        effects.events.push(RolesChanged { user_id: person.id, roles }.into());
    }
    address(&mut effects, person, command.email, command.email_verified, command.email_voucher, now)?;
    let is_new_password = command.password.is_some();
    if let Some(hash) = command.password {
        effects.events.push(PasswordSet { user_id: person.id, sessions_ended: standing.sessions }.into());
        effects.private.push(PrivateChange::Password { user: person.id, hash });
    }
    let switched = command.active.map(|active| switched(active, standing)).transpose()?.flatten();
    effects.events.extend(switched);
    let switches_off = command.active == Some(false) && person.status == UserStatus::Active;
    if person.is_active_administrator() && (switches_off || !is_admin) {
        effects.guards.push(one_fewer(standing)?);
    }
    if is_new_password || switches_off {
        effects.end_sessions(person.id, standing.epoch);
    } else if loses_a_role {
        // The sessions go on with what is left; what they asked for with the role is not written any more.
        effects.guards.push(Guard::raise(GuardKey::CredentialEpoch(person.id), standing.epoch));
    }
    Ok(effects)
}

fn rename(effects: &mut Effects, account: &Account, username: Option<UserName>, name: Option<String>) {
    let user = account.user;
    let username = username.unwrap_or_else(|| account.username.clone());
    let name = name.unwrap_or_else(|| account.name.clone());
    let (username_changed, name_changed) = (username != account.username, name != account.name);
    if !username_changed && !name_changed {
        return;
    }
    effects.events.push(AccountRenamed { user_id: user, username_changed, name_changed }.into());
    if username.folded() != account.username.folded() {
        let (before, after) = (Claim::UserName(account.username.clone()), Claim::UserName(username.clone()));
        effects.claims.push(ClaimChange::Release { claim: before, owner: user });
        effects.claims.push(ClaimChange::Take { claim: after, owner: user });
    }
    effects.private.push(PrivateChange::Account(Account { user, username, name, created_at: account.created_at }));
}

fn address(
    effects: &mut Effects,
    person: &Person,
    email: Option<EmailAddress>,
    verified: Option<bool>,
    voucher: Voucher,
    now: Timestamp,
) -> Result<(), UserRefusal> {
    let present = &person.profile;
    let profile = match email.filter(|email| present.email.as_ref() != Some(email)) {
        Some(email) => {
            effects.events.push(
                UserEmailUpdated {
                    user_id: person.id,
                    action: ContactAction::Set,
                    masked_email: Some(email.masked()),
                    timestamp: now,
                }
                .into(),
            );
            let before = present.email.clone().map(Claim::Email);
            let release = before.map(|claim| ClaimChange::Release { claim, owner: person.id });
            effects.claims.extend(release);
            effects.claims.push(ClaimChange::Take { claim: Claim::Email(email.clone()), owner: person.id });
            Profile {
                email: Some(email),
                email_verified: verified.unwrap_or_default(),
                email_voucher: voucher,
                ..present.clone()
            }
        }
        None => match verified {
            Some(_) if present.email.is_none() => return Err(UserRefusal::EmailMissing),
            Some(verified) if verified != present.email_verified => {
                effects.events.push(EmailVerificationSet { user_id: person.id, verified }.into());
                Profile { email_verified: verified, ..present.clone() }
            }
            _ => return Ok(()),
        },
    };
    effects.private.push(PrivateChange::Profile(profile));
    Ok(())
}
