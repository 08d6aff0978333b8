-- Messages about a person that hold something still: it goes with the person.
CREATE INDEX work_outbox_by_user ON work_outbox (user_id) WHERE payload IS NOT NULL;
