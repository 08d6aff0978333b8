//! The rules about organisations and their keys.

use super::{ApiKeyCreated, ApiKeyRevoked, OrgRefusal, Tenant, TenantRegistered};
use crate::clock::Timestamp;
use crate::commit::{Effects, PrivateChange};
use crate::ids::ApiKeyPrefix;
use crate::text::FreeText;

/// A key to be made.
#[derive(Debug, Clone)]
pub struct CreateApiKey {
    /// Name of the organisation; registers it when it is not yet.
    pub org_name: Option<FreeText>,
    /// The public part of the new key.
    pub prefix: ApiKeyPrefix,
    /// SHA-256 of the whole key.
    pub hash: [u8; 32],
    /// May it act for every organisation?
    pub is_super: bool,
    /// When it stops working.
    pub expires_at: Option<Timestamp>,
}

/// Makes a key, and registers the organisation with it when need be. One active key an organisation.
pub fn create_key(command: CreateApiKey, tenant: &Tenant, now: Timestamp) -> Result<Effects, OrgRefusal> {
    if command.expires_at.is_some_and(|until| until <= now) {
        return Err(OrgRefusal::AlreadyExpired);
    }
    let active = |key: &super::ApiKeyView| key.revoked_at.is_none() && key.expires_at.is_none_or(|until| now < until);
    if tenant.keys.iter().any(active) {
        return Err(OrgRefusal::ActiveKeyExists);
    }
    let mut effects = Effects::default();
    if tenant.name.is_none() {
        let org_name = command.org_name.ok_or(OrgRefusal::NameMissing)?;
        effects.events.push(TenantRegistered { org_id: tenant.org.clone(), org_name }.into());
    }
    effects.events.push(
        ApiKeyCreated {
            org_id: tenant.org.clone(),
            api_key_prefix: command.prefix.clone(),
            is_super: command.is_super,
            expires_at: command.expires_at,
        }
        .into(),
    );
    effects.private.push(PrivateChange::ApiKey { prefix: command.prefix, hash: command.hash });
    Ok(effects)
}

/// Revokes a key for good.
pub fn revoke_key(prefix: &ApiKeyPrefix, tenant: &Tenant, now: Timestamp) -> Result<Effects, OrgRefusal> {
    let key = tenant.keys.iter().find(|key| key.prefix == *prefix && key.revoked_at.is_none());
    let key = key.ok_or(OrgRefusal::NoSuchKey)?;
    let event = ApiKeyRevoked { org_id: tenant.org.clone(), api_key_prefix: key.prefix.clone(), revoked_at: now };
    Ok(Effects { events: vec![event.into()], ..Effects::default() })
}
