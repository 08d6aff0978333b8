-- The sweep of grants that ended walks the ends in their order.
CREATE INDEX view_grants_by_end ON view_grants (valid_until, user_id) WHERE valid_until IS NOT NULL;
