-- Camera roles: which of 3dEye's roles are ours, and who is in them.

CREATE TABLE view_camera_roles (
    role_id @text PRIMARY KEY,
    org_id @text NOT NULL,
    name @text NOT NULL,
    description @text,
    threedeye_role_id @text NOT NULL,
    status @text NOT NULL,
    created_at @int NOT NULL
)@keyed;
CREATE INDEX view_camera_roles_by_remote ON view_camera_roles (threedeye_role_id, status);

CREATE TABLE view_camera_role_users (
    role_id @text NOT NULL,
    user_id @text NOT NULL,
    threedeye_user_id @text NOT NULL,
    assigned_at @int NOT NULL,
    PRIMARY KEY (role_id, user_id)
)@keyed;
CREATE INDEX view_camera_role_users_by_user ON view_camera_role_users (user_id, role_id);

-- Roles being made at 3dEye: what was asked there, by whom, and until when nobody else asks. A row goes when its role is
-- made; one that an interrupted call left tells whose the role is that is found there.
CREATE TABLE work_camera_role_makings (
    role_id @text PRIMARY KEY,
    name @text,
    holder @text NOT NULL,
    until @int NOT NULL
)@keyed;
CREATE INDEX work_camera_role_makings_by_name ON work_camera_role_makings (name) WHERE name IS NOT NULL;
