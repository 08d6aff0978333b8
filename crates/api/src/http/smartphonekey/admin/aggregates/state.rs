//! What an aggregate is now, for staff.

use portcullis_domain::access::Grant;
use portcullis_domain::camera_role::CameraRole;
use portcullis_domain::lock::LockDetails;
use portcullis_domain::org::{ApiKeyView, Tenant};
use portcullis_domain::permission::PermissionTable;
use portcullis_domain::policy::Permission;
use portcullis_domain::usecase::history;
use portcullis_domain::user::{Person, Role, Voucher};
use serde::Serialize;
use utoipa::ToSchema;

/// The state of an aggregate.
#[derive(Debug, Serialize, ToSchema)]
#[serde(untagged)]
pub(crate) enum AggregateState {
    User(Box<UserState>),
    Lock(LockState),
    Tenant(TenantState),
    PermissionTable(PermissionTableState),
    CameraRole(CameraRoleState),
}

/// A person.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct UserState {
    #[schema(example = "0190163d-8694-739b-aea5-5966c26f8ad2")]
    user_id: String,
    #[schema(example = "acme")]
    org_id: String,
    #[schema(example = "ACTIVE")]
    status: &'static str,
    #[schema(format = DateTime, example = "2026-11-21T10:15:00.000Z")]
    created_at: String,
    #[schema(required = true, example = "ada@example.com")]
    email: Option<String>,
    #[schema(example = true)]
    email_verified: bool,
    /// Who stands for the address: `authority` (staff or a super key), `token`, `provisioned` or `nobody`.
    #[schema(example = "authority")]
    email_voucher: &'static str,
    #[schema(required = true, example = "Ada")]
    first_name: Option<String>,
    #[schema(required = true, example = "Lovelace")]
    last_name: Option<String>,
    #[schema(required = true, example = "+48600100200")]
    phone_number: Option<String>,
    /// The account to sign in with, where there is one.
    #[schema(required = true)]
    account: Option<AccountState>,
    /// Every lock on the list, those too whose window is over and whose removal is not written down yet.
    grants: Vec<GrantState>,
}

/// An account.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AccountState {
    #[schema(example = "ada")]
    username: String,
    #[schema(example = json!(["user"]))]
    roles: Vec<&'static str>,
}

/// A lock on a person's list.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct GrantState {
    #[schema(example = "garage")]
    lock_id: String,
    #[schema(example = "Garage")]
    lock_name: String,
    #[schema(example = "USER")]
    access_level: &'static str,
    #[schema(example = "front desk")]
    granted_by: String,
    #[schema(format = DateTime, example = "2026-11-21T10:15:00.000Z")]
    granted_at: String,
    #[schema(required = true, format = DateTime, example = "2026-11-21T10:15:00.000Z")]
    valid_from: Option<String>,
    #[schema(required = true, format = DateTime, example = "2099-11-21T10:15:00.000Z")]
    valid_until: Option<String>,
}

/// A lock.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct LockState {
    #[schema(example = "garage")]
    lock_id: String,
    #[schema(example = "acme")]
    org_id: String,
    #[schema(required = true, example = "Garage")]
    name: Option<String>,
    #[schema(required = true, example = "0190163d-8694-739b-aea5-5966c26f8ad2")]
    owner_id: Option<String>,
    /// The maker's running number.
    #[schema(required = true, example = 7)]
    index: Option<i64>,
    /// The maker's UUID.
    #[schema(required = true, example = "a81bc81b-dead-4e5d-abff-90865d1e13b1")]
    uuid: Option<String>,
    /// The maker's serial number.
    #[schema(required = true, example = "SN-000042")]
    serial_number: Option<String>,
    /// The maker.
    #[schema(required = true, example = "Lockmaker")]
    vendor_name: Option<String>,
    /// When it was registered.
    #[schema(format = DateTime, example = "2026-11-21T10:15:00.000Z")]
    created_at: String,
}

/// An organisation.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct TenantState {
    #[schema(example = "acme")]
    org_id: String,
    #[schema(required = true, example = "Acme Ltd")]
    org_name: Option<String>,
    /// Its keys that were not revoked, newest first; `GET /api-keys` lists the others too.
    api_keys: Vec<KeyState>,
}

/// A key of an organisation.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct KeyState {
    #[schema(example = "aB3dE5gH")]
    api_key_prefix: String,
    #[serde(rename = "super")]
    #[schema(example = false)]
    is_super: bool,
    #[schema(format = DateTime, example = "2026-11-21T10:15:00.000Z")]
    created_at: String,
    #[schema(required = true, format = DateTime, example = "2099-11-21T10:15:00.000Z")]
    expires_at: Option<String>,
}

/// The permission table.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PermissionTableState {
    /// Every permission there is.
    permissions: Vec<PermissionState>,
}

/// A permission.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PermissionState {
    #[schema(example = "create-user")]
    permission: &'static str,
    /// The roles that have it.
    #[schema(example = json!(["admin"]))]
    roles: Vec<&'static str>,
    /// When it was changed last; null as long as it is as it was made.
    #[schema(required = true, format = DateTime, example = "2026-11-21T10:15:00.000Z")]
    changed_at: Option<String>,
}

/// A camera role.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CameraRoleState {
    #[schema(example = "lobby-guards")]
    role_id: String,
    #[schema(example = "acme")]
    org_id: String,
    #[schema(example = "Lobby guards")]
    name: String,
    #[schema(required = true, example = "Everybody at the front desk")]
    description: Option<String>,
    /// The role at 3dEye.
    #[schema(example = "5d0c7f6e-1e2b-4c53-9a86-7b7e0a1b2c3d")]
    three_deye_role_id: String,
    /// ACTIVE or DELETED.
    #[schema(example = "ACTIVE")]
    status: &'static str,
    #[schema(format = DateTime, example = "2026-11-21T10:15:00.000Z")]
    created_at: String,
}

impl From<CameraRole> for CameraRoleState {
    fn from(role: CameraRole) -> Self {
        Self {
            role_id: role.id.to_string(),
            org_id: role.org.to_string(),
            name: role.name.to_string(),
            description: role.description.map(|text| text.to_string()),
            three_deye_role_id: role.threedeye_role.to_string(),
            status: role.status.as_str(),
            created_at: role.created_at.to_string(),
        }
    }
}

impl From<PermissionTable> for PermissionTableState {
    fn from(table: PermissionTable) -> Self {
        let state = |permission: &Permission| PermissionState {
            permission: permission.as_str(),
            roles: table.roles_of(*permission).into_iter().map(Role::as_str).collect(),
            changed_at: table.changed_at(*permission).map(|at| at.to_string()),
        };
        Self { permissions: Permission::ALL.iter().map(state).collect() }
    }
}

const fn word(voucher: &Voucher) -> &'static str {
    match voucher {
        Voucher::Authority { .. } => "authority",
        Voucher::Token => "token",
        Voucher::Provisioned => "provisioned",
        Voucher::Nobody => "nobody",
    }
}

impl From<history::AggregateState> for AggregateState {
    fn from(state: history::AggregateState) -> Self {
        match state {
            history::AggregateState::User { person, grants } => Self::User(Box::new(UserState::new(*person, grants))),
            history::AggregateState::Lock(lock) => Self::Lock(lock.into()),
            history::AggregateState::Tenant(tenant) => Self::Tenant(tenant.into()),
            history::AggregateState::PermissionTable(table) => Self::PermissionTable(table.into()),
            history::AggregateState::CameraRole(role) => Self::CameraRole(role.into()),
        }
    }
}

impl UserState {
    fn new(person: Person, grants: Vec<Grant>) -> Self {
        let profile = person.profile;
        Self {
            user_id: person.id.to_string(),
            org_id: person.org.to_string(),
            status: person.status.as_str(),
            created_at: person.created_at.to_string(),
            email: profile.email.map(|email| email.as_str().to_owned()),
            email_verified: profile.email_verified,
            email_voucher: word(&profile.email_voucher),
            first_name: profile.first_name,
            last_name: profile.last_name,
            phone_number: profile.phone_number.map(|number| number.as_str().to_owned()),
            account: person.account.map(|(account, roles)| AccountState {
                username: account.username.as_str().to_owned(),
                roles: roles.iter().map(|role| role.as_str()).collect(),
            }),
            grants: grants.into_iter().map(GrantState::from).collect(),
        }
    }
}

impl From<Grant> for GrantState {
    fn from(grant: Grant) -> Self {
        Self {
            lock_id: grant.lock.to_string(),
            lock_name: grant.lock_name.to_string(),
            access_level: grant.access_level.as_str(),
            granted_by: grant.granted_by.to_string(),
            granted_at: grant.granted_at.to_string(),
            valid_from: grant.window.from().map(|at| at.to_string()),
            valid_until: grant.window.until().map(|at| at.to_string()),
        }
    }
}

impl From<LockDetails> for LockState {
    fn from(details: LockDetails) -> Self {
        let LockDetails { lock, maker, created_at } = details;
        Self {
            lock_id: lock.id.to_string(),
            org_id: lock.org.to_string(),
            name: lock.name,
            owner_id: lock.owner.map(|owner| owner.to_string()),
            index: maker.index,
            uuid: maker.uuid,
            serial_number: maker.serial_number,
            vendor_name: maker.vendor_name,
            created_at: created_at.to_string(),
        }
    }
}

impl From<Tenant> for TenantState {
    fn from(tenant: Tenant) -> Self {
        Self {
            org_id: tenant.org.to_string(),
            org_name: tenant.name.map(|name| name.to_string()),
            api_keys: tenant.keys.into_iter().map(KeyState::from).collect(),
        }
    }
}

impl From<ApiKeyView> for KeyState {
    fn from(key: ApiKeyView) -> Self {
        Self {
            api_key_prefix: key.prefix.to_string(),
            is_super: key.is_super,
            created_at: key.created_at.to_string(),
            expires_at: key.expires_at.map(|at| at.to_string()),
        }
    }
}
