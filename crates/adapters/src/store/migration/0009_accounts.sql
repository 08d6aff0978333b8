-- What roles permit, where an administrator changed it; no older event speaks of it. Processes of the release before go by
-- the defaults and cannot read a person who was deleted, so none may be running when either is used.
CREATE TABLE view_permissions (
    permission @text PRIMARY KEY,
    roles @text NOT NULL,
    updated_at @int NOT NULL
)@keyed;

-- The table itself, as the list of all aggregates has it: one row, from the first change on.
CREATE TABLE view_permission_tables (
    table_id @text PRIMARY KEY,
    org_id @text NOT NULL,
    created_at @int NOT NULL
)@keyed;
