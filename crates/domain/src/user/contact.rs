//! The rules of addresses and phone numbers.

use super::{ContactAction, Person, Profile, UserEmailUpdated, UserPhoneNumberUpdated, UserRefusal, Voucher};
use crate::clock::Timestamp;
use crate::commit::{Claim, ClaimChange, Effects, PrivateChange};
use crate::text::{EmailAddress, PhoneNumber};

/// Gives a person an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UpdateEmail {
    /// The address.
    pub email: EmailAddress,
    /// Was it confirmed?
    pub verified: bool,
    /// Who stands for it.
    pub voucher: Voucher,
}

/// Sets the first address of a person. The one the person has already changes nothing, whoever stands for it.
///
/// Refused: [`UserRefusal::EmailExists`]. Whether the address is free is the claim's business.
pub fn update_email(command: UpdateEmail, person: &Person, now: Timestamp) -> Result<Effects, UserRefusal> {
    let mut effects = Effects::default();
    match &person.profile.email {
        Some(present) if *present == command.email => return Ok(effects),
        Some(_) => return Err(UserRefusal::EmailExists),
        None => {}
    }
    effects.events.push(
        UserEmailUpdated {
            user_id: person.id,
            action: ContactAction::Set,
            masked_email: Some(command.email.masked()),
            timestamp: now,
        }
        .into(),
    );
    effects.claims.push(ClaimChange::Take { claim: Claim::Email(command.email.clone()), owner: person.id });
    effects.private.push(PrivateChange::Profile(Profile {
        email: Some(command.email),
        email_verified: command.verified,
        email_voucher: command.voucher,
        ..person.profile.clone()
    }));
    Ok(effects)
}

/// Sets, replaces or takes away a person's phone number; the one before is free for others from then on. What the person
/// has already changes nothing. Whether the number is free is the claim's business.
pub fn update_phone_number(number: Option<PhoneNumber>, person: &Person, now: Timestamp) -> Effects {
    let mut effects = Effects::default();
    let present = &person.profile.phone_number;
    if number == *present {
        return effects;
    }
    let action = if number.is_some() { ContactAction::Set } else { ContactAction::Removed };
    effects.events.push(
        UserPhoneNumberUpdated {
            user_id: person.id,
            action,
            masked_phone_number: number.as_ref().map(PhoneNumber::masked),
            timestamp: now,
        }
        .into(),
    );
    if let Some(present) = present {
        effects.claims.push(ClaimChange::Release { claim: Claim::PhoneNumber(present.clone()), owner: person.id });
    }
    if let Some(number) = &number {
        effects.claims.push(ClaimChange::Take { claim: Claim::PhoneNumber(number.clone()), owner: person.id });
    }
    effects.private.push(PrivateChange::Profile(Profile { phone_number: number, ..person.profile.clone() }));
    effects
}
