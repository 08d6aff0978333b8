-- What the maker says of a lock, and who could open it in the past.

ALTER TABLE view_locks ADD COLUMN maker_index @int;
ALTER TABLE view_locks ADD COLUMN maker_uuid @text;
ALTER TABLE view_locks ADD COLUMN serial_number @text;
ALTER TABLE view_locks ADD COLUMN vendor_name @text;

-- Every grant that left, by the event that ended it. Who could open a lock at an instant: what is in view_grants, and
-- of these what left after the instant. The key is in the order that is asked for, so that no statistics can mislead.
CREATE TABLE view_past_grants (
    lock_id @text NOT NULL,
    removed_at @int NOT NULL,
    user_id @text NOT NULL,
    version @int NOT NULL,
    lock_name @text NOT NULL,
    access_level @text NOT NULL,
    granted_by @text NOT NULL,
    valid_from @int,
    valid_until @int,
    granted_at @int NOT NULL,
    PRIMARY KEY (lock_id, removed_at, user_id, version)
)@keyed;
