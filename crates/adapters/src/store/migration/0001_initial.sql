-- @text, @int, @bool, @bytes and @keyed are put in for the engine; see mod.rs.

-- Everything that happened. Bytes are written once and never again.
CREATE TABLE events (
    position @int PRIMARY KEY,
    aggregate_type @text NOT NULL,
    aggregate_id @text NOT NULL,
    version @int NOT NULL,
    name @text NOT NULL,
    at @int NOT NULL,
    body @bytes NOT NULL,
    UNIQUE (aggregate_type, aggregate_id, version)
)@plain;

-- Views: made from events alone, and made anew from them at will.
CREATE TABLE view_users (
    user_id @text PRIMARY KEY,
    org_id @text NOT NULL,
    status @text NOT NULL,
    created_at @int NOT NULL
)@keyed;
CREATE INDEX view_users_by_org ON view_users (org_id, user_id);

CREATE TABLE view_accounts (
    user_id @text PRIMARY KEY,
    roles @text NOT NULL,
    is_admin @bool NOT NULL
)@keyed;
CREATE INDEX view_accounts_admins ON view_accounts (user_id) WHERE is_admin;

CREATE TABLE view_grants (
    user_id @text NOT NULL,
    lock_id @text NOT NULL,
    lock_name @text NOT NULL,
    access_level @text NOT NULL,
    granted_by @text NOT NULL,
    valid_from @int,
    valid_until @int,
    granted_at @int NOT NULL,
    PRIMARY KEY (user_id, lock_id)
)@keyed;
CREATE INDEX view_grants_by_lock ON view_grants (lock_id, user_id);

CREATE TABLE view_locks (
    lock_id @text PRIMARY KEY,
    org_id @text NOT NULL,
    name @text,
    owner_id @text,
    created_at @int NOT NULL
)@keyed;

CREATE TABLE view_tenants (
    org_id @text PRIMARY KEY,
    name @text NOT NULL,
    created_at @int NOT NULL
)@keyed;

CREATE TABLE view_api_keys (
    prefix @text PRIMARY KEY,
    org_id @text NOT NULL,
    is_super @bool NOT NULL,
    created_at @int NOT NULL,
    expires_at @int,
    revoked_at @int
)@keyed;
CREATE INDEX view_api_keys_by_org ON view_api_keys (org_id, created_at);

-- Private: personal data and secrets; erasable, not to be made anew.
CREATE TABLE private_profiles (
    user_id @text PRIMARY KEY,
    email @text,
    email_verified @bool NOT NULL,
    email_voucher @text NOT NULL,
    first_name @text,
    last_name @text
)@keyed;
CREATE INDEX private_profiles_by_email ON private_profiles (email) WHERE email IS NOT NULL;

CREATE TABLE private_accounts (
    user_id @text PRIMARY KEY,
    username @text,
    username_folded @text,
    name @text,
    created_at @int,
    password_hash @text
)@keyed;
CREATE INDEX private_accounts_by_name ON private_accounts (username_folded);

CREATE TABLE private_totp (
    user_id @text PRIMARY KEY,
    secret @bytes,
    pending @bytes,
    backup_salt @bytes,
    backup_hashes @bytes,
    last_step @int
)@keyed;

CREATE TABLE private_threedeye (
    user_id @text PRIMARY KEY,
    threedeye_user_id @text,
    email @text NOT NULL,
    password @bytes NOT NULL,
    state @text NOT NULL,
    created_at @int NOT NULL
)@keyed;

CREATE TABLE private_recovery (
    user_id @text PRIMARY KEY,
    roles @text NOT NULL
)@keyed;

CREATE TABLE private_api_keys (
    prefix @text PRIMARY KEY,
    hash @bytes NOT NULL
)@keyed;

CREATE TABLE private_claims (
    namespace @text NOT NULL,
    value @text NOT NULL,
    user_id @text NOT NULL,
    PRIMARY KEY (namespace, value)
)@keyed;

-- Where the events of a commit came from: one row for all of them.
CREATE TABLE private_event_clients (
    first_position @int PRIMARY KEY,
    last_position @int NOT NULL,
    address @text,
    user_agent @text
)@plain;

-- Work: rows that come and go and are no history.
CREATE TABLE work_sessions (
    token @bytes PRIMARY KEY,
    user_id @text NOT NULL,
    started_at @int NOT NULL,
    kind @text NOT NULL
)@keyed;
CREATE INDEX work_sessions_by_user ON work_sessions (user_id);

CREATE TABLE work_guards (
    key @text PRIMARY KEY,
    value @int NOT NULL
)@keyed;

CREATE TABLE work_failures (
    user_id @text PRIMARY KEY,
    count @int NOT NULL,
    since @int
)@keyed;

CREATE TABLE work_leases (
    user_id @text PRIMARY KEY,
    until @int NOT NULL
)@keyed;

CREATE TABLE work_idempotency (
    scope @bytes PRIMARY KEY,
    body @bytes NOT NULL,
    outcome @bytes NOT NULL,
    expires_at @int NOT NULL
)@keyed;
CREATE INDEX work_idempotency_by_expiry ON work_idempotency (expires_at);

CREATE TABLE work_outbox (
    seq @int PRIMARY KEY,
    id @text NOT NULL UNIQUE,
    key @text NOT NULL,
    template @text NOT NULL,
    user_id @text,
    payload @bytes,
    at @int NOT NULL,
    not_before @int NOT NULL,
    state @text NOT NULL,
    done_at @int,
    error @text
)@plain;
CREATE INDEX work_outbox_waiting ON work_outbox (seq) WHERE state = 'waiting';
CREATE INDEX work_outbox_waiting_by_key ON work_outbox (key, seq) WHERE state = 'waiting';
CREATE INDEX work_outbox_delivered ON work_outbox (done_at) WHERE state = 'delivered';

CREATE TABLE work_commits (
    id @text PRIMARY KEY,
    at @int NOT NULL
)@keyed;
CREATE INDEX work_commits_by_age ON work_commits (at);
