-- Failed sign-ins, under keyed hashes of names and of clients' networks.
CREATE TABLE work_sign_in_failures (
    key @bytes PRIMARY KEY,
    count @int NOT NULL,
    since @int NOT NULL,
    until @int NOT NULL
)@keyed;
-- Those whose window is over go, the oldest first.
CREATE INDEX work_sign_in_failures_by_end ON work_sign_in_failures (until);
