-- Who has which second factor, and the service's own keys.

-- A row an account: how far the person is with TOTP, whether codes by e-mail are switched on, and since when. Written with
-- what it tells of, so that a list of the few among very many walks an index. No state is as good as 'none' and off.
CREATE TABLE private_factors (
    user_id @text PRIMARY KEY,
    totp @text,
    totp_since @int,
    email @bool,
    email_since @int
)@keyed;
CREATE INDEX private_factors_by_totp ON private_factors (totp, user_id);
CREATE INDEX private_factors_by_email ON private_factors (email, user_id);
CREATE INDEX private_factors_none ON private_factors (user_id) WHERE coalesce(totp, 'none') = 'none' AND email IS NOT TRUE;

INSERT INTO private_factors (user_id, totp, email)
SELECT a.user_id, CASE WHEN t.secret IS NOT NULL THEN 'totp' WHEN t.pending IS NOT NULL THEN 'pending' END, e.enabled
FROM private_accounts a LEFT JOIN private_totp t ON t.user_id = a.user_id
LEFT JOIN private_email_factors e ON e.user_id = a.user_id;

-- Keys the service made for itself, sealed. The one of keyed hashes outlives every master key.
CREATE TABLE private_service_keys (
    name @text PRIMARY KEY,
    sealed @bytes NOT NULL
)@keyed;
