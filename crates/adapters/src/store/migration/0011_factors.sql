-- Who has which second factor, and the service's own keys.

-- A row an account: how far the person is with TOTP, and since when. Written with what it tells of, so that a list of the
-- few among very many walks an index. No state is as good as 'none'.
CREATE TABLE private_factors (
    user_id @text PRIMARY KEY,
    totp @text,
    totp_since @int
)@keyed;
CREATE INDEX private_factors_by_totp ON private_factors (totp, user_id);
CREATE INDEX private_factors_none ON private_factors (user_id) WHERE coalesce(totp, 'none') = 'none';

INSERT INTO private_factors (user_id, totp)
SELECT a.user_id, CASE WHEN t.secret IS NOT NULL THEN 'totp' WHEN t.pending IS NOT NULL THEN 'pending' END
FROM private_accounts a LEFT JOIN private_totp t ON t.user_id = a.user_id;

-- Keys the service made for itself, sealed. The one of keyed hashes outlives every master key.
CREATE TABLE private_service_keys (
    name @text PRIMARY KEY,
    sealed @bytes NOT NULL
)@keyed;
