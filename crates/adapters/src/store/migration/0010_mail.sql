-- The language a person is written to in, if it was said. A table of its own: a profile is written whole.
CREATE TABLE private_languages (
    user_id @text PRIMARY KEY,
    language @text NOT NULL
)@keyed;

-- Messages by what became of them, the newest first; those that wait have an index from the beginning.
CREATE INDEX work_outbox_buried ON work_outbox (seq) WHERE state = 'buried';
CREATE INDEX work_outbox_delivered_by_place ON work_outbox (seq) WHERE state = 'delivered';
-- Given up ones go like delivered ones when their time has come.
CREATE INDEX work_outbox_buried_by_age ON work_outbox (done_at) WHERE state = 'buried';
