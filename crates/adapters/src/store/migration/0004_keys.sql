-- Who made a key; the release before does not write it.
ALTER TABLE view_api_keys ADD COLUMN created_by @text NOT NULL DEFAULT '';
CREATE INDEX view_api_keys_by_age ON view_api_keys (created_at, prefix);
-- Decisions are made on these, however many keys an organisation had.
CREATE INDEX view_api_keys_standing ON view_api_keys (org_id, created_at) WHERE revoked_at IS NULL;

-- The last four characters, for people to tell keys by; keys of the release before have none.
ALTER TABLE private_api_keys ADD COLUMN last_four @text;

CREATE TABLE private_tenants (
    org_id @text PRIMARY KEY,
    owner_email @text NOT NULL
)@keyed;

CREATE TABLE work_key_use (
    prefix @text PRIMARY KEY,
    last_used_at @int NOT NULL
)@keyed;
