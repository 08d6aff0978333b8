//! Events of camera accounts and camera roles.

use portcullis_domain::camera_role::{
    CameraRoleCreated, CameraRoleDeleted, CameraRoleUserAssigned, CameraRoleUserRemoved,
};
use portcullis_domain::event::Event;
use portcullis_domain::threedeye::{
    DriftKind, ResetStep, ThreeDEyeOrphanDeleteStarted, ThreeDEyeOrphanDeleted, ThreeDEyeProvisioned,
    ThreeDEyeRemoteDeleted, ThreeDEyeRepairStarted, ThreeDEyeRepaired, ThreeDEyeReset, ThreeDEyeResetFailed,
    ThreeDEyeResetStarted,
};
use portcullis_testkit::build::{NOON, camera_role_id, free, remote_role, remote_user};

use super::{account, acme, ada, roles};

pub(super) fn cameras() -> Vec<(Event, &'static str)> {
    let user_id = ada();
    let provisioned =
        ThreeDEyeProvisioned { user_id, threedeye_user_id: account(), role_ids: roles(), missing_role_ids: Vec::new() };
    let reset = ThreeDEyeReset {
        user_id,
        clear_mapping: true,
        delete_remote: true,
        reprovision: false,
        cleared_mapping: true,
        cleared_recovery: false,
        deleted_threedeye_user_id: account(),
        not_visible: false,
        dropped_role_ids: roles(),
        threedeye_user_id: None,
        error: None,
    };
    let failed = ThreeDEyeReset {
        deleted_threedeye_user_id: None,
        not_visible: true,
        dropped_role_ids: Vec::new(),
        threedeye_user_id: account(),
        error: Some("unavailable".to_owned()),
        ..reset.clone()
    };
    vec![
        (
            provisioned.clone().into(),
            r#"{"type":"ThreeDEyeProvisioned","userId":"0190a3c2-7b5e-7d11-9f00-0123456789ab","threedeyeUserId":"3d-7","roleIds":["guard","viewer"]}"#,
        ),
        (
            ThreeDEyeProvisioned { threedeye_user_id: None, role_ids: Vec::new(), ..provisioned.clone() }.into(),
            r#"{"type":"ThreeDEyeProvisioned","userId":"0190a3c2-7b5e-7d11-9f00-0123456789ab","threedeyeUserId":null,"roleIds":[]}"#,
        ),
        (
            ThreeDEyeProvisioned { missing_role_ids: roles(), ..provisioned }.into(),
            r#"{"type":"ThreeDEyeProvisioned","userId":"0190a3c2-7b5e-7d11-9f00-0123456789ab","threedeyeUserId":"3d-7","roleIds":["guard","viewer"],"missingRoleIds":["guard","viewer"]}"#,
        ),
        (
            ThreeDEyeResetStarted { user_id, clear_mapping: true, delete_remote: false, reprovision: true }.into(),
            r#"{"type":"ThreeDEyeResetStarted","userId":"0190a3c2-7b5e-7d11-9f00-0123456789ab","clearMapping":true,"deleteRemote":false,"reprovision":true}"#,
        ),
        (
            ThreeDEyeRemoteDeleted { user_id, threedeye_user_id: account().unwrap(), role_ids: roles() }.into(),
            r#"{"type":"ThreeDEyeRemoteDeleted","userId":"0190a3c2-7b5e-7d11-9f00-0123456789ab","threedeyeUserId":"3d-7","roleIds":["guard","viewer"]}"#,
        ),
        (
            ThreeDEyeResetFailed { user_id, step: ResetStep::LookUp, error: "3dEye is unavailable".to_owned() }.into(),
            r#"{"type":"ThreeDEyeResetFailed","userId":"0190a3c2-7b5e-7d11-9f00-0123456789ab","step":"look-up","error":"3dEye is unavailable"}"#,
        ),
        (
            ThreeDEyeResetFailed { user_id, step: ResetStep::Delete, error: "3dEye is unavailable".to_owned() }.into(),
            r#"{"type":"ThreeDEyeResetFailed","userId":"0190a3c2-7b5e-7d11-9f00-0123456789ab","step":"delete","error":"3dEye is unavailable"}"#,
        ),
        (
            ThreeDEyeRepairStarted {
                user_id,
                finding: DriftKind::IdChanged,
                threedeye_user_id: account(),
                role_ids: roles(),
            }
            .into(),
            r#"{"type":"ThreeDEyeRepairStarted","userId":"0190a3c2-7b5e-7d11-9f00-0123456789ab","finding":"idChanged","threedeyeUserId":"3d-7","roleIds":["guard","viewer"]}"#,
        ),
        (
            ThreeDEyeRepaired { user_id, finding: DriftKind::Roleless, threedeye_user_id: account(), error: None }
                .into(),
            r#"{"type":"ThreeDEyeRepaired","userId":"0190a3c2-7b5e-7d11-9f00-0123456789ab","finding":"roleless","threedeyeUserId":"3d-7","error":null}"#,
        ),
        (
            ThreeDEyeRepaired {
                user_id,
                finding: DriftKind::Missing,
                threedeye_user_id: None,
                error: Some("3dEye is unavailable".to_owned()),
            }
            .into(),
            r#"{"type":"ThreeDEyeRepaired","userId":"0190a3c2-7b5e-7d11-9f00-0123456789ab","finding":"missing","threedeyeUserId":null,"error":"3dEye is unavailable"}"#,
        ),
        (
            ThreeDEyeRepaired { user_id, finding: DriftKind::Orphaned, threedeye_user_id: account(), error: None }
                .into(),
            r#"{"type":"ThreeDEyeRepaired","userId":"0190a3c2-7b5e-7d11-9f00-0123456789ab","finding":"orphaned","threedeyeUserId":"3d-7","error":null}"#,
        ),
        (
            ThreeDEyeOrphanDeleteStarted { threedeye_user_id: account().unwrap(), role_ids: roles() }.into(),
            r#"{"type":"ThreeDEyeOrphanDeleteStarted","threedeyeUserId":"3d-7","roleIds":["guard","viewer"]}"#,
        ),
        (
            ThreeDEyeOrphanDeleted { threedeye_user_id: account().unwrap() }.into(),
            r#"{"type":"ThreeDEyeOrphanDeleted","threedeyeUserId":"3d-7"}"#,
        ),
        (
            reset.into(),
            r#"{"type":"ThreeDEyeReset","userId":"0190a3c2-7b5e-7d11-9f00-0123456789ab","clearMapping":true,"deleteRemote":true,"reprovision":false,"clearedMapping":true,"clearedRecovery":false,"deletedThreedeyeUserId":"3d-7","notVisible":false,"droppedRoleIds":["guard","viewer"],"threedeyeUserId":null,"error":null}"#,
        ),
        (
            failed.into(),
            r#"{"type":"ThreeDEyeReset","userId":"0190a3c2-7b5e-7d11-9f00-0123456789ab","clearMapping":true,"deleteRemote":true,"reprovision":false,"clearedMapping":true,"clearedRecovery":false,"deletedThreedeyeUserId":null,"notVisible":true,"droppedRoleIds":[],"threedeyeUserId":"3d-7","error":"unavailable"}"#,
        ),
    ]
}

pub(super) fn camera_roles() -> Vec<(Event, &'static str)> {
    let (role_id, user_id) = (camera_role_id("lobby-guards"), ada());
    let three_deye_user_id = remote_user("3d-7");
    let created = CameraRoleCreated {
        role_id: role_id.clone(),
        name: free("Lobby guards"),
        description: Some(free("The front desk")),
        org_id: acme(),
        three_deye_role_id: remote_role("3d-role-1"),
        created_at: NOON,
    };
    let assigned_at = NOON;
    vec![
        (
            created.clone().into(),
            r#"{"type":"CameraRoleCreated","roleId":"lobby-guards","name":"Lobby guards","description":"The front desk","orgId":"acme","threeDeyeRoleId":"3d-role-1","createdAt":1795256100000}"#,
        ),
        (
            CameraRoleCreated { description: None, ..created }.into(),
            r#"{"type":"CameraRoleCreated","roleId":"lobby-guards","name":"Lobby guards","orgId":"acme","threeDeyeRoleId":"3d-role-1","createdAt":1795256100000}"#,
        ),
        (
            CameraRoleUserAssigned {
                role_id: role_id.clone(),
                user_id,
                three_deye_user_id: three_deye_user_id.clone(),
                assigned_at,
            }
            .into(),
            r#"{"type":"CameraRoleUserAssigned","roleId":"lobby-guards","userId":"0190a3c2-7b5e-7d11-9f00-0123456789ab","threeDeyeUserId":"3d-7","assignedAt":1795256100000}"#,
        ),
        (
            CameraRoleUserRemoved { role_id: role_id.clone(), user_id, three_deye_user_id, removed_at: NOON }.into(),
            r#"{"type":"CameraRoleUserRemoved","roleId":"lobby-guards","userId":"0190a3c2-7b5e-7d11-9f00-0123456789ab","threeDeyeUserId":"3d-7","removedAt":1795256100000}"#,
        ),
        (
            CameraRoleDeleted { role_id, deleted_by: free("front desk"), deleted_at: NOON }.into(),
            r#"{"type":"CameraRoleDeleted","roleId":"lobby-guards","deletedBy":"front desk","deletedAt":1795256100000}"#,
        ),
    ]
}
