-- Suspending people, their phone numbers, and the locks they own.

-- Every status a person ever had, from which version and instant on. Read backwards by version from the newest: the
-- clock may have stepped back between two changes.
CREATE TABLE view_status_changes (
    user_id @text NOT NULL,
    version @int NOT NULL,
    at @int NOT NULL,
    status @text NOT NULL,
    PRIMARY KEY (user_id, version)
)@keyed;

CREATE INDEX view_locks_by_owner ON view_locks (owner_id, lock_id) WHERE owner_id IS NOT NULL;

ALTER TABLE private_profiles ADD COLUMN phone_number @text;
CREATE INDEX private_profiles_by_phone ON private_profiles (phone_number) WHERE phone_number IS NOT NULL;
