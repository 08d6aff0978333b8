-- Codes by e-mail as a second factor. No row = never switched on.
CREATE TABLE private_email_factors (
    user_id @text PRIMARY KEY,
    enabled @bool NOT NULL
)@keyed;

-- The code mailed last, hashed, and how many were mailed lately. Without an address there is no code.
CREATE TABLE private_email_codes (
    user_id @text PRIMARY KEY,
    address @text,
    salt @bytes,
    hashes @bytes,
    sent_at @int,
    expires_at @int,
    failures @int,
    resent @bool,
    mails @int NOT NULL,
    mails_since @int
)@keyed;
