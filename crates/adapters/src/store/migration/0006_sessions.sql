-- Sessions end by themselves, and programs have tokens of their own. A session the release before begins meanwhile has no
-- end of its own.
ALTER TABLE work_sessions ADD COLUMN expires_at @int;
ALTER TABLE work_sessions ADD COLUMN name @text;
ALTER TABLE work_sessions ADD COLUMN last_part @text;
ALTER TABLE work_sessions ADD COLUMN bypass @bool;
-- A second factor proved with the session, for how long and for which client.
ALTER TABLE work_sessions ADD COLUMN remembered_until @int;
ALTER TABLE work_sessions ADD COLUMN remembered_by @bytes;

-- 90 days from their beginning for those there are.
UPDATE work_sessions SET expires_at = started_at + 7776000000000;

CREATE INDEX work_sessions_by_end ON work_sessions (expires_at) WHERE expires_at IS NOT NULL;
-- Counts the living of a person without looking at them, and lists a person's tokens.
DROP INDEX work_sessions_by_user;
CREATE INDEX work_sessions_by_user ON work_sessions (user_id, kind, expires_at);
