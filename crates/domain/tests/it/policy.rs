//! Who may do what.

use std::collections::BTreeSet;
use std::fmt::Write;

use portcullis_domain::event::{Actor, ActorKind};
use portcullis_domain::ids::{ApiKeyPrefix, OrgId, UserId};
use portcullis_domain::permission::{ChangedRoles, effective};
use portcullis_domain::policy::{
    Action, Caller, Denied, LockOwnership, OperatorCaller, OrganisationCaller, Resource, StaffCaller, UserCaller,
    allows,
};
use portcullis_domain::session::TokenHash;
use portcullis_domain::user::Role;
use portcullis_testkit::build::org;

fn ada() -> UserId {
    UserId::parse("0190a3c2-7b5e-7d11-9f00-0123456789ab").unwrap()
}

fn bob() -> UserId {
    UserId::parse("0190a3c2-7b5e-7d11-9f00-0123456789ac").unwrap()
}

fn user(id: UserId) -> Caller {
    Caller { user: Some(UserCaller { id, verified_email: None }), ..Caller::default() }
}

fn key(of: &str, is_super: bool) -> Caller {
    let key = ApiKeyPrefix::parse("Abcd1234").unwrap();
    Caller { organisation: Some(OrganisationCaller { org: org(of), key, is_super }), ..Caller::default() }
}

fn staff() -> Caller {
    Caller { staff: Some(StaffCaller { subject: "auth0|7".to_owned() }), ..Caller::default() }
}

fn operator(roles: &[Role]) -> Caller {
    let roles = roles.iter().copied().collect::<BTreeSet<_>>();
    Caller {
        operator: Some(OperatorCaller {
            id: ada(),
            session: TokenHash::new([1; 32]),
            permissions: effective(&roles, &ChangedRoles::new()),
            roles,
            bypass_two_factor: false,
            remembered: None,
            epoch: 0,
        }),
        ..Caller::default()
    }
}

/// Every kind of caller there is; `acme` made Ada, and Ada is whom it is about.
fn callers() -> [(&'static str, Caller); 11] {
    [
        ("nobody", Caller::default()),
        ("self", user(ada())),
        ("other", user(bob())),
        ("key", key("acme", false)),
        ("foreign", key("bolt", false)),
        ("super", key("bolt", true)),
        ("staff", staff()),
        ("admin", operator(&[Role::Admin])),
        ("account", operator(&[Role::User, Role::Bot])),
        ("roleless", operator(&[])),
        ("system", Caller::system("expiry")),
    ]
}

/// Every action. The match has no other arm, so that a new action is missed here by nobody.
const fn listed(action: Action) -> Action {
    match action {
        Action::CreateUser
        | Action::ReadProfile
        | Action::SuspendUser
        | Action::EditContact
        | Action::FindUser
        | Action::ListOwnedLocks
        | Action::GrantLock
        | Action::RevokeLock
        | Action::ListGrants
        | Action::CreateLock
        | Action::SetLockOrganization
        | Action::SetLockOwner
        | Action::ReadLock
        | Action::ListLockAccess
        | Action::ReadLockEvents
        | Action::ReadCameraCredentials
        | Action::ReadCameraAccount
        | Action::BackfillCameras
        | Action::CreateCameraRole
        | Action::AssignCameraRole
        | Action::RevokeCameraRole
        | Action::ReadCameraRole
        | Action::RepairCameras
        | Action::ResetThreeDEye
        | Action::ReadHistory
        | Action::ManageTenants
        | Action::ManageApiKeys
        | Action::CreateAccount
        | Action::EditAccount
        | Action::SetAccountStatus
        | Action::DeleteAccount
        | Action::ListAccounts
        | Action::ReadFullRecord
        | Action::AssignAdminRole
        | Action::EditPreferences
        | Action::ManageOutbox
        | Action::ManagePermissions
        | Action::ResetOtherE2eKeys
        | Action::ManageOwnTotp
        | Action::ResetOtherTotp
        | Action::ListSecondFactors
        | Action::ManageOwnTokens
        | Action::LogOutOther
        | Action::VouchForAddress
        | Action::BypassRateLimit => action,
    }
}

const ACTIONS: [Action; 45] = [
    listed(Action::CreateUser),
    listed(Action::ReadProfile),
    listed(Action::SuspendUser),
    listed(Action::EditContact),
    listed(Action::FindUser),
    listed(Action::ListOwnedLocks),
    listed(Action::GrantLock),
    listed(Action::RevokeLock),
    listed(Action::ListGrants),
    listed(Action::CreateLock),
    listed(Action::SetLockOrganization),
    listed(Action::SetLockOwner),
    listed(Action::ReadLock),
    listed(Action::ListLockAccess),
    listed(Action::ReadLockEvents),
    listed(Action::ReadCameraCredentials),
    listed(Action::ReadCameraAccount),
    listed(Action::BackfillCameras),
    listed(Action::CreateCameraRole),
    listed(Action::AssignCameraRole),
    listed(Action::RevokeCameraRole),
    listed(Action::ReadCameraRole),
    listed(Action::RepairCameras),
    listed(Action::ResetThreeDEye),
    listed(Action::ReadHistory),
    listed(Action::ManageTenants),
    listed(Action::ManageApiKeys),
    listed(Action::CreateAccount),
    listed(Action::EditAccount),
    listed(Action::SetAccountStatus),
    listed(Action::DeleteAccount),
    listed(Action::ListAccounts),
    listed(Action::ReadFullRecord),
    listed(Action::AssignAdminRole),
    listed(Action::EditPreferences),
    listed(Action::ManageOutbox),
    listed(Action::ManagePermissions),
    listed(Action::ResetOtherE2eKeys),
    listed(Action::ManageOwnTotp),
    listed(Action::ResetOtherTotp),
    listed(Action::ListSecondFactors),
    listed(Action::ManageOwnTokens),
    listed(Action::LogOutOther),
    listed(Action::VouchForAddress),
    listed(Action::BypassRateLimit),
];

/// Every kind of thing an act can be about.
fn resources<'a>(acme: &'a OrgId, bolt: &'a OrgId) -> [(&'static str, Resource<'a>); 19] {
    let grant = |owner| Resource::Grant { person: ada(), lock: Some(LockOwnership { org: acme, owner }) };
    let lock = |owner, accessible| Resource::Lock { ownership: Some(LockOwnership { org: acme, owner }), accessible };
    [
        ("person of acme", Resource::Person { id: ada(), org: Some(acme) }),
        ("person unknown", Resource::Person { id: ada(), org: None }),
        ("lock of acme", grant(None)),
        ("her own lock", grant(Some(ada()))),
        ("another's lock", grant(Some(bob()))),
        ("lock unknown", Resource::Grant { person: ada(), lock: None }),
        ("lock of acme", lock(None, false)),
        ("her own lock", lock(Some(ada()), false)),
        ("another's lock", lock(Some(bob()), false)),
        ("a lock open", lock(None, true)),
        ("lock unknown", Resource::Lock { ownership: None, accessible: false }),
        ("role of acme", Resource::CameraRole(Some(acme))),
        ("role unknown", Resource::CameraRole(None)),
        ("acme in acme's", Resource::CameraRoleMember { role: Some(acme), person: Some(acme) }),
        ("bolt in acme's", Resource::CameraRoleMember { role: Some(acme), person: Some(bolt) }),
        ("who in acme's", Resource::CameraRoleMember { role: Some(acme), person: None }),
        ("acme in nothing", Resource::CameraRoleMember { role: None, person: Some(acme) }),
        ("acme", Resource::Org(acme)),
        ("service", Resource::Service),
    ]
}

fn is_about(action: Action, resource: &Resource<'_>) -> bool {
    match action {
        Action::GrantLock | Action::RevokeLock => matches!(resource, Resource::Grant { .. }),
        Action::SetLockOrganization
        | Action::SetLockOwner
        | Action::ReadLock
        | Action::ListLockAccess
        | Action::ReadLockEvents => matches!(resource, Resource::Lock { .. }),
        Action::AssignCameraRole => matches!(resource, Resource::CameraRoleMember { .. }),
        Action::RevokeCameraRole | Action::ReadCameraRole => matches!(resource, Resource::CameraRole(_)),
        Action::CreateLock | Action::CreateCameraRole => matches!(resource, Resource::Org(_)),
        Action::ManageTenants | Action::ManageApiKeys => matches!(resource, Resource::Org(_) | Resource::Service),
        Action::ReadHistory
        | Action::BackfillCameras
        | Action::RepairCameras
        | Action::CreateAccount
        | Action::EditAccount
        | Action::SetAccountStatus
        | Action::DeleteAccount
        | Action::ListAccounts
        | Action::ReadFullRecord
        | Action::AssignAdminRole
        | Action::ManagePermissions
        | Action::ResetOtherE2eKeys
        | Action::ManageOutbox
        | Action::ListSecondFactors
        | Action::VouchForAddress
        | Action::BypassRateLimit => matches!(resource, Resource::Service),
        Action::FindUser => matches!(resource, Resource::Person { .. } | Resource::Service),
        _ => matches!(resource, Resource::Person { .. }),
    }
}

#[test]
#[expect(clippy::too_many_lines, reason = "the table is as long as it is")]
fn who_may_do_what() {
    let acme = org("acme");
    let mut table = format!("{:<22}{:<16}", "action", "about");
    for (name, _) in callers() {
        write!(table, "{name:<9}").unwrap();
    }
    table.truncate(table.trim_end().len());
    for action in ACTIONS {
        for (about, resource) in
            resources(&acme, &org("bolt")).into_iter().filter(|(_, resource)| is_about(action, resource))
        {
            let mut row = format!("{:<22}{about:<16}", format!("{action:?}"));
            for (_, caller) in callers() {
                let cell = if allows(&caller, action, resource).is_ok() { "yes" } else { "-" };
                write!(row, "{cell:<9}").unwrap();
            }
            write!(table, "\n{}", row.trim_end()).unwrap();
        }
    }
    insta::assert_snapshot!(table, @r"
    action                about           nobody   self     other    key      foreign  super    staff    admin    account  roleless system
    CreateUser            person of acme  -        yes      -        yes      yes      yes      yes      -        -        -        yes
    CreateUser            person unknown  -        yes      -        yes      yes      yes      yes      -        -        -        yes
    ReadProfile           person of acme  -        yes      -        yes      -        yes      yes      -        -        -        yes
    ReadProfile           person unknown  -        yes      -        -        -        yes      yes      -        -        -        yes
    SuspendUser           person of acme  -        -        -        -        -        yes      yes      -        -        -        yes
    SuspendUser           person unknown  -        -        -        -        -        yes      yes      -        -        -        yes
    EditContact           person of acme  -        yes      -        yes      -        yes      yes      -        -        -        yes
    EditContact           person unknown  -        yes      -        -        -        yes      yes      -        -        -        yes
    FindUser              person of acme  -        yes      -        yes      -        yes      yes      -        -        -        yes
    FindUser              person unknown  -        yes      -        -        -        yes      yes      -        -        -        yes
    FindUser              service         -        -        -        yes      yes      yes      yes      -        -        -        yes
    ListOwnedLocks        person of acme  -        yes      -        yes      -        yes      yes      -        -        -        yes
    ListOwnedLocks        person unknown  -        yes      -        -        -        yes      yes      -        -        -        yes
    GrantLock             lock of acme    -        -        -        yes      -        yes      yes      -        -        -        yes
    GrantLock             her own lock    -        yes      -        yes      -        yes      yes      -        -        -        yes
    GrantLock             another's lock  -        -        -        yes      -        yes      yes      -        -        -        yes
    GrantLock             lock unknown    -        -        -        -        -        yes      yes      -        -        -        yes
    RevokeLock            lock of acme    -        yes      -        yes      -        yes      yes      -        -        -        yes
    RevokeLock            her own lock    -        yes      -        yes      -        yes      yes      -        -        -        yes
    RevokeLock            another's lock  -        yes      -        yes      -        yes      yes      -        -        -        yes
    RevokeLock            lock unknown    -        yes      -        -        -        yes      yes      -        -        -        yes
    ListGrants            person of acme  -        yes      -        yes      yes      yes      yes      -        -        -        yes
    ListGrants            person unknown  -        yes      -        yes      yes      yes      yes      -        -        -        yes
    CreateLock            acme            -        -        -        yes      -        yes      yes      -        -        -        yes
    SetLockOrganization   lock of acme    -        -        -        -        -        yes      yes      -        -        -        yes
    SetLockOrganization   her own lock    -        -        -        -        -        yes      yes      -        -        -        yes
    SetLockOrganization   another's lock  -        -        -        -        -        yes      yes      -        -        -        yes
    SetLockOrganization   a lock open     -        -        -        -        -        yes      yes      -        -        -        yes
    SetLockOrganization   lock unknown    -        -        -        -        -        yes      yes      -        -        -        yes
    SetLockOwner          lock of acme    -        -        -        yes      -        yes      yes      -        -        -        yes
    SetLockOwner          her own lock    -        -        -        yes      -        yes      yes      -        -        -        yes
    SetLockOwner          another's lock  -        -        -        yes      -        yes      yes      -        -        -        yes
    SetLockOwner          a lock open     -        -        -        yes      -        yes      yes      -        -        -        yes
    SetLockOwner          lock unknown    -        -        -        -        -        yes      yes      -        -        -        yes
    ReadLock              lock of acme    -        -        -        yes      -        yes      yes      -        -        -        yes
    ReadLock              her own lock    -        yes      -        yes      -        yes      yes      -        -        -        yes
    ReadLock              another's lock  -        -        yes      yes      -        yes      yes      -        -        -        yes
    ReadLock              a lock open     -        yes      yes      yes      -        yes      yes      -        -        -        yes
    ReadLock              lock unknown    -        -        -        -        -        yes      yes      -        -        -        yes
    ListLockAccess        lock of acme    -        -        -        yes      -        yes      yes      -        -        -        yes
    ListLockAccess        her own lock    -        yes      -        yes      -        yes      yes      -        -        -        yes
    ListLockAccess        another's lock  -        -        yes      yes      -        yes      yes      -        -        -        yes
    ListLockAccess        a lock open     -        -        -        yes      -        yes      yes      -        -        -        yes
    ListLockAccess        lock unknown    -        -        -        -        -        yes      yes      -        -        -        yes
    ReadLockEvents        lock of acme    -        -        -        yes      -        yes      yes      -        -        -        yes
    ReadLockEvents        her own lock    -        yes      -        yes      -        yes      yes      -        -        -        yes
    ReadLockEvents        another's lock  -        -        yes      yes      -        yes      yes      -        -        -        yes
    ReadLockEvents        a lock open     -        -        -        yes      -        yes      yes      -        -        -        yes
    ReadLockEvents        lock unknown    -        -        -        -        -        yes      yes      -        -        -        yes
    ReadCameraCredentials person of acme  -        yes      -        yes      -        yes      yes      -        -        -        yes
    ReadCameraCredentials person unknown  -        yes      -        -        -        yes      yes      -        -        -        yes
    ReadCameraAccount     person of acme  -        -        -        -        -        -        yes      -        -        -        yes
    ReadCameraAccount     person unknown  -        -        -        -        -        -        yes      -        -        -        yes
    BackfillCameras       service         -        -        -        -        -        -        yes      -        -        -        yes
    CreateCameraRole      acme            -        -        -        yes      -        yes      yes      -        -        -        yes
    AssignCameraRole      acme in acme's  -        -        -        yes      -        yes      yes      -        -        -        yes
    AssignCameraRole      bolt in acme's  -        -        -        -        -        yes      yes      -        -        -        yes
    AssignCameraRole      who in acme's   -        -        -        -        -        yes      yes      -        -        -        yes
    AssignCameraRole      acme in nothing -        -        -        -        -        yes      yes      -        -        -        yes
    RevokeCameraRole      role of acme    -        -        -        yes      -        yes      yes      -        -        -        yes
    RevokeCameraRole      role unknown    -        -        -        -        -        yes      yes      -        -        -        yes
    ReadCameraRole        role of acme    -        -        -        yes      -        yes      yes      -        -        -        yes
    ReadCameraRole        role unknown    -        -        -        -        -        yes      yes      -        -        -        yes
    RepairCameras         service         -        -        -        -        -        -        yes      -        -        -        yes
    ResetThreeDEye        person of acme  -        -        -        -        -        -        yes      -        -        -        yes
    ResetThreeDEye        person unknown  -        -        -        -        -        -        yes      -        -        -        yes
    ReadHistory           service         -        -        -        -        -        -        yes      -        -        -        yes
    ManageTenants         acme            -        -        -        -        -        -        yes      -        -        -        yes
    ManageTenants         service         -        -        -        -        -        -        yes      -        -        -        yes
    ManageApiKeys         acme            -        -        -        -        -        -        yes      -        -        -        yes
    ManageApiKeys         service         -        -        -        -        -        -        yes      -        -        -        yes
    CreateAccount         service         -        -        -        -        -        -        -        yes      -        -        yes
    EditAccount           service         -        -        -        -        -        -        -        yes      -        -        yes
    SetAccountStatus      service         -        -        -        -        -        -        -        yes      -        -        yes
    DeleteAccount         service         -        -        -        -        -        -        -        yes      -        -        yes
    ListAccounts          service         -        -        -        -        -        -        -        yes      -        -        yes
    ReadFullRecord        service         -        -        -        -        -        -        -        yes      -        -        yes
    AssignAdminRole       service         -        -        -        -        -        -        -        yes      -        -        yes
    EditPreferences       person of acme  -        -        -        -        -        -        -        yes      yes      yes      yes
    EditPreferences       person unknown  -        -        -        -        -        -        -        yes      yes      yes      yes
    ManageOutbox          service         -        -        -        -        -        -        yes      -        -        -        yes
    ManagePermissions     service         -        -        -        -        -        -        -        yes      -        -        yes
    ResetOtherE2eKeys     service         -        -        -        -        -        -        -        yes      -        -        yes
    ManageOwnTotp         person of acme  -        -        -        -        -        -        -        yes      yes      yes      yes
    ManageOwnTotp         person unknown  -        -        -        -        -        -        -        yes      yes      yes      yes
    ResetOtherTotp        person of acme  -        -        -        -        -        -        yes      yes      -        -        yes
    ResetOtherTotp        person unknown  -        -        -        -        -        -        yes      yes      -        -        yes
    ListSecondFactors     service         -        -        -        -        -        -        yes      -        -        -        yes
    ManageOwnTokens       person of acme  -        -        -        -        -        -        -        yes      yes      -        yes
    ManageOwnTokens       person unknown  -        -        -        -        -        -        -        yes      yes      -        yes
    LogOutOther           person of acme  -        -        -        -        -        -        -        yes      -        -        yes
    LogOutOther           person unknown  -        -        -        -        -        -        -        yes      -        -        yes
    VouchForAddress       service         -        -        -        -        -        yes      yes      -        -        -        yes
    BypassRateLimit       service         -        -        -        -        -        -        -        yes      yes      -        yes
    ");
}

#[test]
fn an_act_on_the_wrong_kind_of_thing_is_denied_to_people_and_keys() {
    let acme = org("acme");
    for action in ACTIONS {
        for (about, resource) in
            resources(&acme, &org("bolt")).into_iter().filter(|(_, resource)| !is_about(action, resource))
        {
            for caller in [user(ada()), key("acme", false), key("acme", true)] {
                assert_eq!(allows(&caller, action, resource), Err(Denied), "{action:?} {about}");
            }
        }
    }
}

#[test]
fn the_actor_is_the_credential_that_allowed_it() {
    let acme = org("acme");
    let person = Resource::Person { id: ada(), org: Some(&acme) };
    let mut caller = Caller {
        user: user(ada()).user,
        organisation: key("acme", false).organisation,
        staff: staff().staff,
        operator: operator(&[Role::Admin]).operator,
        system: Some("expiry"),
    };
    let actor = |kind, id: &str| Ok(Actor { kind, id: id.to_owned() });
    let read = |caller: &Caller| allows(caller, Action::ReadProfile, person);
    assert_eq!(read(&caller), actor(ActorKind::System, "system:expiry"));
    caller.system = None;
    assert_eq!(read(&caller), actor(ActorKind::Staff, "auth0|7"));
    let edit = allows(&caller, Action::EditAccount, person);
    assert_eq!(edit, actor(ActorKind::Operator, &ada().to_string()), "staff may not, the operator may");
    caller.staff = None;
    assert_eq!(read(&caller), actor(ActorKind::Organisation, "Abcd1234"));
    caller.organisation = key("bolt", false).organisation;
    assert_eq!(read(&caller), actor(ActorKind::User, &ada().to_string()), "a key that may not hides no token that may");
    caller.user = user(bob()).user;
    assert_eq!(read(&caller), Err(Denied));
}

#[test]
fn another_credential_never_takes_a_right_away() {
    let acme = org("acme");
    for action in ACTIONS {
        for (_, resource) in resources(&acme, &org("bolt")) {
            for (_, one) in callers() {
                for (_, other) in callers() {
                    let both = Caller {
                        user: one.user.clone().or(other.user),
                        organisation: one.organisation.clone().or(other.organisation),
                        staff: one.staff.clone().or(other.staff),
                        operator: one.operator.clone().or(other.operator),
                        system: one.system.or(other.system),
                    };
                    if allows(&one, action, resource).is_ok() {
                        assert!(allows(&both, action, resource).is_ok(), "{action:?} {resource:?} {both:?}");
                    }
                }
            }
        }
    }
}
