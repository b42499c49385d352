-- What everybody does, as delivered: people repeat themselves, so this is small, and all the tenant's counts come from it.
-- Rows are told apart by a hash of what they say, and one of each kind is looked up: less work than grouping the texts.
CREATE TABLE IF NOT EXISTS habit AS
SELECT
    k.user_key, k.app_id, k.resource_id, k.ip, k.asn, k.country, k.user_agent, k.device_id, alike.first_time, alike.records
FROM kept_sign_in AS k
JOIN (
    SELECT min(row_id) AS row_id, min(time) AS first_time, count(*) AS records
    FROM kept_sign_in
    WHERE NOT marked AND error_code = 0 AND time IS NOT NULL AND user_key IS NOT NULL
    GROUP BY hash(user_key, app_id, resource_id, ip, asn, country, user_agent, device_id)
) AS alike ON alike.row_id = k.row_id;
