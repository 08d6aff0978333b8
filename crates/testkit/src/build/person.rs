//! People.

use std::collections::BTreeSet;

use portcullis_domain::clock::Timestamp;
use portcullis_domain::commit::Effects;
use portcullis_domain::event::{Actor, Version};
use portcullis_domain::ids::{OrgId, UserId};
use portcullis_domain::port::EventStore;
use portcullis_domain::user::{CreateUser, NewAccount, Role, UserStatus, Voucher, create};

use super::{CommitBuilder, NOON, a_commit, a_user_id, email, org, phone_number, user_name};
use crate::fake::FakeHasher;

/// An active person of the organisation `default`, without name, address or account.
pub fn a_person() -> PersonBuilder {
    PersonBuilder {
        command: CreateUser {
            user: a_user_id(),
            status: UserStatus::Active,
            email: None,
            email_verified: false,
            email_voucher: Voucher::Nobody,
            first_name: None,
            last_name: None,
            phone_number: None,
            account: None,
        },
        org: org("default"),
        at: NOON,
    }
}

/// Builds a person as [`create`] makes one.
#[derive(Debug, Clone)]
pub struct PersonBuilder {
    command: CreateUser,
    org: OrgId,
    at: Timestamp,
}

impl PersonBuilder {
    /// With this id.
    #[must_use]
    pub fn id(mut self, id: UserId) -> Self {
        self.command.user = id;
        self
    }

    /// Of this organisation.
    #[must_use]
    pub fn org(mut self, id: &str) -> Self {
        self.org = org(id);
        self
    }

    /// With this status.
    #[must_use]
    pub fn status(mut self, status: UserStatus) -> Self {
        self.command.status = status;
        self
    }

    /// With given and family name.
    #[must_use]
    pub fn named(mut self, first: &str, last: &str) -> Self {
        self.command.first_name = Some(first.to_owned());
        self.command.last_name = Some(last.to_owned());
        self
    }

    /// With a verified address staff stands for.
    #[must_use]
    pub fn email(mut self, address: &str) -> Self {
        self.command.email = Some(email(address));
        self.command.email_verified = true;
        self.command.email_voucher = Voucher::Authority { actor: Actor::system("test") };
        self
    }

    /// With a phone number.
    #[must_use]
    pub fn phone_number(mut self, number: &str) -> Self {
        self.command.phone_number = Some(phone_number(number));
        self
    }

    /// With an account; its password is its name.
    #[must_use]
    pub fn account(mut self, name: &str, roles: &[Role]) -> Self {
        self.command.account = Some(NewAccount {
            username: user_name(name),
            name: format!("{name} in full"),
            password: FakeHasher::password_hash(name),
            roles: roles.iter().copied().collect::<BTreeSet<_>>(),
            email_factor: false,
        });
        self
    }

    /// Made at this instant.
    #[must_use]
    pub fn at(mut self, at: Timestamp) -> Self {
        self.at = at;
        self
    }

    /// What making the person does.
    pub fn effects(&self) -> Effects {
        create(self.command.clone(), self.at)
    }

    /// The commit that makes the person.
    pub fn commit(&self) -> CommitBuilder {
        a_commit().on(self.command.user, Version::NONE).of(self.org.clone()).effects(self.effects()).at(self.at)
    }

    /// Writes the person.
    pub async fn put(self, store: &dyn EventStore) -> UserId {
        self.commit().put(store).await;
        self.command.user
    }
}
