//! The rules about organisations and their keys.

use super::{ApiKeyCreated, ApiKeyRevoked, ApiKeyView, KeptKey, KeyStatus, OrgRefusal, Tenant, TenantRegistered};
use crate::clock::Timestamp;
use crate::commit::{Effects, Guard, GuardKey, PrivateChange};
use crate::event::Event;
use crate::ids::ApiKeyPrefix;
use crate::text::{EmailAddress, FreeText};

/// An organisation to be registered.
#[derive(Debug, Clone)]
pub struct RegisterTenant {
    /// Its name.
    pub org_name: FreeText,
    /// Address of its owner.
    pub owner_email: EmailAddress,
}

/// Registers an organisation. One that is registered already is left as it is.
pub fn register(command: RegisterTenant, tenant: &Tenant) -> Effects {
    if tenant.name.is_some() {
        return Effects::default();
    }
    let event = TenantRegistered {
        org_id: tenant.org.clone(),
        org_name: command.org_name,
        masked_owner_email: Some(command.owner_email.masked()),
    };
    Effects {
        events: vec![event.into()],
        private: vec![PrivateChange::TenantOwner { org: tenant.org.clone(), email: command.owner_email }],
        ..Effects::default()
    }
}

/// A key to be made.
#[derive(Debug, Clone)]
pub struct CreateApiKey {
    /// Name of the organisation; registers it when it is not yet.
    pub org_name: Option<FreeText>,
    /// What is kept of the new key.
    pub key: KeptKey,
    /// May it act for every organisation?
    pub is_super: bool,
    /// When it stops working.
    pub expires_at: Option<Timestamp>,
}

/// Makes a key, and registers the organisation with it when a name is given. One active key an organisation: those that
/// expired are revoked on the way, so that no clock set back brings one of them back beside the new one.
pub fn create_key(command: CreateApiKey, tenant: &Tenant, now: Timestamp) -> Result<Effects, OrgRefusal> {
    if command.expires_at.is_some_and(|until| until <= now) {
        return Err(OrgRefusal::AlreadyExpired);
    }
    let mut effects = Effects::default();
    if tenant.name.is_none() {
        let org_name = command.org_name.ok_or(OrgRefusal::NotRegistered)?;
        let org_id = tenant.org.clone();
        effects.events.push(TenantRegistered { org_id, org_name, masked_owner_email: None }.into());
    }
    if tenant.keys.iter().any(|key| key.status(now) == KeyStatus::Active) {
        return Err(OrgRefusal::ActiveKeyExists);
    }
    for expired in tenant.keys.iter().filter(|key| key.revoked_at.is_none()) {
        effects.events.push(revocation(expired, now));
    }
    add_key(&mut effects, tenant, command.key, command.is_super, command.expires_at);
    Ok(effects)
}

fn revocation(key: &ApiKeyView, now: Timestamp) -> Event {
    ApiKeyRevoked { org_id: key.org.clone(), api_key_prefix: key.prefix.clone(), revoked_at: now }.into()
}

fn add_key(effects: &mut Effects, tenant: &Tenant, key: KeptKey, is_super: bool, expires_at: Option<Timestamp>) {
    let org_id = tenant.org.clone();
    let api_key_prefix = key.prefix.clone();
    effects.events.push(ApiKeyCreated { org_id, api_key_prefix, is_super, expires_at }.into());
    // A second key with the same public part would take the first one's rows over.
    effects.guards.push(Guard::raise(GuardKey::api_key(&key.prefix), 0));
    effects.private.push(PrivateChange::ApiKey(key));
}

fn standing<'a>(prefix: &ApiKeyPrefix, tenant: &'a Tenant) -> Result<&'a ApiKeyView, OrgRefusal> {
    let key = tenant.keys.iter().find(|key| key.prefix == *prefix && key.revoked_at.is_none());
    key.ok_or(OrgRefusal::NoSuchKey)
}

/// Revokes a key for good.
pub fn revoke_key(prefix: &ApiKeyPrefix, tenant: &Tenant, now: Timestamp) -> Result<Effects, OrgRefusal> {
    let key = standing(prefix, tenant)?;
    Ok(Effects { events: vec![revocation(key, now)], ..Effects::default() })
}

/// A key to take another one's place.
#[derive(Debug, Clone)]
pub struct RotateApiKey {
    /// The public part of the key that goes.
    pub old: ApiKeyPrefix,
    /// What is kept of the key that comes.
    pub new: KeptKey,
}

/// Revokes a key and makes one that may do as much and lasts as long. An expired key has nothing left to hand over.
pub fn rotate_key(command: RotateApiKey, tenant: &Tenant, now: Timestamp) -> Result<Effects, OrgRefusal> {
    let old = standing(&command.old, tenant)?;
    if old.status(now) != KeyStatus::Active {
        return Err(OrgRefusal::KeyExpired);
    }
    let mut effects = revoke_key(&command.old, tenant, now)?;
    add_key(&mut effects, tenant, command.new, old.is_super, old.expires_at);
    Ok(effects)
}
